import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import type { DocumentId } from '../../schema/ids.ts';
import { freshDatabase } from '../database/testing.ts';
import { CorruptDocument, loadDocument } from './load.ts';
import { mergeEntries } from './merge.ts';
import { takeSnapshot } from './snapshots.ts';
import { StoredHistory } from './testing.ts';

describe('loadDocument', () => {
  test('answers what was stored: entries in order, writers, members, cursors', async () => {
    await using database = await freshDatabase();
    const history = await StoredHistory.create(database.pool, ['ana', 'bo']);
    for (let n = 0; n < 12; n++) await history.say(n % 2 ? 'bo' : 'ana', `number ${n}`);
    await history.sync('ana');

    const stored = await loadDocument(database.pool, history.document);
    expect(stored).toMatchObject({
      conversation: history.conversation,
      epoch: 0,
      generation: 'g',
      head: 12,
      membership: 2,
      kind: 'group',
    });
    expect(stored?.state).toBeUndefined();
    expect(stored?.entries.map((entry) => Buffer.from(entry))).toEqual(
      history.entries.map(({ update }) => Buffer.from(update)),
    );
    expect(stored?.writers).toEqual(
      new Map([
        [history.device('ana').clientID, 'ana'],
        [history.device('bo').clientID, 'bo'],
        [history.doc.clientID, null],
      ]),
    );
    expect(stored?.members).toEqual(
      new Map([
        ['ana', 'member'],
        ['bo', 'member'],
      ]),
    );
  });

  test('answers an empty document and one that nobody has', async () => {
    await using database = await freshDatabase();
    const history = await StoredHistory.create(database.pool, ['ana']);
    expect(await loadDocument(database.pool, history.document)).toMatchObject({
      head: 0,
      entries: [],
      writers: new Map(),
    });
    expect(await loadDocument(database.pool, 'nobody.0' as DocumentId)).toBeUndefined();
  });

  test('gives the same document from a snapshot and the entries after it', async () => {
    await using database = await freshDatabase();
    const history = await StoredHistory.create(database.pool, ['ana', 'bo']);
    for (let n = 0; n < 10; n++) await history.say(n % 2 ? 'bo' : 'ana', `number ${n}`);
    await database.pool.query('update documents set projected = 7');
    await takeSnapshot(database.pool, history.document);
    const stored = await loadDocument(database.pool, history.document);
    expect(stored?.entries).toHaveLength(3);
    const doc = new Y.Doc();
    Y.applyUpdate(doc, mergeEntries(stored?.state, stored?.entries ?? []));
    expect(doc.getArray('messages').toJSON()).toEqual(history.settled());
  });

  test.each([
    ['the first entry', 'seq = 1'],
    ['one in the middle', 'seq = 3'],
    ['the last', 'seq = 5'],
    ['all of them', 'true'],
  ])('throws when %s is missing', async (_, which) => {
    await using database = await freshDatabase();
    const history = await StoredHistory.create(database.pool, ['ana']);
    for (let n = 0; n < 5; n++) await history.say('ana', `number ${n}`);
    await database.pool.query(`delete from journal where ${which}`);
    await expect(loadDocument(database.pool, history.document)).rejects.toThrow(CorruptDocument);
  });

  test('reads one instant while commits and snapshots go on', async () => {
    await using database = await freshDatabase();
    const history = await StoredHistory.create(database.pool, ['ana']);
    let isWriting = true;
    let loads = 0;
    const reader = (async () => {
      while (isWriting) {
        const stored = await loadDocument(database.pool, history.document);
        const doc = new Y.Doc();
        Y.applyUpdate(doc, mergeEntries(stored?.state, stored?.entries ?? []));
        expect(doc.getArray('messages').length).toBe(stored?.head);
        loads++;
      }
    })();
    for (let n = 0; n < 30; n++) {
      await history.say('ana', `number ${n}`);
      if (n % 5 !== 0) continue;
      await database.pool.query('update documents set projected = head');
      await takeSnapshot(database.pool, history.document);
    }
    isWriting = false;
    await reader;
    expect(loads).toBeGreaterThan(5);
  });
});
