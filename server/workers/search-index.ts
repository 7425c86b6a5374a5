/**
 * Takes the words of erased messages out of the search index. Postgres removes a row from a GIN index, but never the word that
 * led to it: only building the index anew does. That is done beside the readers and writers, at most once a day, when something
 * was erased since; any number of servers may run this.
 */
import type { Clock } from '../clock.ts';
import type { Pool, PoolClient } from '../database/pool.ts';
import type { Log } from '../log.ts';

/** Building costs some 10 s of a core for a million messages. */
const REST_MS = 86_400_000;
const LOOK_EVERY_MS = 3_600_000;

const LOCK = 0x67_69_6e;

/** What the index was built for: kept as its comment, so that it goes with it. */
interface Built {
  readonly erasures: number;
  readonly at: number;
}

export function startSearchIndexKeeper({ pool, log, clock }: { pool: Pool; log: Log; clock: Clock }): AsyncDisposable {
  let running: Promise<void> = Promise.resolve();
  const look = (): void => {
    running = running
      .then(async () => {
        if (await rebuildSearchIndex(pool, clock.now()))
          log.info('the search index was built anew, without erased words');
      })
      // The next look tries again; until then words without messages stay in the index.
      .catch((error: unknown) => log.warn({ err: error }, 'the search index could not be built anew'));
  };
  const timer = setInterval(look, LOOK_EVERY_MS).unref();
  look();
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await running;
    },
  };
}

/** Answers whether it was built anew: false when nothing was erased, it was done lately, or another server is at it. */
export async function rebuildSearchIndex(pool: Pool, now: number): Promise<boolean> {
  const client = await pool.connect();
  try {
    const { rows } = await client.query<{ is: boolean }>('select pg_try_advisory_lock($1) as is', [LOCK]);
    return rows[0]?.is === true && (await rebuildLocked(client, now));
  } finally {
    // Closing the session frees the lock and the setting, whatever state an error left it in.
    client.release(true);
  }
}

async function rebuildLocked(client: PoolClient, now: number): Promise<boolean> {
  const { rows } = await client.query<{ erasures: number; built: string | null }>(
    `select coalesce(sum(erased), 0)::bigint as erasures, obj_description('messages_search'::regclass) as built from documents`,
  );
  const erasures = rows[0]?.erasures ?? 0;
  const built = JSON.parse(rows[0]?.built ?? '{"erasures":0,"at":0}') as Built;
  if (built.erasures === erasures || now - built.at < REST_MS) return false;
  await client.query('set statement_timeout = 0');
  await client.query('vacuum messages');
  // What a build that was interrupted has left.
  await client.query('drop index concurrently if exists messages_search_ccnew');
  await client.query('reindex index concurrently messages_search');
  const note = client.escapeLiteral(JSON.stringify({ erasures, at: now } satisfies Built));
  await client.query(`comment on index messages_search is ${note}`);
  return true;
}
