import 'fake-indexeddb/auto';
import { deleteDB, openDB } from 'idb';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import type { Clock } from '../connection/clock.ts';
import type { StorageFailure } from './conversation.ts';
import { DocumentStore } from './document-store.ts';
import { Source } from './source.ts';
import { fastClock, until } from './testing-device.ts';

let names = 0;

async function open(name = `store${++names}`, clock: Clock = fastClock) {
  const doc = new Y.Doc();
  const failures: StorageFailure[] = [];
  const isLost = new Source(false);
  const store = await DocumentStore.open({
    name,
    doc,
    clock,
    onFailure: (failure) => failures.push(failure),
    isWanted: () => true,
    onLost: () => isLost.set(true),
  });
  return { name, doc, store, failures, isLost };
}

async function records(name: string): Promise<Uint8Array[]> {
  const database = await openDB(name);
  const all = await database.getAll('updates');
  database.close();
  return all;
}

test('flushed resolves when what was written is on disk', async () => {
  const { name, doc, store } = await open();
  doc.getArray('messages').push(['stored']);
  expect(await store?.flushed()).toBe(true);
  store?.[Symbol.dispose]();
  const again = await open(name);
  expect(again.doc.getArray('messages').toArray()).toEqual(['stored']);
  expect(again.store?.isNew).toBe(false);
});

test('a write that fails is reported and never counts as stored', async () => {
  const { doc, store, failures } = await open();
  const put = IDBObjectStore.prototype.add;
  IDBObjectStore.prototype.add = function (...parameters) {
    const request = put.apply(this, parameters);
    this.transaction.abort();
    return request;
  };
  doc.getArray('messages').push(['lost']);
  IDBObjectStore.prototype.add = put;
  expect(await store?.flushed()).toBe(false);
  expect(failures.length).toBe(1);
});

test('a database that is removed under us is noticed, and the document stays usable', async () => {
  const { name, doc, store, isLost } = await open();
  doc.getArray('messages').push(['before']);
  await store?.flushed();
  await deleteDB(name);
  await until(isLost, (value) => value);
  doc.getArray('messages').push(['after']);
  expect(await store?.flushed()).toBe(false);
});

test('a store that cannot be opened is reported, not thrown', async () => {
  const original = indexedDB.open;
  indexedDB.open = () => {
    throw new DOMException('no', 'SecurityError');
  };
  const { store, failures } = await open();
  indexedDB.open = original;
  expect(store).toBeUndefined();
  expect(failures[0]?.reason).toBe('unavailable');
});

test('[P4] merging leaves no update with a deleted text behind', async () => {
  const { name, doc, store } = await open();
  const messages = doc.getArray('messages');
  messages.push(['a secret text']);
  messages.delete(0);
  await store?.flushed();
  const before = (await records(name)).map((bytes) => Buffer.from(bytes).toString('latin1')).join();
  expect(before).toContain('a secret text');
  store?.mergeSoon();
  await new Promise((resolve) => setTimeout(resolve, 150));
  const after = await records(name);
  expect(after.map((bytes) => Buffer.from(bytes).toString('latin1')).join()).not.toContain('a secret text');
  expect(after.length).toBe(1);
});

test('opening again and again does not make the store grow', async () => {
  const name = `store${++names}`;
  for (let visit = 0; visit < 30; visit++) {
    const { doc, store } = await open(name);
    if (visit === 0) doc.getArray('messages').push(['x']);
    await store?.flushed();
    await new Promise((resolve) => setTimeout(resolve, 60));
    store?.[Symbol.dispose]();
  }
  expect((await records(name)).length).toBeLessThan(10);
});

/** As a local copy does: what deletes is followed by its update. */
function eraseOnDelete({ doc, store }: Awaited<ReturnType<typeof open>>): void {
  doc.on('afterTransaction', (transaction: Y.Transaction) => {
    if (transaction.deleteSet.clients.size > 0 && transaction.origin !== store?.origin) store?.mergeSoon();
  });
}

const textIn = async (name: string): Promise<string> =>
  (await records(name)).map((bytes) => Buffer.from(bytes).toString('latin1')).join();

test('[P4] a page that ends before it has merged leaves that to the next one', async () => {
  const never = { now: Date.now, after: () => () => undefined };
  const page = await open(undefined, never);
  eraseOnDelete(page);
  page.doc.getArray('messages').push(['a secret text', 'a text that stays']);
  page.doc.getArray('messages').delete(0);
  await page.store?.flushed();
  expect(await textIn(page.name)).toContain('a secret text');

  const next = await open(page.name);
  await next.store?.flushed();
  expect(await textIn(page.name)).not.toContain('a secret text');
  expect(next.doc.getArray('messages').toArray()).toEqual(['a text that stays']);
  next.store?.[Symbol.dispose]();
  expect((await open(page.name)).doc.getArray('messages').toArray()).toEqual(['a text that stays']);
});

test('[P4] a document that is put away before it has merged merges then, with what another tab has stored', async () => {
  const never = { now: Date.now, after: () => () => undefined };
  const one = await open(undefined, never);
  eraseOnDelete(one);
  one.doc.getArray('messages').push(['a secret text', 'a text that stays']);
  await one.store?.flushed();
  const other = await open(one.name, never);
  other.doc.getArray('messages').push(['from the other tab']);
  await other.store?.flushed();
  one.doc.getArray('messages').delete(0);
  one.store?.[Symbol.dispose]();
  one.doc.destroy();
  // Reading waits for the transactions before it.
  expect(await textIn(one.name)).not.toContain('a secret text');
  const next = await open(one.name, never);
  expect(next.doc.getArray('messages').toArray().sort()).toEqual(['a text that stays', 'from the other tab']);
});
