import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import type { DocumentId, MessageId } from '../../schema/ids.ts';
import type { Pool } from '../database/pool.ts';
import { freshDatabase } from '../database/testing.ts';
import { CorruptDocument, loadDocument } from './load.ts';
import { takeSnapshot } from './snapshots.ts';
import { StoredHistory } from './testing.ts';

const project = (pool: Pool, seq = 'head') => pool.query(`update documents set projected = ${seq}`);

async function seqs(pool: Pool, table: 'journal' | 'snapshots'): Promise<number[]> {
  const { rows } = await pool.query<{ seq: number }>(`select seq from ${table} order by seq`);
  return rows.map(({ seq }) => seq);
}

async function statesAt(pool: Pool): Promise<unknown> {
  return (await pool.query('select seq, state from snapshots order by seq')).rows;
}

/** The snapshots with the text among their bytes. */
async function seqsHolding(pool: Pool, text: string): Promise<number[]> {
  const { rows } = await pool.query<{ seq: number }>(
    `select seq from snapshots where position(convert_to($1, 'UTF8') in state) > 0 order by seq`,
    [text],
  );
  return rows.map(({ seq }) => seq);
}

async function loadedTexts(pool: Pool, document: DocumentId): Promise<unknown[]> {
  const stored = await loadDocument(pool, document);
  const doc = new Y.Doc();
  if (stored?.state) Y.applyUpdate(doc, stored.state);
  for (const entry of stored?.entries ?? []) Y.applyUpdate(doc, entry);
  return doc.getArray('messages').toJSON();
}

async function tenMessages(pool: Pool): Promise<StoredHistory> {
  const history = await StoredHistory.create(pool, ['ana', 'bo']);
  for (let n = 1; n <= 10; n++) await history.say(n % 2 ? 'ana' : 'bo', `number ${n}.`);
  return history;
}

describe('takeSnapshot', () => {
  test('replaces what is projected, and no entry beyond', async () => {
    await using database = await freshDatabase();
    const { pool } = database;
    const history = await tenMessages(pool);
    await project(pool, '4');
    expect(await takeSnapshot(pool, history.document)).toMatchObject({ seq: 4, merged: 4 });
    expect(await seqs(pool, 'snapshots')).toEqual([4]);
    expect(await seqs(pool, 'journal')).toEqual([5, 6, 7, 8, 9, 10]);
    expect(await loadedTexts(pool, history.document)).toEqual(history.settled());

    await project(pool);
    expect(await takeSnapshot(pool, history.document, { upTo: 8 })).toMatchObject({ seq: 8, merged: 4 });
    expect(await takeSnapshot(pool, history.document)).toMatchObject({ seq: 10, merged: 2 });
    expect(await takeSnapshot(pool, history.document)).toMatchObject({ seq: 10, merged: 0 });
    expect(await seqs(pool, 'snapshots')).toEqual([10]);
    expect(await seqs(pool, 'journal')).toEqual([]);
    expect(await loadedTexts(pool, history.document)).toEqual(history.settled());
  });

  test('makes none of nothing', async () => {
    await using database = await freshDatabase();
    const history = await StoredHistory.create(database.pool, ['ana']);
    expect(await takeSnapshot(database.pool, history.document)).toBeUndefined();
    expect(await takeSnapshot(database.pool, 'nobody.0' as DocumentId)).toBeUndefined();
    await history.say('ana', 'not projected');
    expect(await takeSnapshot(database.pool, history.document)).toBeUndefined();
    expect(await seqs(database.pool, 'journal')).toEqual([1]);
  });

  test('changes nothing when an entry is missing', async () => {
    await using database = await freshDatabase();
    const { pool } = database;
    const history = await tenMessages(pool);
    await project(pool);
    await pool.query('delete from journal where seq = 5');
    await expect(takeSnapshot(pool, history.document)).rejects.toThrow(CorruptDocument);
    await pool.query('delete from journal where seq >= 5');
    await expect(takeSnapshot(pool, history.document)).rejects.toThrow(CorruptDocument);
    expect(await seqs(pool, 'journal')).toEqual([1, 2, 3, 4]);
    expect(await seqs(pool, 'snapshots')).toEqual([]);
  });

  test('leaves everything as it was when the server dies between two of its statements', async () => {
    await using database = await freshDatabase();
    const { pool } = database;
    const history = await tenMessages(pool);
    await project(pool, '5');
    await takeSnapshot(pool, history.document);
    await project(pool);
    for (const statement of ['insert on snapshots', 'delete on journal', 'delete on snapshots']) {
      await pool.query(`create function die() returns trigger language plpgsql as $$ begin raise 'died'; end $$`);
      await pool.query(`create trigger die after ${statement} execute function die()`);
      await expect(takeSnapshot(pool, history.document)).rejects.toThrow('died');
      await pool.query('drop function die cascade');
      expect(await seqs(pool, 'snapshots')).toEqual([5]);
      expect(await seqs(pool, 'journal')).toEqual([6, 7, 8, 9, 10]);
    }
    expect(await takeSnapshot(pool, history.document)).toMatchObject({ seq: 10, merged: 5 });
  });

  test('is taken once by servers that want it at the same time, while commits go on', async () => {
    await using database = await freshDatabase();
    const { pool } = database;
    const history = await tenMessages(pool);
    await project(pool);
    // Nobody may insert until all have begun.
    const blocker = await pool.connect();
    await blocker.query('begin; lock table snapshots in share mode');
    const taken = Promise.all([1, 2, 3, 4].map(() => takeSnapshot(pool, history.document)));
    for (let n = 0; n < 10; n++) await history.say('ana', `meanwhile ${n}`);
    await blocker.query('commit');
    blocker.release();
    expect((await taken).map((each) => each?.merged).sort()).toEqual([0, 0, 0, 10]);
    expect(await seqs(pool, 'journal')).toEqual([11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
    expect(await loadedTexts(pool, history.document)).toEqual(history.settled());
  });

  test('does not hold up a commit, however long it takes', async () => {
    await using database = await freshDatabase();
    const { pool } = database;
    const history = await tenMessages(pool);
    await project(pool);
    // A lock on `snapshots` stops it in the middle of its transaction, before its insert; one on the new row after it.
    const blocker = await pool.connect();
    await blocker.query('begin; lock table snapshots in share mode');
    const taken = takeSnapshot(pool, history.document);
    await history.say('bo', 'while it waits to insert');
    await blocker.query('commit; begin; select from journal where seq = 3 for update');
    await history.say('bo', 'while it waits to delete');
    await blocker.query('commit');
    blocker.release();
    expect(await taken).toMatchObject({ seq: 10 });
    expect(await seqs(pool, 'journal')).toEqual([11, 12]);
  });

  test('keeps as many as asked, newest first to load, and drops the rest', async () => {
    await using database = await freshDatabase();
    const { pool } = database;
    const history = await tenMessages(pool);
    await project(pool);
    for (const upTo of [2, 4, 6, 8]) await takeSnapshot(pool, history.document, { keep: 3, upTo });
    expect(await seqs(pool, 'snapshots')).toEqual([4, 6, 8]);
    expect(await seqs(pool, 'journal')).toEqual([9, 10]);
    expect(await loadedTexts(pool, history.document)).toEqual(history.settled());
    await takeSnapshot(pool, history.document, { keep: 2 });
    expect(await seqs(pool, 'snapshots')).toEqual([8, 10]);
  });

  test('[P4] takes a text from every snapshot that holds it, with the entries, and nothing else', async () => {
    await using database = await freshDatabase();
    const { pool } = database;
    const history = await tenMessages(pool);
    const idOf = (text: string) =>
      history.live().find((message) => 'text' in message && message.text === text)?.id as MessageId;
    const [first, second] = [idOf('number 1.'), idOf('number 2.')];
    await project(pool);
    for (const upTo of [1, 4, 8]) await takeSnapshot(pool, history.document, { keep: 4, upTo });
    const states = await statesAt(pool);
    history.delete('ana', first);
    history.edit('bo', second, 'better');
    await history.submit('ana');
    await history.submit('bo');
    await project(pool);
    expect(await seqsHolding(pool, 'number 1.')).toEqual([1, 4, 8]);

    await pool.query(`create function die() returns trigger language plpgsql as $$ begin raise 'died'; end $$`);
    await pool.query('create trigger die after update on snapshots execute function die()');
    await expect(takeSnapshot(pool, history.document, { keep: 4 })).rejects.toThrow('died');
    await pool.query('drop function die cascade');
    expect(await statesAt(pool)).toEqual(states);

    await takeSnapshot(pool, history.document, { keep: 4 });
    expect(await seqs(pool, 'snapshots')).toEqual([1, 4, 8, 12]);
    expect(await seqs(pool, 'journal')).toEqual([]);
    for (const text of ['number 1.', 'number 2.']) expect(await seqsHolding(pool, text)).toEqual([]);
    expect(await seqsHolding(pool, 'number 3.')).toEqual([4, 8, 12]);
    expect(await seqsHolding(pool, 'better')).toEqual([12]);
  });
});
