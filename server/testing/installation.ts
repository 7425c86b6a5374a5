/** Several servers' rooms on one database, and people in a conversation of it; without sockets, accounts or workers. */
import type { ConversationId, DocumentId } from '../../schema/ids.ts';
import { documentId } from '../../schema/ids.ts';
import { EPOCH_LIMITS } from '../../schema/limits.ts';
import { createPool, type Pool } from '../database/pool.ts';
import { freshDatabase } from '../database/testing.ts';
import { createHub, createInMemoryFanOut } from '../fan-out/in-memory.ts';
import { createRedisFanOut } from '../fan-out/redis.ts';
import { RedisConnection } from '../fan-out/redis-connection.ts';
import { loadDocument } from '../journal/load.ts';
import { mergeEntries } from '../journal/merge.ts';
import { createLog } from '../log.ts';
import { createMetrics } from '../metrics.ts';
import type { EpochLimits } from '../room/replica.ts';
import { createRooms, type Rooms } from '../room/rooms.ts';

const CONVERSATION = 'c' as ConversationId;

export async function startInstallation({
  servers = 1,
  epochLimits = EPOCH_LIMITS,
  entries = 'lost',
  redisUrl,
}: {
  servers?: number;
  epochLimits?: EpochLimits;
  /** Whether servers bring each other what they commit; lost, they have to find out by themselves. */
  entries?: 'brought' | 'lost';
  /** Instead of fan-out in this process. */
  redisUrl?: string;
} = {}) {
  const database = await freshDatabase();
  const { pool } = database;
  const lines: string[] = [];
  const log = createLog({ level: 'warn', destination: { write: (line) => void lines.push(line) } });
  const hub = createHub(entries === 'brought' ? {} : { bring: () => {} });
  const clock = { offsetMs: 0, now: () => Date.now() + clock.offsetMs };
  const people = ['ana', 'bo', 'cy', 'eve'];
  await pool.query(
    "insert into users (id, name, email) select id, id, id || '@example.org' from unnest($1::text[]) id",
    [people],
  );
  const addConversation = async (id: string): Promise<DocumentId> => {
    const added = documentId(id as ConversationId, 0);
    await pool.query("insert into conversations (id, kind, title) values ($1, 'group', 'C')", [id]);
    await pool.query('insert into documents (id, conversation, epoch, generation) values ($1, $2, 0, $3)', [
      added,
      id,
      'g',
    ]);
    await pool.query(
      `insert into members (conversation, "user", role) select $1, id, case id when 'ana' then 'owner' else 'member' end from unnest($2::text[]) id`,
      [id, people],
    );
    return added;
  };
  const document = await addConversation(CONVERSATION);
  /** Each server has connections of its own, as it would have. */
  const start = () => {
    const own = createPool({ url: database.url, log });
    const metrics = createMetrics();
    const redis = redisUrl === undefined ? undefined : new RedisConnection({ url: redisUrl, log, metrics });
    const fanOut = redis ? createRedisFanOut({ redis, log }) : createInMemoryFanOut({ log, hub });
    // What the pool answers can be spoilt by a test.
    const spoil: Spoil = {};
    const rooms = createRooms({
      pool: spoilable(own, spoil),
      fanOut,
      clock,
      log,
      metrics,
      epochLimits,
    });
    redis?.onChange((isUp) => isUp && void rooms.catchUp());
    return { rooms, fanOut, redis, metrics, pool: own, spoil };
  };
  const all = Array.from({ length: servers }, start);
  return {
    ...{ database, pool, document, conversation: CONVERSATION, addConversation, lines, clock, servers: all },
    get rooms(): Rooms {
      return (all[0] as (typeof all)[number]).rooms;
    },
    /** What is stored, as bytes of one state. */
    async stored(id: DocumentId = document): Promise<Buffer> {
      const stored = await loadDocument(pool, id);
      if (!stored) throw new Error('The document is gone');
      return Buffer.from(mergeEntries(stored.state, stored.entries));
    },
    /** All bytes of the journal. */
    async journal(): Promise<Buffer> {
      const { rows } = await pool.query<{ update: Buffer }>('select "update" from journal order by seq');
      return Buffer.concat(rows.map(({ update }) => update));
    },
    async [Symbol.asyncDispose]() {
      for (const { rooms, fanOut, redis, pool: own } of all) {
        await rooms[Symbol.asyncDispose]();
        await fanOut[Symbol.asyncDispose]();
        await redis?.[Symbol.asyncDispose]();
        await own.end();
      }
      await database[Symbol.asyncDispose]();
    },
  };
}

export type Installation = Awaited<ReturnType<typeof startInstallation>>;

type Spoil = { query?: (ask: () => Promise<unknown>, name: string) => Promise<unknown> };

/** Queries by name, on the pool and on connections taken from it; there also plain statements, by their text. */
function spoilable(pool: Pool, spoil: Spoil): Pool {
  return new Proxy(pool, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      if (name === 'connect') return async () => spoiled(await target.connect(), spoil, 'statements');
      if (name === 'query') return spoiled(target, spoil, 'named').query;
      return value.bind(target);
    },
  });
}

function spoiled<Target extends Pick<Pool, 'query'>>(target: Target, spoil: Spoil, which: 'named' | 'statements') {
  return new Proxy(target, {
    get(_, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...parameters: unknown[]) => {
        const ask = () => value.apply(target, parameters) as Promise<unknown>;
        const query = parameters[0] as { name?: string } | string;
        if (name !== 'query' || !spoil.query || (typeof query === 'string' && which === 'named')) return ask();
        return spoil.query(ask, typeof query === 'string' ? query : (query.name ?? ''));
      };
    },
  });
}

/** Holds the commits of a document back by a lock on its row; `change` may do what a concurrent request would. */
export async function holdCommits(pool: Pool, document: string) {
  const client = await pool.connect();
  await client.query('begin');
  await client.query('select from documents where id = $1 for update', [document]);
  const waiting = async (): Promise<number[]> => {
    const { rows } = await pool.query<{ pid: number }>(
      `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return rows.map(({ pid }) => pid);
  };
  return {
    client,
    /** Resolves with the backends that wait for the lock, when there are as many. */
    async held(count = 1): Promise<number[]> {
      // Postgres offers nothing to wait on here, so it is asked until it is so.
      for (;;) {
        const pids = await waiting();
        if (pids.length >= count) return pids;
      }
    },
    async release(): Promise<void> {
      await client.query('commit');
      client.release();
    },
  };
}
