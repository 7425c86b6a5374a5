/**
 * A draft: what one round through a room's queue will commit. Each submission goes through inspect and settle (`judge-*.ts`)
 * into the replica, where it stays invisible; the draft keeps the entries, what goes with them, and what to tell whom once they are
 * durable. It neither commits nor sends.
 */
import { CLOSE } from '../../schema/close-codes.ts';
import { isDeleted, type LiveMessage } from '../../schema/document/message.ts';
import type { UserId } from '../../schema/ids.ts';
import type { Acknowledgement } from '../../schema/wire/frame.ts';
import type { AccountRows } from '../account/account-rows.ts';
import type { FileClaim } from '../files/file-rows.ts';
import type { Binding, Entry, IdempotencyRecord, Told } from '../journal/append.ts';
import type { Appended } from './conversation-grammar.ts';
import { displaced } from './displaced.ts';
import { type Erased, erase } from './erase.ts';
import type { KnownFiles } from './file-claims.ts';
import type { EraseJob, Job, LateJob, StateJob, SubmissionJob, TextJob } from './job.ts';
import { judgeAccount } from './judge-account.ts';
import { judgeMessages } from './judge-messages.ts';
import type { Accepted, Judge, Refused } from './judgement.ts';
import { type LateMessages, takeIn } from './late.ts';
import type { Replica } from './replica.ts';
import type { TextComposer } from './text-composer.ts';

/** What became of a submission. */
export interface Outcome {
  readonly job: SubmissionJob;
  readonly refused: readonly Refused[];
  readonly acknowledged: readonly Acknowledgement[];
}

/** `doubtful`: the verdict may change once the room has caught up with the journal; the job was not taken. */
export type Taken = 'taken' | 'doubtful';

/** Said to devices of a deactivated account: what they hold stays there, and may come when it is active again. */
export const DEACTIVATED = 'the account is deactivated';

export interface DraftOptions {
  readonly replica: Replica;
  readonly composer: TextComposer;
  readonly files: KnownFiles;
  readonly nowMs: number;
  /** Whether this job's doubtful verdict was confirmed against the journal. */
  readonly isConfirmed: (job: Job) => boolean;
}

/** By kind of document. */
const JUDGES: Readonly<Record<Replica['kind'], Judge>> = {
  direct: judgeMessages,
  group: judgeMessages,
  account: judgeAccount,
};

export class Draft {
  readonly entries: Entry[] = [];
  outcomes: Outcome[] = [];
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
  /** Files that belong to a message with these entries. */
  readonly claims: FileClaim[] = [];
  /** What an account document now says of its owner. */
  account: AccountRows | undefined;
  /** The newest message, for the head notice. */
  last: LiveMessage | undefined;
  /** The messages of each submission, while all was appended as it was handed in, by devices. */
  #plain: (readonly Appended[])[] | undefined = [];
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
        return this.#submit(job, job.bytes, job.isComplete);
    }
  }

  /** Whether it may say the same when it is committed after entries of others. */
  get isPlain(): boolean {
    return this.#plain !== undefined;
  }

  /**
   * Others have committed entries first, and the replica has taken them in. Answers whether the draft can be committed behind them: when
   * nothing of it would be settled otherwise now.
   *
   * @param users who submitted the entries; null: a server.
   */
  follow(users: readonly (UserId | null)[]): boolean {
    const own = new Set<UserId | null>(this.outcomes.map(({ job }) => job.from.user));
    if (!this.#plain || users.some((user) => user === null || own.has(user))) return false;
    const { doc } = this.#options.replica;
    if (this.#plain.some((appended) => displaced(doc, appended).length > 0)) return false;
    this.outcomes = this.outcomes.map(({ acknowledged, ...outcome }) => ({
      ...outcome,
      acknowledged: acknowledged.map(({ seq, ...rest }) => ({ ...rest, seq: seq + users.length })),
    }));
    return true;
  }

  #takeIn(job: LateJob): void {
    this.#plain = undefined;
    const { replica } = this.#options;
    // The next epoch is open already: the closed room finds it when it judges again.
    if (replica.isClosed) return job.failed();
    this.takenIn.push(job);
    for (const { user, messages } of job.batches) {
      const update = takeIn(messages, replica);
      if (!update) throw new Error('Messages were taken in and nothing changed');
      this.#bindServer();
      this.entries.push({ update, user, tells: ['message'] });
      this.last = messages.findLast((message): message is LiveMessage => !isDeleted(message)) ?? this.last;
    }
  }

  #erase(job: EraseJob): Taken {
    const { replica, nowMs, isConfirmed } = this.#options;
    const { doc, index } = replica;
    const { update, left } = erase({ doc, index, what: job.what, nowMs });
    if (update) {
      this.#bindServer();
      this.entries.push({ update, user: 'of' in job.what ? job.what.of : null, tells: ['deleted'] });
      this.erases = true;
      this.#plain = undefined;
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
    // It was told its seq.
    this.#plain = undefined;
    const key = job.text.idempotencyKey;
    // One commit cannot hold a key twice: the second waits for the first, and then finds its answer.
    if (key !== undefined && this.idempotency.some((other) => other.user === user && other.key === key))
      return 'doubtful';
    const seq = replica.head + this.entries.length + 1;
    const { id, bytes } = composer.compose({ job, replica, seq, nowMs });
    const taken = this.#submit(job, bytes, true);
    if (key !== undefined && this.outcomes.at(-1)?.job === job && replica.index.find(id)) {
      this.idempotency.push({ user, key, message: id, seq, fingerprint: job.text.fingerprint ?? null });
    }
    return taken;
  }

  #submit(job: SubmissionJob, bytes: Uint8Array, isComplete: boolean): Taken {
    const { replica, files, isConfirmed, nowMs } = this.#options;
    const { user } = job.from;
    if (replica.inactive.has(user)) {
      // It may have been activated again meanwhile.
      if (!isConfirmed(job)) return 'doubtful';
      job.from.close(CLOSE.signIn, DEACTIVATED);
      if (job.is === 'update') job.from.done(bytes.length);
      return 'taken';
    }
    if (replica.holds(bytes) && replica.members.has(user)) {
      this.outcomes.push({ job, refused: [], acknowledged: [] });
      return 'taken';
    }
    const submission = { user, bytes, isComplete, isConfirmed: isConfirmed(job), nowMs, findFile: files.find };
    const judgement = JUDGES[replica.kind](replica, submission);
    switch (judgement.is) {
      case 'doubtful':
        return 'doubtful';
      case 'gap':
        this.gaps.push(job);
        return 'taken';
      case 'hostile':
        if (!submission.isConfirmed) return 'doubtful';
        job.from.close(CLOSE.hostile, judgement.why);
        return 'taken';
      case 'malformed':
        job.from.close(CLOSE.hostile, judgement.why);
        return 'taken';
      case 'settled':
        this.#accept(job, judgement);
        return 'taken';
    }
  }

  #accept(
    job: SubmissionJob,
    { update, plain, refused, writers, unbound, erases, reads, last, late, claims, account }: Accepted,
  ): void {
    const { replica } = this.#options;
    const { user } = job.from;
    const isMore = refused.length > 0 || late?.length || claims?.length || account;
    if (plain && !isMore) this.#plain?.push(plain);
    else this.#plain = undefined;
    for (const writer of unbound) this.#bind(writer, user);
    if (update) {
      this.#bindServer();
      const tells = replica.kind === 'account' ? [] : told({ last, erases, reads });
      this.entries.push({ update, user, tells: tells.length > 0 ? tells : undefined });
      this.erases ||= erases;
      this.last = last ?? this.last;
    }
    if (claims && claims.length > 0) {
      this.claims.push(...claims);
      this.#options.files.claimed(claims);
    }
    if (late && late.length > 0) this.late.push({ user, messages: late });
    if (account)
      this.account = {
        privacy: account.privacy ?? this.account?.privacy,
        reads: [...(this.account?.reads ?? []), ...account.reads],
        push: account.push ?? this.account?.push,
        mutings: [...(this.account?.mutings ?? []), ...account.mutings],
      };
    const seq = replica.head + this.entries.length;
    const acknowledged = writers.map((writer) => ({ writer, clock: replica.clockOf(writer), seq }));
    this.outcomes.push({ job, refused, acknowledged });
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

function told({ last, erases, reads }: Pick<Accepted, 'last' | 'erases'> & { reads: boolean | undefined }): Told[] {
  const tells: Told[] = [];
  if (last) tells.push('message');
  if (erases) tells.push('deleted');
  if (reads) tells.push('read');
  return tells;
}
