/** Several statements on one connection, all or nothing. What they are is the caller's business. */
import type { Pool, PoolClient } from './pool.ts';

const DEADLOCK = '40P01';
const MAX_ATTEMPTS = 5;

/** Commits what `work` did, or nothing when it throws. It may run more than once: Postgres ends one of two who wait for each other. */
export async function inTransaction<Result>(
  pool: Pool,
  work: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await onConnection(pool, async (client) => {
        await client.query('begin');
        const result = await work(client);
        await client.query('commit');
        return result;
      });
    } catch (error) {
      if ((error as { code?: string }).code !== DEADLOCK || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

/** For work that begins and commits by itself; a transaction it leaves open by throwing is rolled back. */
export async function onConnection<Result>(pool: Pool, work: (client: PoolClient) => Promise<Result>): Promise<Result> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    return await work(client);
  } catch (error) {
    // When even this fails the connection is of no use to anybody: the pool replaces it, and Postgres rolls back itself.
    await client.query('rollback').catch((lost: Error) => {
      broken = lost;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}
