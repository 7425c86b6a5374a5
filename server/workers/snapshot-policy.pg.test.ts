import { expect, test } from 'vitest';
import { freshDatabase } from '../database/testing.ts';
import { takeSnapshot } from '../journal/snapshots.ts';
import { StoredHistory } from '../journal/testing.ts';
import { findAged, findDue, findLarge, MAX_BYTES, MAX_ENTRIES } from './snapshot-policy.ts';

test('an erasure is due at once, entries when there are many, bytes when there are many; none is due twice', async () => {
  await using database = await freshDatabase();
  const { pool } = database;
  const [quiet, erasing, busy, large] = await Promise.all([1, 2, 3, 4].map(() => StoredHistory.create(pool, ['ana'])));
  if (!quiet || !erasing || !busy || !large) throw new Error('unreachable');
  const documents = [quiet, erasing, busy, large].map(({ document }) => document);
  await quiet.say('ana', 'one');
  const id = await erasing.say('ana', 'to be deleted');
  await busy.sayMany('ana', Array(MAX_ENTRIES - 1).fill('short'));
  await large.sayMany('ana', Array(Math.floor(MAX_BYTES / 8_000)).fill('x'.repeat(7_900)));
  expect(await findDue(pool, 'all')).toEqual([]);
  expect(await findLarge(pool, documents)).toEqual([]);

  await busy.say('ana', `${MAX_ENTRIES}`);
  erasing.delete('ana', id);
  await erasing.submit('ana');
  await large.say('ana', 'x'.repeat(7_900));
  const due = [
    { id: erasing.document, conversation: erasing.conversation, reason: 'erasure' },
    { id: busy.document, conversation: busy.conversation, reason: 'entries' },
  ];
  expect(await findDue(pool, 'all')).toEqual(due);
  expect(await findDue(pool, documents)).toEqual(due);
  expect(await findDue(pool, [busy.document, quiet.document])).toEqual(due.slice(1));
  expect(await findLarge(pool, documents)).toEqual([
    { id: large.document, conversation: large.conversation, reason: 'bytes' },
  ]);

  await pool.query('update documents set projected = head');
  for (const document of documents) await takeSnapshot(pool, document);
  expect(await findDue(pool, 'all')).toEqual([]);
  expect(await findLarge(pool, documents)).toEqual([]);
});

test('old entries are due, and young ones of an epoch that is closed and quiet; none is due twice', async () => {
  await using database = await freshDatabase();
  const { pool } = database;
  const [young, old, closed, busy] = await Promise.all([1, 2, 3, 4].map(() => StoredHistory.create(pool, ['ana'])));
  if (!young || !old || !closed || !busy) throw new Error('unreachable');
  const age = (history: StoredHistory, seq: number, by: string) =>
    pool.query(`update journal set committed_at = now() - $3::interval where document = $1 and seq = $2`, [
      history.document,
      seq,
      by,
    ]);
  for (const history of [young, old, closed, busy]) await history.sayMany('ana', ['one', 'two']);
  expect(await findAged(pool)).toEqual([]);
  await age(young, 1, '23 hours');
  await age(old, 1, '25 hours');
  await age(closed, 2, '11 minutes');
  await age(busy, 1, '11 minutes');
  expect(await findAged(pool)).toEqual([{ id: old.document, conversation: old.conversation, reason: 'age' }]);
  await pool.query('update conversations set epoch = 1 where id = any($1)', [[closed.conversation, busy.conversation]]);
  const due = await findAged(pool);
  expect(due).toHaveLength(2);
  expect(due).toContainEqual({ id: closed.document, conversation: closed.conversation, reason: 'closed' });

  await pool.query('update documents set projected = head');
  for (const { id } of due) await takeSnapshot(pool, id);
  expect(await findAged(pool)).toEqual([]);
  await closed.say('ana', 'three');
  await age(closed, 3, '11 minutes');
  expect(await findAged(pool)).toMatchObject([{ id: closed.document }]);
});
