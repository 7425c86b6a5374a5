/**
 * Who watches whom on this server. A watch is answered at once and then hears of changes, in batches. Rights are looked up in
 * one statement for all watches that wait; what was found is kept with the watch until a notice casts doubt on it, or it
 * has grown old when there is something to tell. A change costs work per watcher; watching in itself costs nothing.
 */
import type { ConversationId, UserId } from '../../schema/ids.ts';
import type { ServerControl } from '../../schema/wire/control.ts';
import type { Clock } from '../clock.ts';
import type { Pool } from '../database/pool.ts';
import type { Log } from '../log.ts';
import { findAcquaintances } from './acquaintances.ts';
import { nothingOf, WatchedPeople, type Watcher } from './watched-people.ts';

export interface WatchesOptions {
  readonly pool: Pick<Pool, 'query'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Which of these people are connected to any server; rejects when that cannot be found out. */
  readonly findOnline: (people: readonly UserId[]) => Promise<ReadonlySet<UserId>>;
  /** Whether somebody is connected to this one. */
  readonly isHere: (user: UserId) => boolean;
  /** They could not be found out. */
  readonly onFailure: () => void;
  /** Somebody was told of so many people. */
  readonly onTold: (count: number) => void;
}

/** Pairs that one statement looks up: some 10 ms of work. */
const MAX_PAIRS = 5_000;

/** A watch that is replaced sooner waits; people do not scroll faster than this. */
const PAUSE_MS = 400;

/** How long a right is believed without a notice: notices may be lost. */
const BELIEVED_MS = 60_000;

interface Watch {
  wanted: ReadonlySet<UserId>;
  /** Those of them who may be seen, and a conversation that both are in. */
  rights: ReadonlyMap<UserId, ConversationId>;
  /** The rights may not be these any more. */
  isDoubtful: boolean;
  /** When the oldest of the rights was looked up, and when the watch was last answered. */
  checkedAt: number;
  answeredAt: number;
}

/** A watch whose turn has come, as it was then. */
interface Due {
  readonly watcher: Watcher;
  readonly watch: Watch;
  readonly wanted: ReadonlySet<UserId>;
  readonly kept: ReadonlyMap<UserId, ConversationId>;
  /** Whose rights are to be looked up. */
  readonly asked: readonly UserId[];
}

export class Watches {
  readonly #options: WatchesOptions;
  readonly #watches = new Map<Watcher, Watch>();
  readonly #watched = new WatchedPeople();
  /** Those whose watch is to be answered. */
  readonly #waiting = new Set<Watcher>();
  /** Those whose rights are being looked up: they may change meanwhile. */
  readonly #checking = new Set<Watcher>();
  /** People to look up, and when something may have changed. */
  readonly #changed = new Map<UserId, number>();

  constructor(options: WatchesOptions) {
    this.#options = options;
  }

  get watcherCount(): number {
    return this.#watches.size;
  }

  get watchedCount(): number {
    return this.#watched.size;
  }

  /** Replaces whom the watcher watches. */
  want(watcher: Watcher, people: readonly UserId[]): void {
    const wanted = new Set(people);
    const watch = this.#watches.get(watcher);
    if (watch) watch.wanted = wanted;
    else {
      const never = Number.NEGATIVE_INFINITY;
      const rights = new Map();
      this.#watches.set(watcher, { wanted, rights, isDoubtful: false, checkedAt: never, answeredAt: never });
    }
    this.#waiting.add(watcher);
  }

  forget(watcher: Watcher): void {
    const watch = this.#watches.get(watcher);
    if (!watch) return;
    this.#allow(watcher, watch, new Map());
    this.#watches.delete(watcher);
    this.#waiting.delete(watcher);
  }

  /** These people may have come or gone at these times. */
  changed(changes: Iterable<readonly [UserId, number]>): void {
    for (const [user, at] of changes) if (this.#watched.has(user)) this.#changed.set(user, at);
  }

  /** Notices may have been lost, and servers gone without one. */
  lookUpAll(): void {
    const nowMs = this.#options.clock.now();
    for (const user of this.#watched.all()) if (!this.#changed.has(user)) this.#changed.set(user, nowMs);
  }

  /** Some who met in this conversation may not be acquainted any more. */
  membershipChanged(conversation: ConversationId): void {
    for (const [watcher, { rights }] of this.#watches) {
      let isAffected = this.#checking.has(watcher);
      for (const met of rights.values()) isAffected ||= met === conversation;
      if (isAffected) this.#checkAgain(watcher);
    }
  }

  /** Somebody shows or hides themselves: to those who watch them, and others to them. */
  settingsChanged(user: UserId): void {
    for (const [watcher, { wanted }] of this.#watches)
      if (watcher.user === user || wanted.has(user)) this.#checkAgain(watcher);
  }

  /** Answers the watches that wait. Never rejects; what cannot be answered waits for the next time. */
  async answer(): Promise<void> {
    for (let due = this.#takeDue(); due.length > 0; due = this.#takeDue()) {
      try {
        await this.#answer(due);
      } catch (error) {
        for (const { watcher } of due) this.#checkAgain(watcher);
        this.#options.log.debug({ err: error }, 'watches could not be answered; trying again');
        return;
      } finally {
        this.#checking.clear();
      }
    }
  }

  /** Tells watchers who has come or gone. Never rejects. */
  async tell(): Promise<void> {
    const changes = new Map(this.#changed);
    this.#changed.clear();
    const online = await this.#findOnline([...changes.keys()]);
    this.#spread([...changes].flatMap(([user, at]) => (this.#watched.set(user, online.has(user), at) ? [user] : [])));
  }

  #checkAgain(watcher: Watcher): void {
    const watch = this.#watches.get(watcher);
    if (!watch) return;
    watch.isDoubtful = true;
    this.#waiting.add(watcher);
  }

  #takeDue(): Due[] {
    const nowMs = this.#options.clock.now();
    const due: Due[] = [];
    let pairs = 0;
    for (const watcher of this.#waiting) {
      const watch = this.#watches.get(watcher);
      if (!watch || nowMs - watch.answeredAt < PAUSE_MS) continue;
      const { wanted } = watch;
      if (pairs > 0 && pairs + wanted.size > MAX_PAIRS) break;
      const kept = new Map([...watch.rights].filter(([user]) => wanted.has(user) && !watch.isDoubtful));
      const asked = [...wanted].filter((user) => !kept.has(user));
      pairs += asked.length;
      this.#waiting.delete(watcher);
      this.#checking.add(watcher);
      // What casts doubt from here on is not answered by this look.
      watch.isDoubtful = false;
      watch.answeredAt = nowMs;
      if (kept.size === 0) watch.checkedAt = nowMs;
      due.push({ watcher, watch, wanted, kept, asked });
    }
    return due;
  }

  async #answer(due: readonly Due[]): Promise<void> {
    const pairs = due.flatMap(({ watcher, asked }) => asked.map((watched) => ({ watcher: watcher.user, watched })));
    const found = pairs.length > 0 ? await findAcquaintances(this.#options.pool, pairs) : [];
    const lastSeen = new Map<UserId, number>();
    let place = 0;
    const allowed = due.map(({ kept, asked }) => {
      const rights = new Map(kept);
      for (const user of asked) {
        const acquaintance = found[place++];
        if (!acquaintance) continue;
        rights.set(user, acquaintance.conversation);
        lastSeen.set(user, acquaintance.lastSeen);
      }
      return rights;
    });
    const people = [...new Set(allowed.flatMap((rights) => [...rights.keys()]))];
    const online = await this.#findOnline(people);
    const nowMs = this.#options.clock.now();
    const set = (user: UserId) => this.#watched.set(user, online.has(user), nowMs);
    // News to others who watch them; those who wait are told of everybody.
    this.#spread(people.filter(set));
    due.forEach(({ watcher, watch }, index) => {
      // Gone meanwhile: nobody is told.
      if (this.#watches.get(watcher) === watch) this.#allow(watcher, watch, allowed[index] ?? new Map());
    });
    people.forEach(set);
    for (const [user, at] of lastSeen) this.#watched.seen(user, at);
    for (const { watcher, watch, wanted } of due) {
      // Of a newer set the next answer tells.
      if (watch.wanted === wanted && this.#watches.get(watcher) === watch) this.#say(watcher, watch, [...wanted]);
    }
  }

  /** Makes these the rights of the watch: only of these people it is told. */
  #allow(watcher: Watcher, watch: Watch, rights: ReadonlyMap<UserId, ConversationId>): void {
    for (const user of watch.rights.keys()) if (!rights.has(user)) this.#watched.remove(user, watcher);
    for (const user of rights.keys()) this.#watched.add(user, watcher);
    watch.rights = rights;
  }

  async #findOnline(people: readonly UserId[]): Promise<ReadonlySet<UserId>> {
    if (people.length === 0) return new Set();
    const { findOnline, isHere, log, onFailure } = this.#options;
    try {
      return await findOnline(people);
    } catch (error) {
      onFailure();
      log.debug({ err: error }, 'presence cannot be looked up; only this server is known');
      return new Set(people.filter((user) => isHere(user) || this.#watched.isOnline(user)));
    }
  }

  #spread(people: readonly UserId[]): void {
    const news = new Map<Watcher, UserId[]>();
    for (const user of people) {
      for (const watcher of this.#watched.watchersOf(user)) {
        const others = news.get(watcher);
        if (others) others.push(user);
        else news.set(watcher, [user]);
      }
    }
    const nowMs = this.#options.clock.now();
    /** News of one person, the usual kind, are one message for all who hear them. */
    const shared = new Map<UserId, ServerControl>();
    for (const [watcher, users] of news) {
      const watch = this.#watches.get(watcher);
      if (!watch) continue;
      if (nowMs - watch.checkedAt > BELIEVED_MS) this.#checkAgain(watcher);
      else this.#say(watcher, watch, users, shared);
    }
  }

  #say(watcher: Watcher, { rights }: Watch, users: readonly UserId[], shared?: Map<UserId, ServerControl>): void {
    const nowMs = this.#options.clock.now();
    const only = users.length === 1 ? users[0] : undefined;
    const presenceOf = (user: UserId) => (rights.has(user) ? this.#watched.presenceOf(user, nowMs) : nothingOf(user));
    const message: ServerControl = (only && shared?.get(only)) || { t: 'presence', users: users.map(presenceOf) };
    if (only) shared?.set(only, message);
    watcher.tell(message);
    this.#options.onTold(users.length);
  }
}
