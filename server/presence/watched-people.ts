/** The people that somebody watches on this server: whether they are online, when they were last, and who is told. */
import type { UserId } from '../../schema/ids.ts';
import type { ServerControl } from '../../schema/wire/control.ts';

/** A connection, as far as presence is concerned. */
export interface Watcher {
  readonly user: UserId;
  /** One message object may be handed to many. */
  tell(message: ServerControl): void;
}

interface Watched {
  isOnline: boolean;
  /** ms; 0: never, as far as is known. */
  lastSeen: number;
  readonly watchers: Set<Watcher>;
}

export type Presence = (ServerControl & { t: 'presence' })['users'][number];

/** What is told of somebody of whom nothing is known or nothing may be told: the two cannot be told apart. */
export const nothingOf = (user: UserId): Presence => ({ id: user, online: false, lastSeen: 0 });

export class WatchedPeople {
  readonly #people = new Map<UserId, Watched>();

  get size(): number {
    return this.#people.size;
  }

  all(): Iterable<UserId> {
    return this.#people.keys();
  }

  has(user: UserId): boolean {
    return this.#people.has(user);
  }

  isOnline(user: UserId): boolean {
    return this.#people.get(user)?.isOnline ?? false;
  }

  watchersOf(user: UserId): Iterable<Watcher> {
    return this.#people.get(user)?.watchers ?? [];
  }

  add(user: UserId, watcher: Watcher): void {
    const watched = this.#people.get(user) ?? { isOnline: false, lastSeen: 0, watchers: new Set() };
    watched.watchers.add(watcher);
    this.#people.set(user, watched);
  }

  remove(user: UserId, watcher: Watcher): void {
    const watched = this.#people.get(user);
    watched?.watchers.delete(watcher);
    if (watched?.watchers.size === 0) this.#people.delete(user);
  }

  /** What the store says; who is not online any more is so since `at`. True when it is news. */
  set(user: UserId, isOnline: boolean, at: number): boolean {
    const watched = this.#people.get(user);
    if (!watched || watched.isOnline === isOnline) return false;
    watched.isOnline = isOnline;
    if (!isOnline) this.seen(user, at);
    return true;
  }

  /** What the database says. */
  seen(user: UserId, at: number): void {
    const watched = this.#people.get(user);
    if (watched) watched.lastSeen = Math.max(watched.lastSeen, at);
  }

  presenceOf(user: UserId, nowMs: number): Presence {
    const watched = this.#people.get(user);
    if (!watched) return nothingOf(user);
    return { id: user, online: watched.isOnline, lastSeen: watched.isOnline ? nowMs : watched.lastSeen };
  }
}
