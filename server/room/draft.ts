/**
 * A draft: what one round through a room's queue will commit. Each submission goes through inspect and settle into the
 * replica, where it stays invisible; the draft keeps the entries, what goes with them, and what to tell whom once they are
 * durable. It neither commits nor sends.
 */
import { CLOSE } from '../../schema/close-codes.ts';
import { isDeleted, isEdit, isMessage, type LiveMessage } from '../../schema/document/message.ts';
import { type MessageId, messageId, type UserId } from '../../schema/ids.ts';
import type { Acknowledgement } from '../../schema/wire/frame.ts';
import type { Binding, Entry, IdempotencyRecord } from '../journal/append.ts';
import { type Erased, erase } from './erase.ts';
import { inspect, type SoundUpdate } from './inspect.ts';
import type { EraseJob, Job, LateJob, StateJob, SubmissionJob, TextJob } from './job.ts';
import { type LateMessages, takeIn } from './late.ts';
import type { Replica } from './replica.ts';
import { type Refused, settle } from './settle.ts';
import type { TextComposer } from './text-composer.ts';

/** What became of a submission. */
export interface Outcome {
  readonly job: SubmissionJob;
  readonly refused: readonly Refused[];
  readonly acknowledged: readonly Acknowledgement[];
}

/** `doubtful`: the verdict may change once the room has caught up with the journal; the job was not taken. */
export type Taken = 'taken' | 'doubtful';

export interface DraftOptions {
  readonly replica: Replica;
  readonly composer: TextComposer;
  readonly nowMs: number;
  /** Whether this job's doubtful verdict was confirmed against the journal. */
  readonly isConfirmed: (job: Job) => boolean;
}

export class Draft {
  readonly entries: Entry[] = [];
  readonly outcomes: Outcome[] = [];
  readonly bindings: Binding[] = [];
  readonly idempotency: IdempotencyRecord[] = [];
  /** Wait until the state is durable. */
  readonly waiting: StateJob[] = [];
  /** Updates that build on something missing here: dropped, their senders are asked for all they have. */
  readonly gaps: SubmissionJob[] = [];
  /** Messages that settling took out of this document, because it is closed. */
  readonly late: LateMessages[] = [];
  /** What was taken in from closed documents, whose commits ride with this one. */
  readonly takenIn: LateJob[] = [];
  /** Erasures, done in this round or with nothing left to do. */
  readonly erasures: { readonly job: EraseJob; readonly left: Erased['left'] }[] = [];
  /** Whether text that an earlier entry holds was edited or deleted. */
  erases = false;
  /** The newest message, for the head notice. */
  last: LiveMessage | undefined;
  readonly #options: DraftOptions;

  constructor(options: DraftOptions) {
    this.#options = options;
  }

  /** Throws only on a bug: the replica may then be half changed and must be dropped. */
  take(job: Job): Taken {
    switch (job.is) {
      case 'ask':
      case 'answer':
        this.waiting.push(job);
        return 'taken';
      case 'text':
        return this.#takeText(job);
      case 'late':
        this.#takeIn(job);
        return 'taken';
      case 'erase':
        return this.#erase(job);
      case 'update':
        return this.#inspect(job, job.bytes, job.isComplete);
    }
  }

  #takeIn(job: LateJob): void {
    const { replica } = this.#options;
    // The next epoch is open already: the closed room finds it when it judges again.
    if (replica.isClosed) return job.failed();
    this.takenIn.push(job);
    for (const { user, messages } of job.batches) {
      const update = takeIn(messages, replica);
      if (!update) throw new Error('Messages were taken in and nothing changed');
      this.#bindServer();
      this.entries.push({ update, user });
      this.last = messages.findLast((message): message is LiveMessage => !isDeleted(message)) ?? this.last;
    }
  }

  #erase(job: EraseJob): Taken {
    const { replica, nowMs, isConfirmed } = this.#options;
    const { user, what } = job;
    const { update, left } = erase({ doc: replica.doc, index: replica.index, user, what, nowMs });
    if (update) {
      this.#bindServer();
      this.entries.push({ update, user });
      this.erases = true;
    } else if (!isConfirmed(job)) return 'doubtful'; // another server may have taken in what this one does not know yet
    this.erasures.push({ job, left });
    return 'taken';
  }

  #takeText(job: TextJob): Taken {
    const { replica, composer, nowMs } = this.#options;
    const { user } = job.from;
    if (replica.isClosed) {
      job.text.closed();
      return 'taken';
    }
    const key = job.text.idempotencyKey;
    // One commit cannot hold a key twice: the second waits for the first, and then finds its answer.
    if (key !== undefined && this.idempotency.some((other) => other.user === user && other.key === key))
      return 'doubtful';
    const seq = replica.head + this.entries.length + 1;
    const { id, bytes } = composer.compose({ job, replica, seq, nowMs });
    const taken = this.#inspect(job, bytes, true);
    if (key !== undefined && this.outcomes.at(-1)?.job === job && replica.index.find(id)) {
      this.idempotency.push({ user, key, message: id, seq });
    }
    return taken;
  }

  #inspect(job: SubmissionJob, bytes: Uint8Array, isComplete: boolean): Taken {
    const { replica, isConfirmed } = this.#options;
    if (replica.holds(bytes) && replica.members.has(job.from.user)) {
      this.outcomes.push({ job, refused: [], acknowledged: [] });
      return 'taken';
    }
    const { doc, userOf } = replica;
    const inspection = inspect(bytes, { doc, user: job.from.user, userOf, isComplete });
    switch (inspection.is) {
      case 'gap':
        this.gaps.push(job);
        return 'taken';
      case 'hostile':
        if (!isConfirmed(job)) return 'doubtful';
        job.from.close(CLOSE.hostile, inspection.why);
        return 'taken';
      case 'malformed':
        job.from.close(CLOSE.hostile, inspection.why);
        return 'taken';
      case 'sound':
        // Yjs knows nothing of what a marker refers to: its target may come with the backlog, as a missing origin would.
        if (!isComplete && this.#hasUnknownTarget(inspection.update)) {
          this.gaps.push(job);
          return 'taken';
        }
        // Refusals are final, and whoever is no member here may have been let in. (What else is refused makes an entry, so its commit tells.)
        if (!isConfirmed(job) && (!replica.members.has(job.from.user) || this.#isAhead(inspection.update)))
          return 'doubtful';
        this.#settle(job, inspection.update);
        return 'taken';
    }
  }

  #hasUnknownTarget({ appended }: SoundUpdate): boolean {
    const { index } = this.#options.replica;
    let own: Set<MessageId> | undefined;
    return appended.some(({ element }) => {
      if (isMessage(element)) return false;
      const target = isEdit(element) ? element.edit : element.del;
      if (index.find(target)) return false;
      own ??= new Set(appended.flatMap((other) => (isMessage(other.element) ? [other.element.id] : [])));
      return !own.has(target);
    });
  }

  /** Whether a receipt covers messages that are not here: another server may have them already. */
  #isAhead({ receipts }: SoundUpdate): boolean {
    const { index } = this.#options.replica;
    return receipts.some(({ d, r }) =>
      [d, r].some((vector) => Object.entries(vector).some(([writer, clock]) => clock > index.lastClock(writer))),
    );
  }

  #settle(job: SubmissionJob, sound: SoundUpdate): void {
    const { replica, nowMs } = this.#options;
    const { doc, index } = replica;
    const { user } = job.from;
    const role = replica.members.get(user);
    if (!role) {
      const ids = sound.appended.map(({ client, clock }) => messageId(client, clock));
      this.outcomes.push({ job, refused: [{ kind: 'not-member', ids }], acknowledged: [] });
      return;
    }
    const settled = settle(sound, {
      doc,
      index,
      user,
      canModerate: replica.kind === 'group' && role !== 'member',
      isClosed: replica.isClosed,
      nowMs,
    });
    for (const writer of sound.unbound) this.#bind(writer, user);
    if (settled.update) {
      this.#bindServer();
      this.entries.push({ update: settled.update, user });
      this.erases ||= settled.erases;
      this.last = settled.last ?? this.last;
    }
    if (settled.late.length > 0) this.late.push({ user, messages: settled.late });
    const seq = replica.head + this.entries.length;
    const acknowledged = sound.writers.map((writer) => ({ writer, clock: replica.clockOf(writer), seq }));
    this.outcomes.push({ job, refused: settled.refused, acknowledged });
  }

  /** Once the server has inserted something itself. */
  #bindServer(): void {
    const { doc, clockOf, userOf } = this.#options.replica;
    if (clockOf(doc.clientID) > 0 && userOf(doc.clientID) === undefined) this.#bind(doc.clientID, null);
  }

  #bind(writer: number, user: UserId | null): void {
    this.#options.replica.bind(writer, user);
    this.bindings.push({ writer, user });
  }
}
