import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { IndexeddbPersistence } from 'y-indexeddb';
import * as Y from 'yjs';
import { type Element, MESSAGES } from '../../schema/document/message.ts';
import { type ConversationId, type DocumentId, documentId, type MessageId, type UserId } from '../../schema/ids.ts';
import { TestClock } from '../connection/testing-link.ts';
import { TestBuses } from '../conversation/testing-device.ts';
import { AccountStore } from '../storage/account-store.ts';
import { newDocumentRecord } from '../storage/records.ts';
import type { TabMessage } from '../storage/tabs.ts';
import { DeviceIndex } from './device-index.ts';

const me = 'ana' as UserId;
let devices = 0;

/** A device with a store, and an index that has begun to read it. */
async function device({ maxMessages }: { maxMessages?: number } = {}) {
  const prefix = `search${++devices}`;
  const account = `${prefix}/${me}`;
  const store = await AccountStore.open({ prefix, user: me, stamps: undefined });
  const buses = new TestBuses();
  const bus = buses.create(account);
  const clock = new TestClock();
  const docs = new Map<DocumentId, Y.Doc>();
  let changes = 0;

  async function listed(id: string, epoch: number, at: number): Promise<void> {
    const item = {
      id,
      kind: 'group',
      title: null,
      epoch,
      document: `${id}.${epoch}`,
      members: [],
      unread: 0,
      erased: 0,
    } as const;
    const last = { from: me, at, text: '' };
    await store.write(['conversations'], async (transaction) => {
      await transaction.objectStore('conversations').put({ item: { ...item, members: [] }, last, since: 0 });
    });
  }
  /** Changes the stored document, as the app does. */
  async function change(document: DocumentId, work: (messages: Y.Array<Element>) => void): Promise<void> {
    const record = newDocumentRecord(document);
    await store.write(['documents'], async (transaction) => {
      await transaction.objectStore('documents').put(record);
    });
    const doc = docs.get(document) ?? new Y.Doc();
    docs.set(document, doc);
    const persistence = new IndexeddbPersistence(store.documentDatabase(record), doc);
    await persistence.whenSynced;
    work(doc.getArray<Element>(MESSAGES));
    await persistence.destroy();
  }
  const say = (document: DocumentId, id: string, text: string) =>
    change(document, (messages) => messages.push([{ id: id as MessageId, from: me, at: 0, text }]));
  const start = () =>
    new DeviceIndex({
      ...{ account, clock, bus: buses.create(account), onChange: () => void changes++ },
      ...(maxMessages !== undefined && { maxMessages }),
    });
  /** Resolves when the other tabs, and the index, have heard it. */
  const tell = async (message: Partial<TabMessage>) => {
    bus.postMessage(message);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { store, clock, listed, change, say, start, tell, changes: () => changes };
}

const document = (conversation: string, epoch: number) => documentId(conversation as ConversationId, epoch);
const texts = (index: DeviceIndex, query: string) =>
  index
    .search(query, 50)
    .map(({ excerpt }) => excerpt.text)
    .sort();

test('what is stored is found: all epochs of listed conversations, of others nothing', async () => {
  const t = await device();
  await t.listed('a', 1, 1);
  await t.say(document('a', 0), '1-0', 'old boat');
  await t.say(document('a', 1), '2-0', 'new boat');
  await t.say(document('left', 0), '3-0', 'boat of others');
  using index = t.start();
  await index.settled();
  expect(texts(index, 'boat')).toEqual(['new boat', 'old boat']);
  expect(t.changes()).toBe(2);
});

test('what changes in some tab is found soon, and its former text is not', async () => {
  const t = await device();
  await t.listed('a', 0, 1);
  await t.say(document('a', 0), '1-0', 'secretone');
  using index = t.start();
  await index.settled();
  await t.change(document('a', 0), (messages) => {
    messages.delete(0);
    messages.push([{ id: '1-0' as MessageId, from: me, at: 0, text: 'harmless', editedAt: 5 } as Element]);
  });
  await t.tell({ t: 'update', document: document('a', 0) });
  t.clock.advance(300);
  await index.settled();
  expect(texts(index, 'secret')).toEqual([]);
  expect(texts(index, 'harm')).toEqual(['harmless']);
});

test('a new conversation is found when the list says so, one that was left no longer', async () => {
  const t = await device();
  using index = t.start();
  await index.settled();
  await t.listed('a', 0, 1);
  await t.say(document('a', 0), '1-0', 'boat');
  await t.tell({ t: 'list' });
  t.clock.advance(300);
  await index.settled();
  expect(texts(index, 'boat')).toEqual(['boat']);
  await t.store.write(['conversations'], (transaction) => transaction.objectStore('conversations').clear());
  await t.tell({ t: 'list' });
  t.clock.advance(3_000);
  await index.settled();
  expect(texts(index, 'boat')).toEqual([]);
});

test('memory is bounded: the open epochs of the liveliest conversations come first', async () => {
  const t = await device({ maxMessages: 2 });
  await t.listed('calm', 0, 1);
  await t.listed('lively', 1, 2);
  await t.say(document('lively', 0), '1-0', 'old boat');
  await t.say(document('lively', 1), '2-0', 'lively boat');
  await t.say(document('calm', 0), '3-0', 'calm boat');
  using index = t.start();
  await index.settled();
  expect(texts(index, 'boat')).toEqual(['calm boat', 'lively boat']);
});

test('reading neither makes databases nor keeps them from being deleted', async () => {
  const t = await device();
  await t.listed('a', 0, 1);
  await t.store.write(['documents'], async (transaction) => {
    await transaction.objectStore('documents').put(newDocumentRecord(document('a', 0)));
  });
  using index = t.start();
  await index.settled();
  expect((await indexedDB.databases()).map(({ name }) => name).filter((name) => name?.includes('a.0'))).not.toContain(
    t.store.documentDatabase(newDocumentRecord(document('a', 0))),
  );
  await t.say(document('a', 0), '1-0', 'boat');
  await t.tell({ t: 'update', document: document('a', 0) });
  t.clock.advance(300);
  await t.store.erase();
  await index.settled();
});
