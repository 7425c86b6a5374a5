/**
 * A room: a server's live copy of one document, and the queue of what its channels hand in. `prepare` takes the queue through
 * inspect and settle and returns what is to be committed; `release` lets everybody see what was; `reload` starts again from
 * the rows whenever somebody else was faster, a commit failed or a right changed. Nothing leaves a room before its commit.
 */
import type { Pool } from 'pg';
import * as Y from 'yjs';
import { CLOSE } from '../../schema/close-codes.ts';
import type { LiveMessage } from '../../schema/document/message.ts';
import type { Role } from '../../schema/http/conversations.ts';
import { type ConversationId, type DocumentId, type MessageId, messageId, type UserId } from '../../schema/ids.ts';
import type { Acknowledgement } from '../../schema/wire/frame.ts';
import { encodeSync, SYNC } from '../../schema/wire/frame.ts';
import type { Clock } from '../clock.ts';
import type { Binding, Commit, Entry, IdempotencyRecord } from '../journal/append.ts';
import { findAnswer, type Posted } from '../journal/idempotency.ts';
import { loadDocument, type StoredDocument } from '../journal/load.ts';
import type { Log } from '../log.ts';
import type { Broadcast, Channel, Submitter } from './channel.ts';
import { type Composed, compose } from './compose.ts';
import { GatedDocument } from './gated-document.ts';
import { inspect, type SoundUpdate } from './inspect.ts';
import { MessageIndex } from './message-index.ts';
import { type Refused, settle } from './settle.ts';

/** A message handed in as text, by an integration: the room composes the update that its author's client would send. */
export interface TextSubmission {
  readonly text: string;
  readonly re?: MessageId;
  readonly idempotencyKey?: string;
  /** Told, before any refusal or acknowledgement, which id the message got and with which entry it is being committed. */
  readonly composed: (posted: Posted) => void;
  /** Told instead of anything else when the idempotency key was used before. */
  readonly answered: (posted: Posted) => void;
}

/** Something to do, in order of arrival. */
export type Job =
  | { readonly is: 'update'; readonly from: Channel; readonly bytes: Uint8Array; readonly isComplete: boolean }
  | { readonly is: 'text'; readonly from: Submitter; readonly text: TextSubmission }
  /** Ask a channel for what it has and we lack. */
  | { readonly is: 'ask'; readonly from: Channel }
  /** Answer a channel's state vector. */
  | { readonly is: 'answer'; readonly from: Channel; readonly vector: Uint8Array };

interface Outcome {
  readonly job: Job;
  readonly refused: readonly Refused[];
  readonly acknowledged: readonly Acknowledgement[];
}

/** What one `prepare` collected. */
interface Batch {
  readonly entries: Entry[];
  readonly outcomes: Outcome[];
  readonly bindings: Binding[];
  readonly idempotency: IdempotencyRecord[];
  /** Questions and answers that must wait until the state is durable. */
  readonly waiting: Job[];
  erases: boolean;
  last: LiveMessage | undefined;
}

export interface RoomOptions {
  readonly id: DocumentId;
  readonly pool: Pool;
  readonly clock: Clock;
  readonly log: Log;
  /** The room has something to prepare. */
  readonly wake: (room: Room) => void;
}

export class Room {
  readonly id: DocumentId;
  readonly channels = new Set<Channel>();
  readonly #options: RoomOptions;
  #stored: StoredDocument;
  #doc: GatedDocument;
  #index: MessageIndex;
  #head: number;
  #queue: Job[] = [];
  #batch: Batch | undefined;
  #state: 'ready' | 'committing' | 'loading' | 'closed' = 'ready';
  #isStale = false;
  /** Whether the server's own writer of this document is bound. */
  #isWriterBound = false;
  /** Clients that this room composes texts with, one a person. */
  readonly #composers = new Map<UserId, number>();
  readonly #composed = new WeakMap<Job, Composed>();
  /** Jobs whose doubtful verdict was confirmed against the journal. */
  readonly #confirmed = new WeakSet<Job>();
  readonly #resyncing = new WeakSet<Channel>();
  #emptySyncAnswer: Uint8Array | undefined;
  /** When the last channel left or the last job came, ms. */
  lastUsedMs: number;

  static async load(options: RoomOptions): Promise<Room | undefined> {
    const stored = await loadDocument(options.pool, options.id);
    return stored && new Room(stored, options);
  }

  private constructor(stored: StoredDocument, options: RoomOptions) {
    this.id = options.id;
    this.#options = options;
    this.#stored = stored;
    this.#doc = documentOf(stored);
    this.#index = new MessageIndex(this.#doc);
    this.#head = stored.head;
    this.lastUsedMs = options.clock.now();
  }

  get conversation(): ConversationId {
    return this.#stored.conversation;
  }
  get epoch(): number {
    return this.#stored.epoch;
  }
  get generation(): string {
    return this.#stored.generation;
  }
  get head(): number {
    return this.#head;
  }
  get membership(): number {
    return this.#stored.membership;
  }
  get members(): ReadonlyMap<UserId, Role> {
    return this.#stored.members;
  }
  get isIdle(): boolean {
    return this.channels.size === 0 && this.#queue.length === 0 && this.#state === 'ready';
  }
  get isClosed(): boolean {
    return this.#state === 'closed';
  }

  join(channel: Channel): void {
    this.channels.add(channel);
    this.submit({ is: 'ask', from: channel });
  }

  leave(channel: Channel): void {
    this.channels.delete(channel);
    this.lastUsedMs = this.#options.clock.now();
  }

  submit(job: Job): void {
    if (this.#state === 'closed') return job.from.close(CLOSE.failure, 'the document is being closed');
    this.#queue.push(job);
    this.#options.wake(this);
  }

  /** Takes the queue through inspect and settle; undefined when there is nothing to commit. Never throws. */
  prepare(): Commit | undefined {
    if (this.#state !== 'ready') return undefined;
    this.lastUsedMs = this.#options.clock.now();
    const batch: Batch = {
      entries: [],
      outcomes: [],
      bindings: [],
      idempotency: [],
      waiting: [],
      erases: false,
      last: undefined,
    };
    const jobs = this.#queue;
    let taken = 0;
    let isDoubtful = false;
    try {
      for (; taken < jobs.length && !isDoubtful; taken++) isDoubtful = !this.#take(jobs[taken] as Job, batch);
    } catch (error) {
      // The document may be half changed. Only the job that did it pays; everything else is judged again.
      this.#options.log.error({ err: error, document: this.id }, 'a submission broke the room');
      (jobs[taken] as Job).from.close(CLOSE.failure, 'the server could not process this');
      this.#queue = jobs.filter((_, index) => index !== taken);
      void this.reload();
      return undefined;
    }
    if (isDoubtful) taken--;
    this.#queue = jobs.slice(taken);
    if (isDoubtful) this.#isStale = true;
    if (batch.entries.length === 0) {
      this.#answer(batch);
      if (this.#isStale) void this.#catchUp();
      return undefined;
    }
    this.#state = 'committing';
    this.#batch = batch;
    const { conversation, epoch, membership } = this.#stored;
    const { entries, bindings, idempotency, erases } = batch;
    return {
      document: this.id,
      conversation,
      epoch,
      membership,
      head: this.#head,
      entries,
      bindings,
      idempotency,
      erases,
    };
  }

  /** The commit has happened: now, and not before, everybody sees it. Returns the newest message for the head notice. */
  release(): LiveMessage | undefined {
    const batch = this.#batch as Batch;
    this.#batch = undefined;
    if (this.isClosed) return batch.last;
    this.#state = 'ready';
    this.#head += batch.entries.length;
    this.#emptySyncAnswer = undefined;
    this.#doc.release();
    this.#answer(batch);
    if (this.#isStale) void this.#catchUp();
    else if (this.#queue.length > 0) this.#options.wake(this);
    return batch.last;
  }

  /** Somebody was faster, a right changed or the database failed: nothing was committed, everything is judged again. */
  async retry(): Promise<void> {
    const batch = this.#batch as Batch;
    this.#batch = undefined;
    if (this.isClosed) return;
    const jobs = await this.#withoutAnswered(batch.outcomes.map(({ job }) => job));
    this.#queue = [...jobs, ...batch.waiting, ...this.#queue];
    this.#state = 'ready';
    await this.reload();
  }

  /** A text whose idempotency key was taken meanwhile gets the answer of the first one. */
  async #withoutAnswered(jobs: readonly Job[]): Promise<Job[]> {
    const left: Job[] = [];
    for (const job of jobs) {
      const key = job.is === 'text' ? job.text.idempotencyKey : undefined;
      const answer = key && (await this.#patiently(() => findAnswer(this.#options.pool, job.from.user, key)));
      if (job.is === 'text' && answer) job.text.answered(answer);
      else left.push(job);
    }
    return left;
  }

  /** Something may have changed elsewhere: members, roles or the journal. Looks as soon as no commit is under way. */
  refresh(): void {
    this.#isStale = true;
    if (this.#state === 'ready') void this.reload();
  }

  /** Loads the rows again and tells every channel what it lacks. Rejects never; retries until the database answers. */
  async reload(): Promise<void> {
    if (this.#state === 'loading' || this.#state === 'closed') return;
    this.#state = 'loading';
    this.#isStale = false;
    const stored = await this.#loadPatiently();
    if (this.isClosed) return;
    if (!stored) return this.close(CLOSE.noDocument, 'the conversation is gone');
    const told = this.#doc.durableVector();
    const hasChanged = stored.head !== this.#head;
    this.#doc = documentOf(stored);
    this.#index = new MessageIndex(this.#doc);
    this.#isWriterBound = false;
    this.#stored = stored;
    this.#head = stored.head;
    this.#emptySyncAnswer = undefined;
    this.#state = 'ready';
    for (const channel of this.channels) {
      if (!stored.members.has(channel.user)) channel.close(CLOSE.notMember, 'no longer a member');
    }
    if (hasChanged) this.#broadcast([Y.encodeStateAsUpdate(this.#doc, told)]);
    if (this.#isStale) void this.reload();
    else if (this.#queue.length > 0) this.#options.wake(this);
  }

  /** Ends the room; its clients hold what was not acknowledged and will send it again. */
  close(code: number, reason: string): void {
    this.#state = 'closed';
    for (const channel of this.channels) channel.close(code, reason);
    for (const { from } of this.#queue) from.close(code, reason);
    this.#queue = [];
    this.#doc.destroy();
  }

  /** One job; false when its verdict is doubtful until the journal was asked. */
  #take(job: Job, batch: Batch): boolean {
    switch (job.is) {
      case 'ask':
      case 'answer':
        batch.waiting.push(job);
        return true;
      case 'text': {
        const seq = this.#head + batch.entries.length + 1;
        const { id, bytes } = this.#compose(job, seq);
        const key = job.text.idempotencyKey;
        const isSound = this.#takeUpdate(job, bytes, true, batch);
        const wasKept = batch.outcomes.at(-1)?.refused.length === 0;
        if (key && isSound && wasKept) batch.idempotency.push({ user: job.from.user, key, message: id, seq });
        return isSound;
      }
      case 'update':
        if (job.isComplete) this.#resyncing.delete(job.from);
        return this.#takeUpdate(job, job.bytes, job.isComplete, batch);
    }
  }

  #takeUpdate(job: Job & { is: 'update' | 'text' }, bytes: Uint8Array, isComplete: boolean, batch: Batch): boolean {
    const { user } = job.from;
    const userOf = (writer: number) => this.#stored.writers.get(writer);
    const inspection = inspect(bytes, { doc: this.#doc, user, userOf, isComplete });
    const isConfirmed = this.#confirmed.has(job);
    switch (inspection.is) {
      case 'gap':
        // Not hostile: y-websocket sends what is typed during the handshake before its backlog. The answer brings all of it.
        if (job.is === 'update') {
          job.from.done(bytes.length);
          if (!this.#resyncing.has(job.from)) batch.waiting.push({ is: 'ask', from: job.from });
          this.#resyncing.add(job.from);
        }
        return true;
      case 'hostile':
        if (!isConfirmed) return this.#doubt(job);
        job.from.close(CLOSE.hostile, inspection.why);
        return true;
      case 'malformed':
        job.from.close(CLOSE.hostile, inspection.why);
        return true;
      case 'sound':
        if (!isConfirmed && this.#isAhead(inspection.update)) return this.#doubt(job);
        this.#settle(job, inspection.update, batch);
        return true;
    }
  }

  #settle(job: Job & { is: 'update' | 'text' }, sound: SoundUpdate, batch: Batch): void {
    const { user } = job.from;
    const role = this.#stored.members.get(user);
    if (!role) {
      const ids = sound.appended.map(({ client, clock }) => messageId(client, clock));
      batch.outcomes.push({ job, refused: [{ kind: 'not-member', ids }], acknowledged: [] });
      return;
    }
    const { writers, kind } = this.#stored;
    const settled = settle(sound, {
      doc: this.#doc,
      index: this.#index,
      user,
      canModerate: kind === 'group' && role !== 'member',
      isOwnWriter: (writer) => writers.get(Number.parseInt(writer, 36)) === user,
      nowMs: this.#options.clock.now(),
    });
    for (const writer of sound.unbound) this.#bind({ writer, user }, batch);
    if (settled.update) {
      if (!this.#isWriterBound && Y.getState(this.#doc.store, this.#doc.clientID) > 0) {
        this.#isWriterBound = true;
        this.#bind({ writer: this.#doc.clientID, user: null }, batch);
      }
      batch.entries.push({ update: settled.update, user });
      batch.erases ||= settled.erases;
      batch.last = settled.last ?? batch.last;
    }
    const seq = this.#head + batch.entries.length;
    const acknowledged = sound.writers.map((writer) => ({ writer, clock: Y.getState(this.#doc.store, writer), seq }));
    batch.outcomes.push({ job, refused: settled.refused, acknowledged });
  }

  #bind(binding: Binding, batch: Batch): void {
    this.#stored.writers.set(binding.writer, binding.user);
    batch.bindings.push(binding);
  }

  /** Nothing is judged by what this server knows alone: another one may know more. */
  #doubt(job: Job): false {
    this.#confirmed.add(job);
    return false;
  }

  /** Whether a receipt covers messages that this room does not have. */
  #isAhead({ receipts }: SoundUpdate): boolean {
    return receipts.some(({ d, r }) =>
      [d, r].some((vector) => Object.entries(vector).some(([writer, clock]) => clock > this.#index.lastClock(writer))),
    );
  }

  /** Anew at every attempt, unless an attempt whose commit seemed to fail turns out to have been written. */
  #compose(job: Job & { is: 'text' }, seq: number): Composed {
    const former = this.#composed.get(job);
    if (former && this.#index.find(former.id)) return former;
    const { user } = job.from;
    const { text, re } = job.text;
    const composed = compose({
      doc: this.#doc,
      user,
      text,
      re,
      client: this.#composers.get(user),
      nowMs: this.#options.clock.now(),
    });
    this.#composers.set(user, composed.client);
    this.#composed.set(job, composed);
    job.text.composed({ id: composed.id, seq });
    return composed;
  }

  /** Refusals first, then what was settled, then acknowledgements, then whoever waited for a durable state. */
  #answer({ entries, outcomes, waiting }: Batch): void {
    for (const { job, refused } of outcomes) {
      for (const { ids, kind } of refused) job.from.refuse({ ids, kind });
    }
    if (entries.length > 0) this.#broadcast(entries.map(({ update }) => update));
    for (const { job, refused, acknowledged } of outcomes) {
      for (const acknowledgement of acknowledged) job.from.acknowledge(acknowledgement);
      if (refused[0]?.kind === 'not-member') job.from.close(CLOSE.notMember, 'not a member');
      if (job.is === 'update') job.from.done(job.bytes.length);
    }
    for (const job of waiting) {
      if (job.is === 'ask') job.from.send(encodeSync(SYNC.step1, this.#doc.durableVector()));
      else if (job.is === 'answer') this.#answerState(job.from, job.vector);
    }
  }

  #answerState(channel: Channel, vector: Uint8Array): void {
    let known: Map<number, number>;
    try {
      known = Y.decodeStateVector(vector);
    } catch {
      // Bytes that are no state vector: there is nothing to answer, and nobody honest sends them.
      return channel.close(CLOSE.hostile, 'not a state vector');
    }
    if (known.size === 0) this.#emptySyncAnswer ??= encodeSync(SYNC.step2, Y.encodeStateAsUpdate(this.#doc));
    channel.send(
      known.size === 0
        ? (this.#emptySyncAnswer as Uint8Array)
        : encodeSync(SYNC.step2, Y.encodeStateAsUpdate(this.#doc, vector)),
    );
    for (const writer of known.keys()) {
      if (this.#stored.writers.get(writer) !== channel.user) continue;
      channel.acknowledge({ writer, clock: Y.getState(this.#doc.store, writer), seq: this.#head });
    }
  }

  #broadcast(updates: readonly Uint8Array[]): void {
    if (this.channels.size === 0) return;
    const broadcast: Broadcast = {
      payloads: updates.map((update) => encodeSync(SYNC.update, update)),
      framed: new Map(),
    };
    for (const channel of this.channels) channel.broadcast(broadcast);
  }

  /** Reads the journal when it holds more than this room, then judges what is doubtful once more. */
  async #catchUp(): Promise<void> {
    this.#isStale = false;
    this.#state = 'loading';
    const current = await this.#patiently(async () => {
      const { rows } = await this.#options.pool.query<{ head: number; membership: number }>({
        name: 'document-head',
        text: 'select head, membership from documents where id = $1',
        values: [this.id],
      });
      return rows[0];
    });
    if (this.isClosed) return;
    this.#state = 'ready';
    if (this.#isStale || !current || current.head !== this.#head || current.membership !== this.membership)
      await this.reload();
    else this.#options.wake(this);
  }

  #loadPatiently(): Promise<StoredDocument | undefined> {
    return this.#patiently(() => loadDocument(this.#options.pool, this.id));
  }

  /** Repeats a read until the database answers: a room without its rows can do nothing else. */
  async #patiently<Result>(read: () => Promise<Result>): Promise<Result | undefined> {
    for (let waitMs = 50; !this.isClosed; waitMs = Math.min(2 * waitMs, MAX_WAIT_MS)) {
      try {
        return await read();
      } catch (error) {
        this.#options.log.warn({ err: error, document: this.id, waitMs }, 'could not read the document');
        await new Promise((resolve) => setTimeout(resolve, waitMs * (0.5 + Math.random() / 2)));
      }
    }
    return undefined;
  }
}

/** A Postgres restart takes seconds; asking every five does not hinder it. */
const MAX_WAIT_MS = 5_000;

const documentOf = ({ state, entries }: StoredDocument): GatedDocument =>
  new GatedDocument(state ? [state, ...entries] : entries);
