/**
 * A room: a server's live copy of one document, its audience, and the queue of what they hand in. `prepare` drafts a commit
 * from the queue; `release` lets everybody see what was committed; `retry` and `reload` start again from the rows whenever
 * somebody else was faster, a commit failed or a right changed. What other servers commit arrives through the fan-out and is
 * taken in while nothing is undecided here. Nothing leaves a room before its commit.
 */
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { CLOSE } from '../../schema/close-codes.ts';
import type { LiveMessage } from '../../schema/document/message.ts';
import type { DocumentId, UserId } from '../../schema/ids.ts';
import type { RefusalKind } from '../../schema/refusals.ts';
import { makeAccountDocument } from '../account/make-account-document.ts';
import type { Clock } from '../clock.ts';
import type { FanOut, Link } from '../fan-out/fan-out.ts';
import { sealEntry } from '../fan-out/sealed-entry.ts';
import type { Commit } from '../journal/append.ts';
import { loadDocument, type StoredDocument } from '../journal/load.ts';
import type { Log } from '../log.ts';
import { Arrivals } from './arrivals.ts';
import { Audience, type Farewell } from './audience.ts';
import type { Channel } from './channel.ts';
import { DEACTIVATED, Draft, type Outcome } from './draft.ts';
import { KnownFiles } from './file-claims.ts';
import type { Job } from './job.ts';
import type { LateMessages } from './late.ts';
import { type EpochLimits, Replica } from './replica.ts';
import { Rows } from './rows.ts';
import { TextComposer } from './text-composer.ts';

export interface RoomOptions {
  readonly id: DocumentId;
  readonly pool: Pool;
  readonly fanOut: Pick<FanOut, 'join'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly epochLimits: EpochLimits;
  /** The room has something to prepare. */
  readonly wake: (room: Room) => void;
  /** It is closed, and nobody may be led to it any more. */
  readonly closed?: (room: Room) => void;
  /** Somebody was refused something. */
  readonly refused?: (kind: RefusalKind) => void;
}

type State =
  | { readonly is: 'ready' }
  | { readonly is: 'committing'; readonly draft: Draft; readonly isFull: boolean }
  /** Others were faster, which changes nothing about the draft. */
  | { readonly is: 'following'; readonly draft: Draft }
  | { readonly is: 'loading' }
  | { readonly is: 'closed' };

const READY: State = { is: 'ready' };

/** What a room wants committed. */
export interface Prepared {
  readonly commit: Commit;
  /** What the open document must take in with the same commit. */
  readonly late: readonly LateMessages[];
}

export class Room {
  readonly id: DocumentId;
  /** When it was last of use, ms. */
  lastUsedMs: number;
  readonly #audience: Audience;
  readonly #options: RoomOptions;
  readonly #rows: Rows;
  readonly #composer = new TextComposer();
  readonly #link: Link;
  readonly #arrivals = new Arrivals();
  #replica: Replica;
  #queue: Job[] = [];
  #unansweredSinceMs: number | undefined;
  #state: State = READY;
  /** The rows may say more than the replica: looked up as soon as no commit is under way. */
  #isStale = false;
  /** Jobs whose doubtful verdict stands, as the journal held nothing new. */
  readonly #confirmed = new WeakSet<Job>();
  /** Of files that submissions name. */
  readonly #files: KnownFiles;

  static async load(options: RoomOptions): Promise<Room | undefined> {
    const { pool, id } = options;
    let stored = await loadDocument(pool, id);
    if (!stored && (await makeAccountDocument(pool, id))) stored = await loadDocument(pool, id);
    return stored && new Room(stored, options);
  }

  private constructor(stored: StoredDocument, options: RoomOptions) {
    this.id = options.id;
    this.#options = options;
    this.#rows = new Rows({ id: options.id, pool: options.pool, log: options.log, isClosed: () => this.isClosed });
    this.#files = new KnownFiles((ids) => this.#rows.files(this.#replica.conversation, ids));
    this.#link = options.fanOut.join(this.id, { receive: (entries) => this.#receive(entries) });
    this.#replica = this.#replicaOf(stored);
    this.#audience = new Audience({ replica: () => this.#replica, refused: options.refused });
    this.lastUsedMs = options.clock.now();
  }

  /** What the room knows of its document; replaced on reload, so not to be kept. */
  get document(): Pick<
    Replica,
    'conversation' | 'epoch' | 'isClosed' | 'generation' | 'membership' | 'memberIds' | 'head'
  > {
    return this.#replica;
  }

  get isIdle(): boolean {
    return this.#audience.size === 0 && this.#queue.length === 0 && this.#state.is === 'ready';
  }

  get isClosed(): boolean {
    return this.#state.is === 'closed';
  }

  isMember(user: UserId): boolean {
    return this.#replica.members.has(user);
  }

  /** Whether the user is a member now. "No" is final to clients, so it comes from the rows: a notice may be on its way. */
  async admits(user: UserId): Promise<boolean> {
    if (this.isMember(user)) return true;
    if (!(await this.#rows.admits(this.#replica.conversation, user))) return false;
    this.refresh();
    return true;
  }

  /** Why somebody may not be here, if so. */
  #farewellTo(user: UserId): Farewell | undefined {
    if (this.isMember(user)) return undefined;
    return this.#replica.inactive.has(user)
      ? { code: CLOSE.signIn, reason: DEACTIVATED }
      : { code: CLOSE.notMember, reason: 'no longer a member' };
  }

  join(channel: Channel): void {
    this.#audience.add(channel);
    this.submit({ is: 'ask', from: channel });
  }

  leave(channel: Channel): void {
    this.#audience.remove(channel);
    this.lastUsedMs = this.#options.clock.now();
  }

  /** How many channels are open on it. */
  get channels(): number {
    return this.#audience.size;
  }

  /** How many jobs wait for their turn. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** Since when somebody's submission has had no answer. */
  get unansweredSinceMs(): number | undefined {
    return this.#unansweredSinceMs;
  }

  submit(job: Job): void {
    if (this.isClosed) return dismiss(job, CLOSE.failure, 'the room is being closed; try again');
    if (job.is === 'update' || job.is === 'text') this.#unansweredSinceMs ??= this.#options.clock.now();
    this.#queue.push(job);
    this.#options.wake(this);
  }

  /** Drafts a commit from the queue; undefined when there is nothing to commit. Never throws. */
  prepare(): Prepared | undefined {
    const draft = this.#nextDraft();
    if (!draft) return undefined;
    if (draft.entries.length === 0) {
      this.#tell(draft);
      if (this.#isStale) void this.#catchUp();
      return undefined;
    }
    const isFull = this.#isFull();
    this.#state = { is: 'committing', draft, isFull };
    const { head, membership } = this.#replica;
    const { entries, bindings, idempotency, erases, claims, account, late } = draft;
    const riders = draft.takenIn.map(({ commit }) => commit);
    const nextGeneration = isFull ? randomUUID() : undefined;
    const commit = {
      document: this.id,
      head,
      membership,
      entries,
      bindings,
      idempotency,
      erases,
      claims,
      account,
      riders,
      nextGeneration,
    };
    return { commit, late };
  }

  #nextDraft(): Draft | undefined {
    if (this.#state.is === 'following') return this.#state.draft;
    return this.#state.is === 'ready' ? this.#draft() : undefined;
  }

  /** Whether the epoch ends here. */
  #isFull(): boolean {
    return !this.#replica.isClosed && this.#replica.isFull(this.#options.epochLimits);
  }

  /** Takes jobs up to the first doubtful one, which waits for the journal. */
  #draft(): Draft | undefined {
    this.lastUsedMs = this.#options.clock.now();
    const isConfirmed = (job: Job) => this.#confirmed.has(job);
    const known = { replica: this.#replica, composer: this.#composer, files: this.#files };
    const options = { ...known, nowMs: this.lastUsedMs, isConfirmed };
    const draft = new Draft(options);
    const jobs = this.#queue;
    let taken = 0;
    try {
      for (const job of jobs) {
        if (job.is === 'update' && job.isComplete) this.#audience.isComplete(job.from);
        if (draft.take(job) === 'doubtful') {
          this.#confirmed.add(job);
          this.#isStale = true;
          break;
        }
        taken++;
        // The rest belongs to the next epoch.
        if (draft.entries.length > 0 && this.#isFull()) break;
      }
    } catch (error) {
      // The replica may be half changed. Only the job that did it pays; all others are judged again.
      this.#options.log.error({ err: error, document: this.id }, 'a submission broke the room');
      dismiss(jobs[taken] as Job, CLOSE.failure, 'the server could not process this');
      this.#queue = jobs.filter((_, index) => index !== taken);
      void this.reload();
      return undefined;
    }
    this.#queue = jobs.slice(taken);
    return draft;
  }

  /** The commit has happened: now, and not before, everybody sees it. Returns the newest message for the head notice. */
  release(): LiveMessage | undefined {
    if (this.#state.is !== 'committing') return undefined;
    const { draft, isFull } = this.#state;
    this.#state = READY;
    if (isFull) this.#replica.isClosed = true;
    const former = this.#replica.head;
    this.#replica.head += draft.entries.length;
    // Before the entry that erases is sent: it must not be forgotten as well.
    if (draft.erases) this.#link.forget(this.#replica.head - 1);
    this.#replica.doc.release((update, index) => {
      const seq = former + 1 + index;
      return sealEntry({
        update,
        seq,
        bindings: index === 0 ? draft.bindings : [],
        closes: isFull && seq === this.#replica.head,
      });
    });
    this.#tell(draft);
    this.#files.forget();
    for (const job of draft.takenIn) job.committed();
    this.#goOn();
    return draft.last;
  }

  #receive(entries: readonly Uint8Array[]): void {
    if (this.isClosed) return;
    this.#arrivals.add(entries);
    if (this.#state.is === 'ready') this.#takeArrivals();
    if (this.#state.is === 'ready' && this.#isStale) void this.#catchUp();
  }

  /** Nothing is undecided: what others have committed meanwhile comes in before anything is judged by it. */
  #goOn(): void {
    this.#takeArrivals();
    if (this.#state.is !== 'ready') return;
    if (this.#isStale) void this.#catchUp();
    else if (this.#queue.length > 0) this.#options.wake(this);
  }

  #takeArrivals(): void {
    const entries = this.#arrivals.takeAfter(this.#replica.head);
    if (this.#arrivals.hasGap) this.#isStale = true;
    if (entries.length === 0) return;
    try {
      this.#replica.take(entries);
    } catch (error) {
      this.#options.log.error({ err: error, document: this.id }, 'what another server sent could not be applied');
      return void this.reload();
    }
    this.#audience.show(entries.map(({ update }) => update));
  }

  /** Somebody was faster, a right changed or the database failed: the draft goes behind what was faster, or all in it is judged again. */
  async retry(): Promise<void> {
    if (this.#state.is !== 'committing') return;
    const { draft } = this.#state;
    const { outcomes, waiting, gaps, erasures, takenIn, bindings } = draft;
    this.#state = { is: 'loading' };
    if (await this.#follow(draft)) return;
    for (const job of takenIn) job.failed();
    this.#files.forget();
    const jobs = await this.#withoutAnswered(outcomes);
    if (this.isClosed) return;
    this.#queue = [...jobs, ...gaps, ...erasures.map(({ job }) => job), ...waiting, ...this.#queue];
    this.#state = READY;
    await this.reload(bindings.map(({ writer }) => writer));
  }

  /**
   * Takes in what others have committed first, and has the draft committed behind it, when that changes nothing about the draft: most
   * messages are only appended. Judging them again would cost a document built again each time two servers meet.
   *
   * @returns whether that is so, or the room is closed.
   */
  async #follow(draft: Draft): Promise<boolean> {
    if (!draft.isPlain) return false;
    const { head, membership } = this.#replica;
    const news = await this.#rows.news(head);
    if (this.isClosed) return true;
    if (!news || news.entries.length === 0 || news.membership !== membership) return false;
    if (news.isClosed || news.erases) return false;
    try {
      this.#replica.take(news.entries);
    } catch (error) {
      this.#options.log.error({ err: error, document: this.id }, 'what another server committed could not be applied');
      return false;
    }
    this.#audience.show(news.entries.map(({ update }) => update));
    if (!draft.follow(news.users)) return false;
    this.#state = { is: 'following', draft };
    this.#options.wake(this);
    return true;
  }

  /** Something may have changed elsewhere: members, roles or the journal. */
  refresh(): void {
    this.#isStale = true;
    if (this.#state.is === 'ready') void this.reload();
  }

  /**
   * Loads the rows again and tells every channel what it lacks. Never rejects; tries until the database answers.
   *
   * @param suspects writers of a commit that failed: one may be somebody's in another epoch.
   */
  async reload(suspects: readonly number[] = []): Promise<void> {
    if (this.#state.is === 'loading' || this.isClosed) return;
    this.#state = { is: 'loading' };
    this.#isStale = false;
    this.#arrivals.clear();
    const stored = await this.#rows.load(suspects);
    if (this.isClosed) return;
    if (!stored) {
      this.#link.forget(this.#replica.head);
      return this.close(CLOSE.noDocument, 'the conversation is gone');
    }
    const former = this.#replica;
    this.#replica = this.#replicaOf(stored, former.serverWriter);
    this.#audience.forget();
    this.#state = READY;
    this.#audience.keep((user) => this.#farewellTo(user));
    if (former.head !== stored.head) this.#audience.show([this.#replica.encode(former.durableVector())]);
    former.destroy();
    this.#goOn();
  }

  #replicaOf(stored: StoredDocument, serverWriter?: number): Replica {
    return new Replica(stored, { serverWriter, onBuilt: (doc) => this.#link.carry(doc) });
  }

  /** Ends the room; its clients hold what was not acknowledged and send it again. */
  close(code: number, reason: string): void {
    if (this.isClosed) return;
    const draft = this.#state.is === 'committing' ? this.#state.draft : undefined;
    this.#state = { is: 'closed' };
    for (const job of draft?.takenIn ?? []) job.failed();
    for (const { job } of draft?.erasures ?? []) job.failed();
    this.#audience.close(code, reason);
    for (const job of this.#queue) dismiss(job, code, reason);
    this.#queue = [];
    this.#link.close();
    this.#replica.destroy();
    this.#options.closed?.(this);
  }

  /** Reads the journal if it holds more than the replica, then judges once more. */
  async #catchUp(): Promise<void> {
    this.#state = { is: 'loading' };
    this.#isStale = false;
    this.#arrivals.clear();
    const [current] = await Promise.all([this.#rows.head(), this.#files.lookUp()]);
    if (this.isClosed) return;
    this.#state = READY;
    const { head, membership } = this.#replica;
    if (this.#isStale || current?.head !== head || current.membership !== membership) await this.reload();
    else this.#goOn();
  }

  /** A text whose idempotency key was taken meanwhile gets the answer of the first one. */
  async #withoutAnswered(outcomes: readonly Outcome[]): Promise<Job[]> {
    const left: Job[] = [];
    for (const { job } of outcomes) {
      const key = job.is === 'text' ? job.text.idempotencyKey : undefined;
      const answer = key === undefined ? undefined : await this.#rows.answer(job.from.user, key);
      if (job.is === 'text' && answer) job.text.answered(answer);
      else left.push(job);
    }
    return left;
  }

  #tell(draft: Draft): void {
    // What is left came while the commit was under way.
    this.#unansweredSinceMs = this.#queue.length > 0 ? this.#options.clock.now() : undefined;
    this.#audience.tell(draft);
  }
}

/** Ends whoever handed it in; a connection that goes on with other documents need not count its bytes any longer. */
function dismiss(job: Job, code: number, reason: string): void {
  if (job.is === 'late' || job.is === 'erase') return job.failed();
  job.from.close(code, reason);
  if (job.is === 'update') job.from.done(job.bytes.length);
}
