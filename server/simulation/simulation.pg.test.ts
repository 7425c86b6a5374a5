/**
 * Runs many seeds of the simulation. A failure prints its seed and everything that happened; `SIMULATION_SEED=17` runs that
 * seed alone.
 */
import { expect, test } from 'vitest';
import type { ConversationId } from '../../schema/ids.ts';
import { freshDatabase } from '../database/testing.ts';
import { addCounts, noCounts, undone } from './counts.ts';
import { simulate } from './simulation.ts';

const SEEDS = 200;
/** While one run waits for Postgres others go on. */
const AT_ONCE = 6;
const WITHIN_MS = 180_000;

const only = process.env.SIMULATION_SEED;
const first = only === undefined ? 1 : Number(only);
const last = only === undefined ? SEEDS : first;

test(`[P1–P4][P7] seeds ${first}–${last}: nothing promised is broken in any storm`, {
  timeout: WITHIN_MS,
}, async () => {
  await using database = await freshDatabase();
  const { pool } = database;
  const counts = noCounts();
  let next = first;
  const worker = async (): Promise<void> => {
    while (next <= last) {
      const seed = next++;
      const run = await simulate({ pool, seed, conversation: `seed-${seed}` as ConversationId });
      addCounts(counts, run.counts);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  if (only === undefined) expect(undone(counts), JSON.stringify(counts)).toEqual([]);
});

test('a seed run again is the same run', async () => {
  await using database = await freshDatabase();
  const { pool } = database;
  const run = (name: string) => simulate({ pool, seed: first, conversation: name as ConversationId });
  const [once, meanwhile] = await Promise.all([run('once'), run('meanwhile')]);
  const again = await run('again');
  expect(again.operations).toEqual(once.operations);
  expect(again.content).toBe(once.content);
  expect(meanwhile).toEqual(once);
});
