/**
 * Messages of those who have no client, through the same path as everybody's: handed to the room of the newest epoch, and
 * answered when they are durable. The same idempotency key gets the same answer, also when it is shown twice at a time.
 */
import type { Pool } from 'pg';
import { CLOSE } from '../../schema/close-codes.ts';
import type { ConversationId, MessageId, UserId } from '../../schema/ids.ts';
import type { RefusalKind } from '../../schema/refusals.ts';
import { findAnswer, type Posted } from '../journal/idempotency.ts';
import type { Room } from './room.ts';

export interface PostInput {
  readonly conversation: ConversationId;
  readonly user: UserId;
  readonly text: string;
  readonly re?: MessageId;
  readonly idempotencyKey?: string;
  /** Kept with the key and answered to everybody who shows it. */
  readonly fingerprint?: number;
}

export type PostResult = ({ readonly ok: true } & Posted) | { readonly ok: false; readonly kind: RefusalKind };

export interface PostsOptions {
  readonly pool: Pool;
  /** The room of the epoch that takes new messages. */
  readonly openNewest: (conversation: ConversationId) => Promise<Room | undefined>;
}

export class Posts {
  readonly #options: PostsOptions;
  /** Those with an idempotency key that are under way, by user and key. */
  readonly #underWay = new Map<string, Promise<PostResult>>();

  constructor(options: PostsOptions) {
    this.#options = options;
  }

  post(input: PostInput): Promise<PostResult> {
    if (input.idempotencyKey === undefined) return this.#post(input);
    // Whoever asks again before it was answered waits for the same answer: one key never stands twice in a commit.
    const name = `${input.user} ${input.idempotencyKey}`;
    const former = this.#underWay.get(name);
    if (former) return former;
    const answer = this.#post(input).finally(() => this.#underWay.delete(name));
    this.#underWay.set(name, answer);
    return answer;
  }

  async #post(input: PostInput): Promise<PostResult> {
    const { conversation, user, idempotencyKey } = input;
    const { pool, openNewest } = this.#options;
    if (idempotencyKey !== undefined) {
      const answer = await findAnswer(pool, user, idempotencyKey);
      if (answer) return { ok: true, ...answer };
    }
    for (;;) {
      const room = await openNewest(conversation);
      if (!room) return { ok: false, kind: 'not-member' };
      const result = await postInto(room, input);
      if (result !== 'closed') return result;
    }
  }
}

function postInto(
  room: Room,
  { user, text, re, idempotencyKey, fingerprint }: PostInput,
): Promise<PostResult | 'closed'> {
  return new Promise((resolve, reject) => {
    let posted: Posted | undefined;
    const answered = (answer: Posted) => resolve({ ok: true, ...answer });
    room.submit({
      is: 'text',
      from: {
        user,
        refuse: ({ kind }) => resolve({ ok: false, kind }),
        acknowledge: () =>
          posted && answered({ ...posted, ...(idempotencyKey !== undefined && { fingerprint: fingerprint ?? null }) }),
        close: (code, reason) =>
          code === CLOSE.signIn
            ? resolve({ ok: false, kind: 'not-member' })
            : reject(new Error(`The message was not written (${code}): ${reason}`)),
      },
      text: {
        text,
        composed: (next) => {
          posted = next;
        },
        answered,
        closed: () => resolve('closed'),
        ...(re && { re }),
        ...(idempotencyKey !== undefined && { idempotencyKey }),
        ...(fingerprint !== undefined && { fingerprint }),
      },
    });
  });
}
