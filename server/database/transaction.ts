/** Several statements on one connection, all or nothing. What they are and whether to try again is the caller's business. */
import type { Pool, PoolClient } from './pool.ts';

/** Commits what `work` did, or nothing when it throws. */
export function inTransaction<Result>(pool: Pool, work: (client: PoolClient) => Promise<Result>): Promise<Result> {
  return onConnection(pool, async (client) => {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  });
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
