import 'fake-indexeddb/auto';
import { deleteDB, openDB } from 'idb';
import { expect, test } from 'vitest';
import type { ConversationId, DocumentId, UserId } from '../../schema/ids.ts';
import { until } from '../conversation/testing-device.ts';
import { AccountStore } from './account-store.ts';
import { newDocumentRecord } from './records.ts';

let prefixes = 0;
const document = 'talk.0' as DocumentId;

function options() {
  const kept = new Map<string, string>();
  return {
    prefix: `store${++prefixes}`,
    user: 'ana' as UserId,
    stamps: {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    },
  };
}

test('what was written is there after opening again', async () => {
  const same = options();
  {
    using store = await AccountStore.open(same);
    await store.changeDocument(newDocumentRecord(document), { generation: 'g1' });
  }
  using again = await AccountStore.open(same);
  expect((await again.documentRecord(document)).generation).toBe('g1');
  expect(again.failure.get()).toBeUndefined();
});

test('a store that was wiped between two visits is noticed', async () => {
  const same = options();
  (await AccountStore.open(same))[Symbol.dispose]();
  await deleteDB(`${same.prefix}/ana`);
  using again = await AccountStore.open(same);
  expect(again.failure.get()?.reason).toBe('wiped');
});

test('a store that is wiped while open is noticed, and writing rejects', async () => {
  const same = options();
  using store = await AccountStore.open(same);
  await deleteDB(`${same.prefix}/ana`);
  await until(store.failure, (failure) => failure?.reason === 'wiped');
  await expect(store.changeDocument(newDocumentRecord(document), {})).rejects.toMatchObject({ reason: 'wiped' });
});

test('a full disk is shown until something can be written again', async () => {
  using store = await AccountStore.open(options());
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = () => {
    throw new DOMException('full', 'QuotaExceededError');
  };
  await expect(store.changeDocument(newDocumentRecord(document), {})).rejects.toMatchObject({ reason: 'quota' });
  IDBObjectStore.prototype.put = put;
  expect(store.failure.get()?.reason).toBe('quota');
  await store.changeDocument(newDocumentRecord(document), {});
  expect(store.failure.get()).toBeUndefined();
});

test('a browser without IndexedDB is reported, reads as empty and refuses to write', async () => {
  const open = indexedDB.open;
  indexedDB.open = () => {
    throw new DOMException('off', 'SecurityError');
  };
  using store = await AccountStore.open(options());
  indexedDB.open = open;
  expect(store.failure.get()?.reason).toBe('unavailable');
  expect(await store.documentRecord(document)).toEqual(newDocumentRecord(document));
  await expect(store.changeDocument(newDocumentRecord(document), {})).rejects.toMatchObject({ reason: 'unavailable' });
});

test('a newer version of the app in another tab is not taken for an empty store', async () => {
  const same = options();
  const newer = await openDB(`${same.prefix}/ana`, 99);
  using store = await AccountStore.open(same);
  expect(store.failure.get()?.reason).toBe('outdated');
  newer.close();
});

test('[P3] a newer version that opens while this one is open gets all that was written, and this one says that it is old', async () => {
  const same = options();
  using store = await AccountStore.open(same);
  const written = store.changeDocument(newDocumentRecord(document), { generation: 'g1' });
  const newer = await openDB(`${same.prefix}/ana`, 99);
  await written;
  expect(store.failure.get()?.reason).toBe('outdated');
  expect(await newer.get('documents', document)).toMatchObject({ generation: 'g1' });
  await expect(store.changeDocument(newDocumentRecord(document), {})).rejects.toMatchObject({ reason: 'outdated' });
  newer.close();
});

test('[P3] a store of the version before files is kept and can hold files', async () => {
  const same = options();
  const older = await openDB(`${same.prefix}/ana`, 1, {
    upgrade(database) {
      database.createObjectStore('outbox', { keyPath: ['document', 'id'] }).createIndex('document', 'document');
      database.createObjectStore('failed', { keyPath: ['conversation', 'key'] });
      database.createObjectStore('documents', { keyPath: 'document' });
      database.createObjectStore('conversations', { keyPath: 'item.id' });
      database.createObjectStore('meta');
    },
  });
  await older.put('documents', { ...newDocumentRecord(document), generation: 'g1' });
  older.close();
  using store = await AccountStore.open(same);
  expect((await store.documentRecord(document)).generation).toBe('g1');
  const place: [ConversationId, string, number] = ['talk' as ConversationId, 'key', 0];
  await store.write(['blobs'], (transaction) => transaction.objectStore('blobs').put(new Blob(['x']), place));
  expect(store.failure.get()).toBeUndefined();
});

test('erasing removes the databases of the account, of all its documents and of their former copies', async () => {
  const same = options();
  const store = await AccountStore.open(same);
  await store.changeDocument(newDocumentRecord(document), { wasSynced: true });
  await store.replaceDocument(await store.documentRecord(document));
  for (const incarnation of [0, 1]) (await openDB(store.documentDatabase({ document, incarnation }), 1)).close();
  await store.erase();
  const left = (await indexedDB.databases()).filter(({ name }) => name?.startsWith(same.prefix));
  expect(left).toEqual([]);
  using again = await AccountStore.open(same);
  expect(again.failure.get()).toBeUndefined();
});

test('of two tabs that begin another copy at once, the second finds it done', async () => {
  const same = options();
  using first = await AccountStore.open(same);
  using second = await AccountStore.open(same);
  const before = await first.documentRecord(document);
  await Promise.all([first.replaceDocument(before), second.replaceDocument(before)]);
  expect((await first.documentRecord(document)).incarnation).toBe(1);
  await first.changeDocument(await first.documentRecord(document), { generation: 'g2' });
  await second.replaceDocument(before);
  expect(await first.documentRecord(document)).toMatchObject({ incarnation: 1, generation: 'g2' });
  await first.changeDocument(before, { wasSynced: true });
  expect((await first.documentRecord(document)).wasSynced).toBe(false);
});
