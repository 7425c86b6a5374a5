/** What the HTTP edge needs of the rooms, so that it knows nothing else of them. */
import type { ConversationId, MessageId, UserId } from '../../schema/ids.ts';
import type { RefusalKind } from '../../schema/refusals.ts';

export interface Post {
  readonly conversation: ConversationId;
  readonly user: UserId;
  readonly text: string;
  readonly re?: MessageId;
  readonly idempotencyKey?: string;
  readonly fingerprint?: number;
}

export type Answer =
  | {
      readonly ok: true;
      readonly id: MessageId;
      readonly seq: number;
      /** Of the post that was answered: with a key that was used before, the first one. */
      readonly fingerprint?: number | null;
    }
  | { readonly ok: false; readonly kind: RefusalKind };

export interface Poster {
  /** Resolves after the commit. The same user and key get the answer of the first time. */
  post(message: Post): Promise<Answer>;
}
