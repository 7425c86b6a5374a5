/**
 * Connections to Postgres. A lost connection fails the queries on it and nothing else: the pool replaces it, and the
 * process never ends because of one. Whether a failed write is tried again is its caller's decision.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Log } from '../log.ts';

export type Pool = pg.Pool;
export type PoolClient = pg.PoolClient;

const INT8 = 20;

/** Our bigints are counts and clocks; one above 2^53 would be a bug, and a rounded number would hide it. */
function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error(`A bigint from Postgres is too large for a number: ${text}`);
  return value;
}

const getTypeParser = ((oid: number, format?: 'text' | 'binary') =>
  oid === INT8 && format !== 'binary'
    ? parseInt8
    : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser;

/** `maxConnections` is per process: group commit needs one or two, the rest serves HTTP. */
export function createPool({
  url,
  log,
  maxConnections = 10,
}: {
  url: string;
  log: Log;
  maxConnections?: number;
}): Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'tidewire',
    max: maxConnections,
    keepAlive: true,
    // Longer than a failover of a managed Postgres usually takes to be noticed, shorter than a person's patience.
    connectionTimeoutMillis: 10_000,
    // Nothing of ours runs for seconds; what does must not hold locks for ever.
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: 30_000,
    types: { getTypeParser },
  });
  pool.on('error', (error) => log.warn({ err: error }, 'an idle connection to Postgres was lost'));
  // While a client is checked out the pool does not listen, and an 'error' event nobody hears would end the process. The
  // query in flight, or the next one, fails with the same error.
  pool.on('connect', (client) =>
    client.on('error', (error) => log.debug({ err: error }, 'a Postgres connection failed')),
  );
  return pool;
}

/** SQLSTATEs that waiting does not cure: wrong password, no such role, no such database, no right to connect. */
const HOPELESS = new Set(['28P01', '28000', '3D000', '42501']);

/** Waits until Postgres answers: it may start at the same moment as we do. Fails after `waitMs`, or at once if hopeless. */
export async function requireDatabase({
  pool,
  log,
  waitMs = 30_000,
}: {
  pool: Pool;
  log: Log;
  waitMs?: number;
}): Promise<void> {
  const deadline = performance.now() + waitMs;
  for (let pauseMs = 50; ; pauseMs = Math.min(pauseMs * 2, 1_000)) {
    try {
      await pool.query('select 1');
      return;
    } catch (error) {
      const code = (error as { code?: string }).code;
      if ((code && HOPELESS.has(code)) || performance.now() + pauseMs > deadline) {
        throw new Error(`Postgres cannot be used: ${reason(error)}`, { cause: error });
      }
      log.info(`waiting for Postgres: ${reason(error)}`);
      await sleep(pauseMs);
    }
  }
}

/** An AggregateError (localhost as ::1 and 127.0.0.1) has no message of its own. */
function reason(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reason).join(', ');
  return error instanceof Error ? error.message : String(error);
}
