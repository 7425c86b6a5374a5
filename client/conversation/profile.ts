/** What people say of themselves, as the user interface sees it. */
import type { UserId } from '../../schema/ids.ts';

/** Of the signed-in person; known offline too. `picture` is the id of one, on the server or, while it waits, on this device. */
export interface OwnProfile {
  readonly name: string;
  readonly status?: string | undefined;
  readonly picture?: string | undefined;
}

export type ProfileField = keyof OwnProfile;

/** What is absent stays; null: none any more. */
export interface ProfileChange {
  readonly name?: string;
  readonly status?: string | null;
  readonly picture?: Blob | null;
}

/** What the server has not heard, and what it refused, until the person has seen it. */
export interface UntoldProfile {
  readonly waiting: readonly ProfileField[];
  readonly refused: readonly ProfileField[];
}

/** Somebody one may write to. */
export interface FoundPerson {
  readonly id: UserId;
  readonly name: string;
  readonly picture?: string | undefined;
}
