/**
 * Those who have a document open: who of them has what an update builds on, what they are sent of a commit, and the answers
 * to their questions. It is told of nothing that is not durable.
 */
import * as Y from 'yjs';
import { CLOSE } from '../../schema/close-codes.ts';
import type { UserId } from '../../schema/ids.ts';
import type { RefusalKind } from '../../schema/refusals.ts';
import { encodeSync, SYNC } from '../../schema/wire/frame.ts';
import type { Broadcast, Channel } from './channel.ts';
import type { Draft } from './draft.ts';
import type { AnswerJob, StateJob } from './job.ts';
import type { Replica } from './replica.ts';

export interface AudienceOptions {
  /** That of now: it is replaced on reload. */
  readonly replica: () => Replica;
  /** Somebody was refused something. */
  readonly refused?: ((kind: RefusalKind) => void) | undefined;
}

export interface Farewell {
  readonly code: number;
  readonly reason: string;
}

export class Audience {
  readonly #options: AudienceOptions;
  readonly #channels = new Set<Channel>();
  /**
   * Channels whose vector was answered, so that they have what an update builds on. To others it would do harm: Yjs keeps
   * the insertions back, but deletes at once, and what was only replaced would be gone from the screen.
   */
  readonly #followers = new Set<Channel>();
  /** Channels that were asked for all they have and whose further gaps need no further question. */
  readonly #asked = new WeakSet<Channel>();
  /** The whole document as a sync answer, for those who open it for the first time, until it changes. */
  #wholeAnswer: Uint8Array | undefined;

  constructor(options: AudienceOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#channels.size;
  }

  add(channel: Channel): void {
    this.#channels.add(channel);
  }

  remove(channel: Channel): void {
    this.#channels.delete(channel);
    this.#followers.delete(channel);
  }

  /** It has handed in all that it has. */
  isComplete(channel: Channel): void {
    this.#asked.delete(channel);
  }

  /** There is another replica: nothing that was made of the former holds. */
  forget(): void {
    this.#wholeAnswer = undefined;
  }

  /** The document has changed by these. */
  show(updates: readonly Uint8Array[]): void {
    this.forget();
    if (updates.length === 0 || this.#followers.size === 0) return;
    const payloads = updates.map((update) => encodeSync(SYNC.update, update));
    const broadcast: Broadcast = { payloads, framed: new Map() };
    for (const channel of this.#followers) channel.broadcast(broadcast);
  }

  /** Refusals first, then what was settled, as an update or to those who begin as a whole, and then acknowledgements. */
  tell({ entries, outcomes, waiting, gaps, erasures }: Draft): void {
    for (const { job, refused } of outcomes) {
      for (const { ids, kind } of refused) {
        job.from.refuse({ ids, kind });
        this.#options.refused?.(kind);
      }
    }
    if (entries.length > 0) this.show(entries.map(({ update }) => update));
    for (const job of waiting) this.#answer(job);
    for (const { job, refused, acknowledged } of outcomes) {
      for (const acknowledgement of acknowledged) job.from.acknowledge(acknowledgement);
      if (refused[0]?.kind === 'not-member') job.from.close(CLOSE.notMember, 'not a member');
      if (job.is === 'update') job.from.done(job.bytes.length);
    }
    for (const { job, left } of erasures) job.erased(left);
    // Not hostile: y-websocket sends what is typed during the handshake before its backlog. The answer brings all of it.
    for (const job of gaps) {
      if (job.is !== 'update') continue;
      job.from.done(job.bytes.length);
      if (this.#asked.has(job.from)) continue;
      this.#asked.add(job.from);
      this.#answer({ is: 'ask', from: job.from });
    }
  }

  /** Sends away those who may not be here any more. */
  keep(farewellTo: (user: UserId) => Farewell | undefined): void {
    for (const channel of this.#channels) {
      const farewell = farewellTo(channel.user);
      if (farewell) channel.close(farewell.code, farewell.reason);
    }
  }

  close(code: number, reason: string): void {
    for (const channel of this.#channels) channel.close(code, reason);
  }

  #answer(job: StateJob): void {
    if (job.is === 'answer') {
      this.#answerVector(job);
      job.answered?.();
    } else job.from.send(encodeSync(SYNC.step1, this.#options.replica().durableVector()));
  }

  #answerVector({ from, vector }: AnswerJob): void {
    const replica = this.#options.replica();
    let known: Map<number, number>;
    try {
      known = Y.decodeStateVector(vector);
    } catch {
      // Bytes that are no state vector: there is nothing to answer, and nobody honest sends them.
      return from.close(CLOSE.hostile, 'not a state vector');
    }
    if (known.size === 0) {
      this.#wholeAnswer ??= encodeSync(SYNC.step2, replica.encode());
      from.send(this.#wholeAnswer);
    } else from.send(encodeSync(SYNC.step2, replica.encode(vector)));
    if (this.#channels.has(from)) this.#followers.add(from);
    for (const writer of known.keys()) {
      // Heals a lost acknowledgement.
      if (replica.userOf(writer) === from.user)
        from.acknowledge({ writer, clock: replica.clockOf(writer), seq: replica.head });
    }
  }
}
