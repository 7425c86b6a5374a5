/** What people say of themselves, as the user interface sees it. */
import type { UserId } from '../../schema/ids.ts';

/** Of the signed-in person, as last heard; known offline too. `picture` is the id of one. */
export interface OwnProfile {
  readonly name: string;
  readonly status?: string | undefined;
  readonly picture?: string | undefined;
}

/** Somebody one may write to. */
export interface FoundPerson {
  readonly id: UserId;
  readonly name: string;
  readonly picture?: string | undefined;
}
