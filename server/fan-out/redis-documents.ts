/**
 * Documents between servers through y-redis: per document a list of entries in Redis, a channel that tells how long it is,
 * and a position up to which each server has read. Three things are done differently than y-redis does them by itself.
 *
 * y-redis applies what it fetches the moment it has it. A room's copy may hold what is not committed then, and a room must
 * know which entry it takes in. So y-redis is bound to an empty stand-in, what the room's copy emits is handed to y-redis's
 * handler, and what y-redis fetches is handed to the room; the stand-in gets nothing, and y-redis only counts.
 *
 * The message that tells how long a list is carries the entry, so that servers which keep up need not ask for it.
 *
 * y-redis never finds out that Redis forgot: positions would lie behind the end of a list that began anew, and nothing would be
 * fetched until it has grown as long. The message of each push says which entry it is, too: when the list is shorter
 * than what was read of it, yet holds an entry that was not seen, reading starts at its beginning. That allows forgetting on
 * purpose: of erased text, and of all that no server needs any more.
 *
 * y-redis neither catches failures nor reads again after a reconnect. Here a failed command is counted, and never rejects; after a
 * reconnect every document is closed and bound again.
 */
import { RedisPersistence } from 'y-redis';
import * as Y from 'yjs';
import type { DocumentId } from '../../schema/ids.ts';
import type { Link, RoomEnd } from './fan-out.ts';
import type { RedisConnection } from './redis-connection.ts';
import { openEntry } from './sealed-entry.ts';

type Binding = ReturnType<RedisPersistence['bindState']>;

interface Linked {
  readonly room: RoomEnd;
  readonly link: Link;
  binding: Binding;
  copy: Y.Doc | undefined;
  /** The highest seq that was sent or handed to the room. */
  seen: number;
  /** The entries that messages have carried, by their place in the list, until y-redis asks for them. */
  readonly carried: Map<number, Buffer>;
}

/** Whoever is linked reads an entry within milliseconds; this long it may be found in Redis. */
const LIST_TTL_MS = 60_000;
/** Servers that open the document read the whole list, and need none of it as a rule. */
const MAX_LIST = 256;
/** What stays of a list that is too long: more than a server may lag behind. */
const KEPT = 64;

/** What Yjs writes for no change. */
const NOTHING = Buffer.of(0, 0);

/** A message's entry is a few hundred bytes; what is larger is fetched by those who lack it. */
const MAX_CARRIED_BYTES = 4_096;

/** What ends each number before the entry in a message. */
const SPACE = 32;

/**
 * Appends an entry (ARGV 1) with its seq (ARGV 2) to a list (KEYS 1) and tells (ARGV 3) how long that is now, in one step. What should be
 * forgotten (KEYS 2) may come late, from a slower server, and leaves no bytes.
 */
const PUSH = `
local forgotten = tonumber(redis.call('get', KEYS[2]) or '0')
if redis.call('llen', KEYS[1]) >= ${MAX_LIST} then redis.call('ltrim', KEYS[1], -${KEPT}, -1) end
local entry = tonumber(ARGV[2]) <= forgotten and '\\0\\0' or ARGV[1]
local length = redis.call('rpush', KEYS[1], entry)
redis.call('pexpire', KEYS[1], ${LIST_TTL_MS})
redis.call('publish', ARGV[3], length .. ' ' .. ARGV[2] .. ' ' .. (#entry <= ${MAX_CARRIED_BYTES} and entry or ''))
return length`;

/** Empties the list (KEYS 1) and notes (KEYS 2) up to which seq (ARGV 1) nothing may come back. */
const FORGET = `
redis.call('del', KEYS[1])
if tonumber(redis.call('get', KEYS[2]) or '0') < tonumber(ARGV[1]) then
  redis.call('set', KEYS[2], ARGV[1], 'px', ${LIST_TTL_MS})
end`;

type Told = (channel: string, length: string) => void;

interface Scripts {
  tidewirePush(list: string, forgotten: string, entry: Buffer, seq: number, channel: string): Promise<number>;
  tidewireForget(list: string, forgotten: string, seq: number): Promise<null>;
}

/** In braces, so that all keys of a document are on one node of a Cluster. */
const nameOf = (document: DocumentId): string => `tidewire:{${document}}`;
const forgottenOf = (name: string): string => `${name}:forgotten`;
/** y-redis's. */
const SUFFIX = ':updates';

export class RedisDocuments implements Disposable {
  readonly #redis: RedisConnection;
  readonly #scripts: Scripts;
  readonly #persistence: RedisPersistence;
  /** y-redis's own: a message on a document's channel tells how long the list is. */
  readonly #told: Told;
  readonly #linked = new Map<string, Linked>();
  readonly #stopWatching: () => void;

  constructor(redis: RedisConnection) {
    this.#redis = redis;
    redis.commands.defineCommand('tidewirePush', { numberOfKeys: 2, lua: PUSH });
    redis.commands.defineCommand('tidewireForget', { numberOfKeys: 2, lua: FORGET });
    this.#scripts = redis.commands as unknown as Scripts;
    // Its own connections would have no error handlers, and none of our options in a Cluster: these are never opened.
    this.#persistence = new RedisPersistence({ redisOpts: { lazyConnect: true } });
    this.#told = this.#persistence.sub.listeners('message')[0] as Told;
    const seen = {
      rpushBuffer: (list: string, entry: Buffer) => this.#push(list, entry),
      lrangeBuffer: (list: string, start: number) => this.#fetch(list, start),
      // The push has told already, in the same step.
      publish() {},
      subscribe: (name: string) => redis.subscribe(name, (message) => this.#hear(name, message)),
      unsubscribe: async (name: string) => redis.unsubscribe(name),
    };
    Object.assign(this.#persistence, { redis: seen, sub: seen });
    this.#stopWatching = redis.onChange((isUp) => {
      if (isUp) for (const [name, linked] of this.#linked) this.#bindAgain(name, linked);
    });
  }

  join(document: DocumentId, room: RoomEnd): Link {
    const name = nameOf(document);
    const link: Link = {
      carry: (copy) => {
        linked.copy?.off('update', linked.binding.updateHandler);
        linked.copy = copy;
        copy.on('update', linked.binding.updateHandler);
      },
      forget: (seq) => this.#forget(name, seq),
      close: () => {
        if (this.#linked.get(name) !== linked) return;
        this.#linked.delete(name);
        linked.copy?.off('update', linked.binding.updateHandler);
        void this.#persistence.closeDoc(name);
      },
    };
    const linked: Linked = { room, link, binding: this.#bind(name), copy: undefined, seen: 0, carried: new Map() };
    this.#linked.set(name, linked);
    return link;
  }

  #bind(name: string): Binding {
    const binding = this.#persistence.bindState(name, new Y.Doc());
    // The stand-in is told nothing, and what it would say is nothing: only the room's copy speaks.
    binding.doc.off('update', binding.updateHandler);
    return binding;
  }

  #bindAgain(name: string, linked: Linked): void {
    const { copy, binding } = linked;
    copy?.off('update', binding.updateHandler);
    void this.#persistence.closeDoc(name);
    linked.carried.clear();
    linked.binding = this.#bind(name);
    copy?.on('update', linked.binding.updateHandler);
  }

  /** Does not resolve when it failed: y-redis would do nothing about it, and its promise has no other end. */
  async #push(list: string, entry: Buffer): Promise<number> {
    const name = list.slice(0, -SUFFIX.length);
    const linked = this.#linked.get(name);
    const seq = openEntry(entry)?.seq ?? 0;
    if (linked) linked.seen = Math.max(linked.seen, seq);
    this.#redis.gather();
    const length = await this.#ask('push', () => this.#scripts.tidewirePush(list, forgottenOf(name), entry, seq, name));
    return length ?? new Promise(() => {});
  }

  /** What y-redis has not read; it gets as many updates that change nothing. */
  async #fetch(list: string, start: number): Promise<Buffer[]> {
    const linked = this.#linked.get(list.slice(0, -SUFFIX.length));
    const entries =
      (linked && carriedFrom(linked.carried, start)) ??
      (await this.#ask('fetch', () => this.#redis.commands.lrangeBuffer(list, start, -1))) ??
      [];
    if (linked && entries.length > 0) {
      for (const entry of entries) linked.seen = Math.max(linked.seen, openEntry(entry)?.seq ?? 0);
      linked.room.receive(entries);
    }
    return entries.map(() => NOTHING);
  }

  #hear(name: string, message: Buffer): void {
    const linked = this.#linked.get(name);
    if (!linked) return;
    const first = message.indexOf(SPACE);
    const second = message.indexOf(SPACE, first + 1);
    const length = Number(message.toString('latin1', 0, first));
    const seq = Number(message.toString('latin1', first, second));
    const entry = message.subarray(second + 1);
    const { binding, seen, carried } = linked;
    if (seq > seen && length <= binding._clock) {
      binding._clock = 0;
      binding._fetchingClock = 0;
      carried.clear();
    } else if (length > binding._clock && entry.length > 0) carried.set(length - 1, entry);
    this.#told(name, String(length));
  }

  #forget(name: string, seq: number): void {
    void this.#ask('push', () => this.#scripts.tidewireForget(`${name}${SUFFIX}`, forgottenOf(name), seq));
  }

  /** Undefined when it failed; what is missing then is found in the journal. */
  async #ask<Answer>(what: 'push' | 'fetch', command: () => Promise<Answer>): Promise<Answer | undefined> {
    if (!this.#redis.isUp) return void this.#redis.failed(what);
    try {
      return await command();
    } catch (error) {
      this.#redis.failed(what, error as Error);
      return undefined;
    }
  }

  [Symbol.dispose](): void {
    this.#stopWatching();
    for (const { link } of this.#linked.values()) link.close();
  }
}

/** Those that follow one another from a place in the list on; undefined when there is none. What is before it was read. */
function carriedFrom(carried: Map<number, Buffer>, start: number): Buffer[] | undefined {
  const entries: Buffer[] = [];
  for (const place of carried.keys()) if (place < start) carried.delete(place);
  for (let entry = carried.get(start); entry; entry = carried.get(start + entries.length)) {
    carried.delete(start + entries.length);
    entries.push(entry);
  }
  return entries.length > 0 ? entries : undefined;
}
