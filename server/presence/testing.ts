/** For tests: servers of one installation as far as presence is concerned, and people on them; without sockets. */
import type { ConversationId, UserId } from '../../schema/ids.ts';
import type { ServerControl } from '../../schema/wire/control.ts';
import { freshDatabase } from '../database/testing.ts';
import type { FanOut } from '../fan-out/fan-out.ts';
import { createHub, createInMemoryFanOut } from '../fan-out/in-memory.ts';
import { createLog } from '../log.ts';
import { createMetrics, type Metrics } from '../metrics.ts';
import { Bell } from '../testing/bell.ts';
import { createInMemoryPresence } from './in-memory-store.ts';
import { Presence } from './presence.ts';
import type { PresenceStore } from './presence-store.ts';
import type { Watcher } from './watched-people.ts';

type Told = (ServerControl & { t: 'presence' })['users'][number];

/** A connection that watches, and what it was told. */
export class TestWatcher implements Watcher {
  readonly user: UserId;
  readonly told: Told[][] = [];
  readonly #bell = new Bell();

  constructor(user: string) {
    this.user = user as UserId;
  }

  tell(message: ServerControl): void {
    if (message.t === 'presence') this.told.push([...message.users]);
    this.#bell.ring();
  }

  /** What it was told last of somebody. */
  last(user: string): Told | undefined {
    return this.told.flat().findLast(({ id }) => id === user);
  }

  until(user: string, state: 'online' | 'offline'): Promise<Told> {
    return this.#bell.until(() => {
      const last = this.last(user);
      return last?.online === (state === 'online') && last;
    }, `${user} to be ${state}`);
  }

  /** Resolves with the answer to a watch, or what else it was told next. */
  next(): Promise<Told[]> {
    const count = this.told.length;
    return this.#bell.until(() => this.told[count], 'something to be told');
  }
}

export interface TestPresenceServer {
  readonly presence: Presence;
  readonly fanOut: FanOut;
  readonly metrics: Metrics;
  readonly store: PresenceStore;
}

/** `ana`, `bo` and `cy` share the group `abc`; `dee` knows nobody. Queries are counted by name. */
export async function startPresence({ servers = 1 }: { servers?: number } = {}) {
  const database = await freshDatabase();
  const { pool } = database;
  const people = ['ana', 'bo', 'cy', 'dee'];
  await pool.query(
    "insert into users (id, name, email) select id, id, id || '@example.org' from unnest($1::text[]) id",
    [people],
  );
  const addGroup = async (id: string, members: readonly string[]): Promise<ConversationId> => {
    await pool.query("insert into conversations (id, kind, title) values ($1, 'group', 'C')", [id]);
    await pool.query(
      `insert into members (conversation, "user", role) select $1, id, 'member' from unnest($2::text[]) id`,
      [id, members],
    );
    return id as ConversationId;
  };
  const conversation = await addGroup('abc', ['ana', 'bo', 'cy']);
  const clock = { offsetMs: 0, now: () => Date.now() + clock.offsetMs };
  const log = createLog({ level: 'silent' });
  const hub = createHub();
  const board = new Map();
  const queries = new Map<string, number>();
  const counted = new Proxy(pool, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...parameters: unknown[]) => {
        const query = (parameters[0] as { name?: string }).name;
        if (name === 'query' && query) queries.set(query, (queries.get(query) ?? 0) + 1);
        return value.apply(target, parameters);
      };
    },
  });
  const all = Array.from({ length: servers }, (): TestPresenceServer => {
    const fanOut = createInMemoryFanOut({ log, hub });
    const metrics = createMetrics();
    const store = createInMemoryPresence({ board });
    const presence = new Presence({ store, pool: counted, fanOut, clock, log, metrics });
    return { presence, fanOut, metrics, store };
  });
  return {
    ...{ pool, conversation, clock, queries, servers: all, addGroup },
    get only(): TestPresenceServer {
      return all[0] as TestPresenceServer;
    },
    /** Somebody changes what may be told of them. */
    async set(user: string, what: 'presence' | 'typing', isOn: boolean): Promise<void> {
      await pool.query(
        `insert into user_settings ("user", ${what}) values ($1, $2) on conflict ("user") do update set ${what} = $2`,
        [user, isOn],
      );
      all[0]?.fanOut.publish('settings', { user: user as UserId });
    },
    async [Symbol.asyncDispose]() {
      for (const { presence, fanOut } of all) {
        await presence[Symbol.asyncDispose]();
        await fanOut[Symbol.asyncDispose]();
      }
      await database[Symbol.asyncDispose]();
    },
  };
}
