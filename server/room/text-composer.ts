/** Composes the update that a client of the author would send for a new message, for those who have no client of their own. */
import { type LiveMessage, MESSAGES } from '../../schema/document/message.ts';
import { MAX_CLIENT_ID, type MessageId, messageId, type UserId } from '../../schema/ids.ts';
import type { TextJob } from './job.ts';
import type { Replica } from './replica.ts';
import { writeUpdate } from './write-update.ts';

export interface Composed {
  readonly id: MessageId;
  readonly bytes: Uint8Array;
}

export class TextComposer {
  /** One writer a person, so that integrations do not use up the writers of an epoch. */
  readonly #writers = new Map<UserId, number>();
  readonly #composed = new WeakMap<TextJob, Composed>();

  /** Anew at every attempt, unless an attempt whose commit seemed to fail turns out to have been written. */
  compose({ job, replica, seq, nowMs }: { job: TextJob; replica: Replica; seq: number; nowMs: number }): Composed {
    const former = this.#composed.get(job);
    if (former && replica.index.find(former.id)) return former;
    const { from, text } = job;
    const writer = this.#writers.get(from.user) ?? freeWriter(replica);
    this.#writers.set(from.user, writer);
    const clock = replica.clockOf(writer);
    const id = messageId(writer, clock);
    const message: LiveMessage = {
      id,
      from: from.user,
      at: nowMs,
      text: text.text,
      ...(text.re && { re: text.re }),
    };
    let last = replica.doc.messages._start;
    while (last?.right) last = last.right;
    const origin = last?.lastId ?? null;
    const struct = { client: writer, clock, length: 1, origin, root: MESSAGES, key: null, values: [message] };
    const composed = { id, bytes: writeUpdate(new Map([[writer, [struct]]]), []) };
    this.#composed.set(job, composed);
    text.composed({ id, seq });
    return composed;
  }
}

function freeWriter(replica: Replica): number {
  for (;;) {
    const writer = Math.floor(Math.random() * (MAX_CLIENT_ID + 1));
    if (replica.userOf(writer) === undefined) return writer;
  }
}
