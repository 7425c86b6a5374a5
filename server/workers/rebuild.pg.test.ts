import { describe, expect, test } from 'vitest';
import type { DocumentId } from '../../schema/ids.ts';
import type { Pool } from '../database/pool.ts';
import { freshDatabase } from '../database/testing.ts';
import { CorruptDocument } from '../journal/load.ts';
import { takeSnapshot } from '../journal/snapshots.ts';
import { StoredHistory } from '../journal/testing.ts';
import { projectBatch } from './project-batch.ts';
import { rebuildDocument } from './rebuild.ts';
import { allColumns, expectedRows, storedRows } from './testing.ts';

async function projectedHistory(pool: Pool): Promise<StoredHistory> {
  const history = await StoredHistory.create(pool, ['ana', 'bo']);
  const first = await history.say('ana', 'first');
  const second = await history.say('bo', 'second');
  await history.say('ana', 'third');
  await history.submit('bo');
  history.read('bo');
  history.edit('bo', second, 'second, edited');
  await history.submit('bo');
  await history.submit('ana');
  history.read('ana');
  history.delete('ana', first);
  await history.submit('ana');
  await history.say('bo', 'fourth');
  await projectBatch(pool, [history.document]);
  return history;
}

describe('rebuildDocument', () => {
  test('from entries alone makes every column as it was', async () => {
    await using database = await freshDatabase();
    const { pool } = database;
    const history = await projectedHistory(pool);
    const before = await allColumns(pool);
    await pool.query(
      `delete from messages where seq in (1, 3); update messages set body = 'wrong' where body is not null`,
    );
    expect(await rebuildDocument(pool, history.document)).toBe(4);
    expect(await allColumns(pool)).toEqual(before);
  });

  test('from a snapshot keeps places and times of rows that exist', async () => {
    await using database = await freshDatabase();
    const { pool } = database;
    const history = await projectedHistory(pool);
    const before = await allColumns(pool);
    await takeSnapshot(pool, history.document);
    await pool.query(`update messages set body = 'wrong' where body is not null`);
    await pool.query(
      `insert into messages values ($1, '7-7', 0, 7, 7, 99, 0, 'ana', 'in no document', null, now(), now())`,
      [history.conversation],
    );
    await rebuildDocument(pool, history.document);
    expect(await allColumns(pool)).toEqual(before);
  });

  test('from a snapshot restores lost rows in the order of the document, behind no row that exists', async () => {
    await using database = await freshDatabase();
    const { pool } = database;
    const history = await projectedHistory(pool);
    await takeSnapshot(pool, history.document);
    await pool.query('delete from messages');
    await rebuildDocument(pool, history.document);
    expect(await storedRows(pool, history)).toEqual(expectedRows(history));
    const { rows } = await pool.query('select id from messages order by epoch, seq, ordinal');
    expect(rows.map(({ id }) => id)).toEqual(history.settled().map(({ id }) => id));

    await pool.query(`delete from messages where body = 'third'`);
    await rebuildDocument(pool, history.document);
    expect(await storedRows(pool, history)).toEqual(expectedRows(history));
  });

  test('projects what was not projected yet, and the projector goes on from there', async () => {
    await using database = await freshDatabase();
    const { pool } = database;
    const history = await projectedHistory(pool);
    await history.say('ana', 'not projected');
    await rebuildDocument(pool, history.document);
    const { rows } = await pool.query('select projected from documents');
    expect(rows).toEqual([{ projected: history.head }]);
    await history.say('ana', 'later');
    await projectBatch(pool, [history.document]);
    expect(await storedRows(pool, history)).toEqual(expectedRows(history));
  });

  test('leaves other documents alone, and everything when an entry is missing', async () => {
    await using database = await freshDatabase();
    const { pool } = database;
    const history = await projectedHistory(pool);
    const other = await projectedHistory(pool);
    const before = await allColumns(pool);
    await pool.query('delete from journal where document = $1 and seq = 2', [other.document]);
    await rebuildDocument(pool, history.document);
    await expect(rebuildDocument(pool, other.document)).rejects.toThrow(CorruptDocument);
    expect(await rebuildDocument(pool, 'nobody.0' as DocumentId)).toBeUndefined();
    expect(await allColumns(pool)).toEqual(before);
  });
});
