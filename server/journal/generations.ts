/** Generations of documents: what tells a client that the stored document is not the one it has a copy of. */
import type { Pool } from '../database/pool.ts';

/**
 * Gives every document a new generation, after the database was brought back to an earlier state: clients then drop their
 * copies, keep what is unsent, and sync afresh, instead of merging back what the restore took away or building on entries
 * that are gone. No server may run meanwhile: rooms keep the generation they were loaded with. Answers how many there are.
 */
export async function renewGenerations(pool: Pick<Pool, 'query'>): Promise<number> {
  const { rowCount } = await pool.query('update documents set generation = gen_random_uuid()::text');
  return rowCount ?? 0;
}
