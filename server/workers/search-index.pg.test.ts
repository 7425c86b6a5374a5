import { expect, test } from 'vitest';
import type { Pool } from '../database/pool.ts';
import { freshDatabase } from '../database/testing.ts';
import { takeSnapshot } from '../journal/snapshots.ts';
import { StoredHistory } from '../journal/testing.ts';
import { projectBatch } from './project-batch.ts';
import { rebuildSearchIndex } from './search-index.ts';

const DAY_MS = 86_400_000;

/** Whether the file of the index has these bytes. */
async function isInIndex(pool: Pool, word: string): Promise<boolean> {
  await pool.query('checkpoint');
  const { rows } = await pool.query<{ found: boolean }>(
    `select position(convert_to($1, 'UTF8') in pg_read_binary_file(pg_relation_filepath('messages_search'))) > 0 as found`,
    [word],
  );
  return rows[0]?.found === true;
}

test('[P4] words of erased messages leave the index, once a day, and only when something was erased', async () => {
  await using database = await freshDatabase();
  const { pool } = database;
  const history = await StoredHistory.create(pool, ['ana']);
  const secret = await history.say('ana', 'zqsecretzq');
  await history.say('ana', 'harmless');
  const project = () => projectBatch(pool, [history.document]);
  await project();
  expect(await rebuildSearchIndex(pool, 10 * DAY_MS)).toBe(false);
  await pool.query('vacuum messages');
  expect(await isInIndex(pool, 'zqsecretzq')).toBe(true);

  history.delete('ana', secret);
  await history.submit('ana');
  await project();
  await takeSnapshot(pool, history.document);
  await pool.query('vacuum messages');
  expect(await isInIndex(pool, 'zqsecretzq'), 'Postgres keeps the word: the reason for all this').toBe(true);
  const both = await Promise.all([rebuildSearchIndex(pool, 10 * DAY_MS), rebuildSearchIndex(pool, 10 * DAY_MS)]);
  expect(both.sort()).toEqual([false, true]);
  expect(await isInIndex(pool, 'zqsecretzq')).toBe(false);
  expect(await isInIndex(pool, 'harmless')).toBe(true);

  await pool.query('update documents set erased = erased - 1');
  expect(await rebuildSearchIndex(pool, 10.5 * DAY_MS)).toBe(false);
  expect(await rebuildSearchIndex(pool, 11 * DAY_MS)).toBe(true);
});
