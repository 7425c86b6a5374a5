/**
 * The rooms of this server and the pump that drives them: it gathers what all rooms have prepared into one commit, keeps
 * few commits under way, and hands the results back. While a commit is under way submissions gather, so that batches grow
 * with the load by themselves. One loop also compares heads with the journal, for whatever notice was lost.
 */
import type { Pool } from 'pg';
import { CLOSE } from '../../schema/close-codes.ts';
import { type ConversationId, type DocumentId, documentId, type MessageId, type UserId } from '../../schema/ids.ts';
import { EPOCH_LIMITS, preview } from '../../schema/limits.ts';
import type { RefusalKind } from '../../schema/refusals.ts';
import type { Clock } from '../clock.ts';
import type { FanOut } from '../fan-out/fan-out.ts';
import { append, appendTogether, type Commit } from '../journal/append.ts';
import { findAnswer, type Posted } from '../journal/idempotency.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Erased, Erasing } from './erase.ts';
import type { EpochLimits } from './replica.ts';
import { type Prepared, Room } from './room.ts';
import { observeRooms, type RoomMetrics } from './room-metrics.ts';

export interface RoomsOptions {
  readonly pool: Pool;
  readonly fanOut: FanOut;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** When an epoch closes; tests want it sooner. */
  readonly epochLimits?: EpochLimits;
  /** Called after every commit, never in its way: there are new entries to project and perhaps text to erase. */
  readonly onCommit?: (document: DocumentId) => void;
}

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

interface Flight extends Prepared {
  readonly room: Room;
}

/** Two: one commit travels while the next is prepared. More only make smaller batches. */
const MAX_COMMITS_IN_FLIGHT = 2;
/** A lost notice is healed within this time. One query for all open rooms. */
const CATCH_UP_INTERVAL_MS = 15_000;
/** A room nobody uses is kept this long: people switch back and forth. */
const IDLE_ROOM_MS = 30_000;

export class Rooms implements AsyncDisposable {
  readonly #options: RoomsOptions;
  readonly #rooms = new Map<DocumentId, Promise<Room | undefined>>();
  readonly #open = new Map<DocumentId, Room>();
  readonly #awake = new Set<Room>();
  /** Posts with an idempotency key that are under way, by user and key. */
  readonly #posting = new Map<string, Promise<PostResult>>();
  readonly #unsubscribe: () => void;
  readonly #timer: NodeJS.Timeout;
  readonly #metrics: RoomMetrics;
  #isPumpScheduled = false;
  #isClosed = false;
  readonly #inFlight = new Set<Promise<void>>();

  constructor(options: RoomsOptions) {
    this.#options = options;
    const { metrics } = options;
    this.#metrics = observeRooms(metrics, this.#open, options.clock);
    const open = this.#open;
    this.#unsubscribe = options.fanOut.subscribe('membership', ({ conversation }) => {
      for (const room of open.values()) if (room.document.conversation === conversation) room.refresh();
    });
    this.#timer = setInterval(() => void this.catchUp(), CATCH_UP_INTERVAL_MS);
    this.#timer.unref();
  }

  /** The room of a document, loaded once for all who ask at the same time; undefined when there is no such document. */
  open(id: DocumentId): Promise<Room | undefined> {
    const known = this.#rooms.get(id);
    if (known) return known;
    const { pool, fanOut, clock, log, epochLimits = EPOCH_LIMITS } = this.#options;
    const refused = (kind: RefusalKind) => this.#metrics.refusals.inc({ kind });
    const wake = (room: Room) => this.#wake(room);
    const loading = Room.load({ id, pool, fanOut, clock, log, epochLimits, wake, refused }).then(
      (room) => {
        if (room && !this.#isClosed) this.#open.set(id, room);
        else this.#rooms.delete(id);
        return room;
      },
      (error) => {
        this.#rooms.delete(id);
        log.warn({ err: error, document: id }, 'a document could not be opened');
        throw error;
      },
    );
    this.#rooms.set(id, loading);
    return loading;
  }

  /** Writes a message for somebody who has no client, through the same path as everybody. */
  post(input: PostInput): Promise<PostResult> {
    if (input.idempotencyKey === undefined) return this.#post(input);
    // Whoever asks again before it was answered waits for the same answer: one key never stands twice in a commit.
    const name = `${input.user} ${input.idempotencyKey}`;
    const former = this.#posting.get(name);
    if (former) return former;
    const answer = this.#post(input).finally(() => this.#posting.delete(name));
    this.#posting.set(name, answer);
    return answer;
  }

  async #post(input: PostInput): Promise<PostResult> {
    const { conversation, user, idempotencyKey } = input;
    const { pool } = this.#options;
    if (idempotencyKey !== undefined) {
      const answer = await findAnswer(pool, user, idempotencyKey);
      if (answer) return { ok: true, ...answer };
    }
    for (;;) {
      const room = await this.open(await this.#openDocument(conversation));
      if (!room) return { ok: false, kind: 'not-member' };
      const result = await this.#postInto(room, input);
      if (result !== 'closed') return result;
    }
  }

  #postInto(room: Room, { user, text, re, idempotencyKey, fingerprint }: PostInput): Promise<PostResult | 'closed'> {
    return new Promise((resolve, reject) => {
      let posted: Posted | undefined;
      const answered = (answer: Posted) => resolve({ ok: true, ...answer });
      room.submit({
        is: 'text',
        from: {
          user,
          refuse: ({ kind }) => resolve({ ok: false, kind }),
          acknowledge: () =>
            posted &&
            answered({ ...posted, ...(idempotencyKey !== undefined && { fingerprint: fingerprint ?? null }) }),
          close: (code, reason) => reject(new Error(`The message was not written (${code}): ${reason}`)),
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

  /** Erases some of what a former member wrote in a document; rejects when that must be asked for once more. */
  async erase(id: DocumentId, user: UserId, what: Erasing): Promise<Erased['left']> {
    const wasOpen = this.#rooms.has(id);
    const room = await this.open(id);
    if (!room) return 'none';
    try {
      return await new Promise((erased, reject) => {
        const failed = () => reject(new Error('The room was closed meanwhile'));
        room.submit({ is: 'erase', user, what, erased, failed });
      });
    } finally {
      // One by one the whole chain may be opened: it must not be in memory as a whole.
      if (!wasOpen && room.isIdle) {
        room.close(CLOSE.restart, 'idle');
        this.#forget(id);
      }
    }
  }

  async #openDocument(conversation: ConversationId): Promise<DocumentId> {
    const { rows } = await this.#options.pool.query<{ epoch: number }>(
      'select epoch from conversations where id = $1',
      [conversation],
    );
    return documentId(conversation, rows[0]?.epoch ?? 0);
  }

  /** Compares all open rooms with the journal in one query and frees those that nobody uses. */
  async catchUp(): Promise<void> {
    this.#dropIdle();
    if (this.#open.size === 0) return;
    try {
      const { rows } = await this.#options.pool.query<{ id: DocumentId; head: number; membership: number }>({
        name: 'heads',
        text: 'select id, head, membership from documents where id = any($1::text[])',
        values: [[...this.#open.keys()]],
      });
      const stored = new Map(rows.map((row) => [row.id, row]));
      for (const [id, room] of this.#open) {
        const row = stored.get(id);
        if (!row || row.head > room.document.head || row.membership > room.document.membership) room.refresh();
      }
    } catch (error) {
      this.#options.log.warn({ err: error }, 'could not compare heads with the journal; trying again');
    }
  }

  #dropIdle(): void {
    const nowMs = this.#options.clock.now();
    for (const [id, room] of this.#open) {
      if (room.isIdle && nowMs - room.lastUsedMs > IDLE_ROOM_MS) room.close(CLOSE.restart, 'idle');
      if (room.isClosed) this.#forget(id);
    }
  }

  #forget(id: DocumentId): void {
    this.#open.delete(id);
    this.#rooms.delete(id);
  }

  #wake(room: Room): void {
    this.#awake.add(room);
    this.#schedule();
  }

  /** After the sockets were read, so that everything that arrived together is committed together. */
  #schedule(): void {
    if (this.#isPumpScheduled || this.#inFlight.size >= MAX_COMMITS_IN_FLIGHT) return;
    this.#isPumpScheduled = true;
    setImmediate(() => {
      this.#isPumpScheduled = false;
      this.#pump();
    });
  }

  #pump(): void {
    const alone: Flight[] = [];
    const prepared: Flight[] = [];
    const awake = [...this.#awake];
    // Before: what a room says may make somebody submit at once, and wake it again.
    this.#awake.clear();
    for (const room of awake) {
      const wanted = room.prepare();
      if (!wanted) continue;
      const { commit, late } = wanted;
      if (late.length > 0) this.#handOver({ room, ...wanted });
      else if (isTogether(commit)) alone.push({ room, ...wanted });
      else prepared.push({ room, ...wanted });
    }
    if (prepared.length > 0) this.#fly(prepared);
    for (const each of alone) this.#fly([each]);
  }

  #fly(prepared: readonly Flight[]): void {
    const flight = this.#commit(prepared).finally(() => {
      this.#inFlight.delete(flight);
      if (this.#awake.size > 0) this.#schedule();
    });
    this.#inFlight.add(flight);
  }

  /** Asks the open document to take in what came too late for this one, and to commit both. */
  #handOver({ room, commit, late }: Flight): void {
    const failed = () => void room.retry();
    const { conversation } = room.document;
    if (!conversation) throw new Error('An account document has no late messages');
    this.#openDocument(conversation)
      .then((document) => this.open(document))
      .then(
        (open) => {
          if (!open || open === room) return failed();
          open.submit({ is: 'late', batches: late, commit, failed, committed: () => this.#release(room) });
        },
        (error) => {
          this.#options.log.warn({ err: error, document: room.id }, 'could not find the open epoch; trying again');
          failed();
        },
      );
  }

  async #commit(prepared: readonly Flight[]): Promise<void> {
    const stop = this.#metrics.commitSeconds.startTimer();
    let committed: ReadonlySet<DocumentId> = new Set();
    const commits = prepared.map(({ commit }) => commit);
    const [first] = commits;
    try {
      if (first && isTogether(first))
        committed = new Set((await appendTogether(this.#options.pool, first)) ? [first.document] : []);
      else committed = await append(this.#options.pool, commits);
    } catch (error) {
      this.#options.log.error(
        { err: error, documents: prepared.length },
        'a commit failed; everything in it is judged again',
      );
    }
    stop();
    for (const { room, commit } of prepared) {
      if (committed.has(commit.document)) {
        this.#metrics.entries.inc(commit.entries.length);
        this.#release(room);
        if (commit.account?.privacy) this.#announceSettings(room);
        if (commit.nextGeneration !== undefined) this.#announceEpoch(room);
      } else {
        this.#metrics.conflicts.inc();
        void room.retry();
      }
    }
  }

  #release(room: Room): void {
    const message = room.release();
    const { fanOut, onCommit } = this.#options;
    onCommit?.(room.id);
    const { conversation, epoch, head: seq, memberIds } = room.document;
    if (!message || !conversation) return;
    const { from, at, text } = message;
    fanOut.publish('head', {
      conversation,
      epoch,
      seq,
      from,
      at,
      preview: preview(text),
      members: memberIds,
    });
  }

  #announceSettings({ document: { memberIds } }: Room): void {
    for (const user of memberIds) this.#options.fanOut.publish('settings', { user });
  }

  /** Members who hold the closed document open the next one when they hear of it. */
  #announceEpoch({ document }: Room): void {
    const { fanOut, clock } = this.#options;
    const { conversation, epoch, memberIds } = document;
    const [from] = memberIds;
    if (!from || !conversation) return;
    const notice = { conversation, epoch: epoch + 1, seq: 0, from, at: clock.now(), preview: '', members: memberIds };
    fanOut.publish('head', notice);
  }

  /** Finishes the commits under way, then sends everybody away to come again. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#timer);
    this.#unsubscribe();
    await Promise.all(this.#inFlight);
    for (const room of this.#open.values()) room.close(CLOSE.restart, 'the server restarts');
    this.#open.clear();
    this.#rooms.clear();
  }
}

/** Whether something else must happen in the same transaction. */
const isTogether = ({ nextGeneration, riders, account }: Commit): boolean =>
  nextGeneration !== undefined || riders.length > 0 || account !== undefined;

export const createRooms = (options: RoomsOptions): Rooms => new Rooms(options);
