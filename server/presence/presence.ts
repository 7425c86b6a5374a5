/**
 * Presence and typing as sockets see them: who is connected, who watches whom, who types. One timer drives it; everything
 * that costs a round trip to the store or the database happens in batches, one after the other.
 */
import type { Pool } from 'pg';
import type { ConversationId, UserId } from '../../schema/ids.ts';
import type { Clock } from '../clock.ts';
import type { FanOut } from '../fan-out/fan-out.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { Attendance } from './attendance.ts';
import { Looking } from './looking.ts';
import type { PresenceStore } from './presence-store.ts';
import { Typing } from './typing.ts';
import type { Watcher } from './watched-people.ts';
import { Watches } from './watches.ts';

export interface PresenceOptions {
  readonly store: PresenceStore;
  readonly pool: Pool;
  readonly fanOut: FanOut;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** What came and went in this time is said and told together; twice this is the usual delay. */
const BATCH_MS = 500;

/** Three of these make what a server said lapse. Also how soon watchers hear of what no notice said. */
const REFRESH_MS = 10_000;

export class Presence implements AsyncDisposable {
  readonly #options: PresenceOptions;
  readonly #attendance: Attendance;
  readonly #watches: Watches;
  readonly #typing: Typing;
  readonly #looking: Looking;
  readonly #unsubscribe: (() => void)[];
  readonly #timer: NodeJS.Timeout;
  #refreshedAt = Number.NEGATIVE_INFINITY;
  #isAnswerScheduled = false;
  #work: Promise<void> = Promise.resolve();
  #isBatchWaiting = false;
  #isClosed = false;

  constructor(options: PresenceOptions) {
    this.#options = options;
    const { store, fanOut, metrics } = options;
    const told = metrics.counter({ name: 'tidewire_presence_told_total', help: 'People that watchers were told of' });
    const typed = metrics.counter({
      name: 'tidewire_typing_total',
      help: 'Typing frames of clients, heard or dropped',
      labelNames: ['outcome'],
    });
    const failures = metrics.counter({
      name: 'tidewire_presence_failures_total',
      help: 'How often the store of presence could not be told or asked',
      labelNames: ['what'],
    });
    this.#attendance = new Attendance({ ...options, onFailure: () => failures.inc({ what: 'say' }) });
    this.#watches = new Watches({
      ...options,
      onFailure: () => failures.inc({ what: 'look-up' }),
      findOnline: (people) => store.findOnline(people),
      isHere: (user) => this.#attendance.has(user),
      onTold: (count) => told.inc(count),
    });
    this.#typing = new Typing({ ...options, onTyped: (outcome) => typed.inc({ outcome }) });
    this.#looking = new Looking(options);
    metrics.observe('tidewire_presence_online', 'People connected to this server', () => this.#attendance.size);
    metrics.observe('tidewire_presence_watchers', 'Connections that watch people', () => this.#watches.watcherCount);
    metrics.observe('tidewire_presence_watched', 'People watched on this server', () => this.#watches.watchedCount);
    this.#unsubscribe = [
      fanOut.subscribe('presence', ({ users }) => this.#watches.changed(users)),
      fanOut.subscribe('membership', ({ conversation }) => this.#watches.membershipChanged(conversation)),
      fanOut.subscribe('settings', ({ user }) => this.#watches.settingsChanged(user)),
    ];
    this.#timer = setInterval(() => this.#batch(), BATCH_MS);
    this.#timer.unref();
  }

  connected(user: UserId): void {
    this.#attendance.connected(user);
  }

  disconnected(user: UserId): void {
    this.#attendance.disconnected(user);
  }

  /** Replaces whom the watcher watches; it is answered as soon as the turn of the event loop has ended. */
  watch(watcher: Watcher, people: readonly string[]): void {
    this.#watches.want(watcher, people as readonly UserId[]);
    if (this.#isAnswerScheduled) return;
    this.#isAnswerScheduled = true;
    setImmediate(() => {
      this.#isAnswerScheduled = false;
      this.#inTurn(() => this.#watches.answer());
    });
  }

  /** The connection is gone, and watches nobody any more. */
  forget(watcher: Watcher): void {
    this.#watches.forget(watcher);
    this.#looking.forget(watcher);
  }

  typed(connection: Watcher, conversation: string): void {
    this.#typing.typed(connection, connection.user, conversation as ConversationId).catch((error: unknown) => {
      // Nobody misses one; the next is three seconds away.
      this.#options.log.debug({ err: error }, 'who hears of typing could not be looked up');
    });
  }

  /** The connection's device shows this conversation to somebody, or none. */
  looked(connection: Watcher, conversation: string | undefined): void {
    this.#looking.look(connection, connection.user, conversation);
  }

  /** Whether any device of this person, at any server, shows the conversation to them. */
  isLooking(user: UserId, conversation: string): boolean {
    return this.#looking.isLooking(user, conversation);
  }

  /** A batch that takes longer than the interval is not joined by a second one that waits for it. */
  #batch(): void {
    this.#looking.announce();
    if (this.#isBatchWaiting) return;
    this.#isBatchWaiting = true;
    this.#inTurn(async () => {
      this.#isBatchWaiting = false;
      await this.#attendance.announce();
      await this.#refresh();
      await this.#watches.answer();
      await this.#watches.tell();
    });
  }

  #inTurn(work: () => Promise<void>): void {
    this.#work = this.#work
      .then(() => (this.#isClosed ? undefined : work()))
      .catch((error: unknown) => {
        // A bug: what failed expectedly was dealt with. The next turn looks at everything again.
        this.#options.log.error({ err: error }, 'a turn of presence failed');
      });
  }

  async #refresh(): Promise<void> {
    const nowMs = this.#options.clock.now();
    if (nowMs - this.#refreshedAt < REFRESH_MS) return;
    this.#refreshedAt = nowMs;
    // Otherwise people would seem to have left whose servers have not spoken yet.
    if (await this.#attendance.refresh()) this.#watches.lookUpAll();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#timer);
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#typing[Symbol.dispose]();
    this.#looking[Symbol.dispose]();
    await this.#work;
    await this.#attendance.end();
    await this.#options.store[Symbol.asyncDispose]();
  }
}
