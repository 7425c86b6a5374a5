/**
 * Who is connected to this server, said to all servers in batches: the store hears of everybody's first and last connection,
 * the fan-out that there is something to look up, the database when they were last here. What fails is said anew with
 * the next refresh. It costs work per arrival, per departure and per interval, never per watcher.
 */
import type { Pool } from 'pg';
import type { UserId } from '../../schema/ids.ts';
import type { Clock } from '../clock.ts';
import type { FanOut } from '../fan-out/fan-out.ts';
import type { Log } from '../log.ts';
import { noteLastSeen } from './last-seen.ts';
import { GRACE_MS, type PresenceStore } from './presence-store.ts';

export interface AttendanceOptions {
  readonly store: PresenceStore;
  readonly pool: Pool;
  readonly fanOut: FanOut;
  readonly clock: Clock;
  readonly log: Log;
  /** The store could not be told. */
  readonly onFailure: () => void;
}

/** Those who stay connected are noted this often: so much may be missing from "last seen" after a server was killed. */
const NOTE_ALL_MS = 5 * 60_000;

/** A store that has forgotten one server has forgotten the others: within this time all have noticed and spoken. */
const ALL_SPOKE_MS = 15_000;

export class Attendance {
  readonly #options: AttendanceOptions;
  /** How many connections each has; 0 while they may still come back. */
  readonly #connections = new Map<UserId, number>();
  /** When those with 0 lost their last one, ms; the longest ago first. */
  readonly #leaving = new Map<UserId, number>();
  readonly #arrived = new Set<UserId>();
  /** Times that the database has not been told yet. */
  #unnoted = new Map<UserId, number>();
  #notedAllAt: number;
  /** The store may lack something that was said. */
  #isUnsure = true;
  /** When the store was found to know nothing of this server. */
  #saidAnewAt = Number.NEGATIVE_INFINITY;

  constructor(options: AttendanceOptions) {
    this.#options = options;
    this.#notedAllAt = options.clock.now();
  }

  get size(): number {
    return this.#connections.size;
  }

  has(user: UserId): boolean {
    return this.#connections.has(user);
  }

  connected(user: UserId): void {
    const count = this.#connections.get(user);
    if (count === undefined) this.#arrived.add(user);
    else if (count === 0) this.#leaving.delete(user);
    this.#connections.set(user, (count ?? 0) + 1);
  }

  disconnected(user: UserId): void {
    const count = this.#connections.get(user);
    if (!count) return;
    this.#connections.set(user, count - 1);
    if (count === 1) this.#leaving.set(user, this.#options.clock.now());
  }

  /** Says who arrived and who left since the last time. */
  async announce(): Promise<void> {
    const { store, fanOut, clock } = this.#options;
    const nowMs = clock.now();
    const left = this.#takeLeft(nowMs);
    const arrived = [...this.#arrived].filter((user) => this.#connections.has(user));
    this.#arrived.clear();
    if (arrived.length > 0 || left.size > 0) {
      try {
        if (!(await store.change({ arrived, left: [...left.keys()] }))) await this.#sayAnew();
      } catch (error) {
        this.#isUnsure = true;
        this.#options.onFailure();
        this.#options.log.debug({ err: error }, 'presence could not be said; it is said anew later');
      }
      // Without the store other servers look in vain, but this one still knows its own.
      fanOut.publish('presence', { users: [...arrived.map((user) => [user, nowMs] as const), ...left] });
    }
    for (const [user, at] of left) this.#unnoted.set(user, at);
    if (nowMs - this.#notedAllAt >= NOTE_ALL_MS) this.#noteAll(nowMs);
    await this.#note();
  }

  /** Keeps what was said from lapsing. False when the store may not know yet who is connected to other servers. */
  async refresh(): Promise<boolean> {
    const { store, clock, log, onFailure } = this.#options;
    try {
      if (!(await store.refresh()) || this.#isUnsure) await this.#sayAnew();
      return clock.now() - this.#saidAnewAt > ALL_SPOKE_MS;
    } catch (error) {
      this.#isUnsure = true;
      onFailure();
      log.warn({ err: error }, 'presence could not be refreshed; trying again');
      return false;
    }
  }

  /** The server ends: everybody was here until now. */
  async end(): Promise<void> {
    this.#noteAll(this.#options.clock.now());
    await this.#note();
  }

  async #sayAnew(): Promise<void> {
    await this.#options.store.replace([...this.#connections.keys()]);
    this.#isUnsure = false;
    this.#saidAnewAt = this.#options.clock.now();
  }

  #takeLeft(nowMs: number): ReadonlyMap<UserId, number> {
    const left = new Map<UserId, number>();
    for (const [user, at] of this.#leaving) {
      if (nowMs - at < GRACE_MS) break;
      this.#leaving.delete(user);
      this.#connections.delete(user);
      left.set(user, at);
    }
    return left;
  }

  #noteAll(nowMs: number): void {
    this.#notedAllAt = nowMs;
    for (const [user, count] of this.#connections) if (count > 0) this.#unnoted.set(user, nowMs);
    for (const [user, at] of this.#leaving) this.#unnoted.set(user, at);
  }

  async #note(): Promise<void> {
    const seen = this.#unnoted;
    if (seen.size === 0) return;
    this.#unnoted = new Map();
    try {
      await noteLastSeen(this.#options.pool, seen);
    } catch (error) {
      // Kept for the next time; what was seen meanwhile is newer.
      this.#unnoted = new Map([...seen, ...this.#unnoted]);
      this.#options.log.debug({ err: error }, 'when people were last seen could not be noted; trying again');
    }
  }
}
