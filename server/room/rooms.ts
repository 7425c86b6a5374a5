/**
 * The rooms of this server: each is loaded once for all who ask for it and freed when nobody uses it. One loop also compares
 * heads with the journal, for whatever notice was lost. What the rooms prepare is committed by the pump.
 */
import type { Pool } from 'pg';
import { CLOSE } from '../../schema/close-codes.ts';
import { type ConversationId, type DocumentId, documentId, type MessageId, type UserId } from '../../schema/ids.ts';
import { EPOCH_LIMITS } from '../../schema/limits.ts';
import type { RefusalKind } from '../../schema/refusals.ts';
import type { Clock } from '../clock.ts';
import type { FanOut } from '../fan-out/fan-out.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Erased, Erasing } from './erase.ts';
import { type PostInput, type PostResult, Posts } from './posts.ts';
import { Pump } from './pump.ts';
import type { EpochLimits } from './replica.ts';
import { Room } from './room.ts';
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

/** A lost notice is healed within this time. One query for all open rooms. */
const CATCH_UP_INTERVAL_MS = 15_000;
/** A room nobody uses is kept this long: people switch back and forth. */
const IDLE_ROOM_MS = 30_000;

export class Rooms implements AsyncDisposable {
  readonly #options: RoomsOptions;
  readonly #rooms = new Map<DocumentId, Promise<Room | undefined>>();
  readonly #open = new Map<DocumentId, Room>();
  readonly #pump: Pump;
  readonly #posts: Posts;
  readonly #unsubscribe: () => void;
  readonly #timer: NodeJS.Timeout;
  readonly #metrics: RoomMetrics;
  #isClosed = false;

  constructor(options: RoomsOptions) {
    this.#options = options;
    const { pool, fanOut, clock, log, onCommit } = options;
    const metrics = observeRooms(options.metrics, this.#open, clock);
    const openNewest = (conversation: ConversationId) => this.#openNewest(conversation);
    this.#metrics = metrics;
    this.#pump = new Pump({ pool, fanOut, clock, log, metrics, openNewest, onCommit });
    this.#posts = new Posts({ pool, openNewest });
    const open = this.#open;
    this.#unsubscribe = fanOut.subscribe('membership', ({ conversation }) => {
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
    const wake = (room: Room) => this.#pump.wake(room);
    const closed = (room: Room) => this.#forget(room);
    const loading = Room.load({ id, pool, fanOut, clock, log, epochLimits, wake, refused, closed }).then(
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
    return this.#posts.post(input);
  }

  /** Erases some of what a former member wrote in a document; rejects when that must be asked for once more. */
  erase(id: DocumentId, of: UserId, what: 'receipts' | 'everything'): Promise<Erased['left']> {
    return this.#erase(id, { of, what });
  }

  /** Deletes for everyone messages whose time is over, some 200 of one document; rejects as `erase` does. */
  async expire(id: DocumentId, messages: readonly MessageId[]): Promise<void> {
    await this.#erase(id, { expired: messages });
  }

  async #erase(id: DocumentId, what: Erasing): Promise<Erased['left']> {
    const wasOpen = this.#rooms.has(id);
    const room = await this.open(id);
    if (!room) return 'none';
    try {
      return await new Promise((erased, reject) => {
        const failed = () => reject(new Error('The room was closed meanwhile'));
        room.submit({ is: 'erase', what, erased, failed });
      });
    } finally {
      // One by one the whole chain may be opened: it must not be in memory as a whole.
      if (!wasOpen && room.isIdle) room.close(CLOSE.restart, 'idle');
    }
  }

  async #openNewest(conversation: ConversationId): Promise<Room | undefined> {
    const { rows } = await this.#options.pool.query<{ epoch: number }>(
      'select epoch from conversations where id = $1',
      [conversation],
    );
    return this.open(documentId(conversation, rows[0]?.epoch ?? 0));
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
    for (const room of this.#open.values())
      if (room.isIdle && nowMs - room.lastUsedMs > IDLE_ROOM_MS) room.close(CLOSE.restart, 'idle');
  }

  /** Whoever asks for its document from now on has it loaded anew, or hears that there is none. */
  #forget(room: Room): void {
    if (this.#open.get(room.id) !== room) return;
    this.#open.delete(room.id);
    this.#rooms.delete(room.id);
  }

  /** Finishes the commits under way, then sends everybody away to come again. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#timer);
    this.#unsubscribe();
    await this.#pump.idle();
    for (const room of this.#open.values()) room.close(CLOSE.restart, 'the server restarts');
    this.#open.clear();
    this.#rooms.clear();
  }
}

export const createRooms = (options: RoomsOptions): Rooms => new Rooms(options);
