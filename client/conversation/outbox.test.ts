/** Each order in which a crash can fall between the outbox, the document, its store, the server and the acknowledgement. */
import { deleteDB } from 'idb';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { type MessageId, messageId, type UserId } from '../../schema/ids.ts';
import type { OutboxRecord } from '../storage/records.ts';
import { encodeAppend } from './append.ts';
import { StorageFailure } from './conversation.ts';
import { CONVERSATION, DOCUMENT, TestDevice, textsOf, until } from './testing-device.ts';
import { TestServer } from './testing-server.ts';

function setUp() {
  const server = new TestServer();
  const ana = new TestDevice({ server, user: 'ana', members: ['ana', 'bo'] });
  return { server, ana };
}

/** What `send` writes first. */
function recordOf(text: string, writer = 4242, clock = 0): OutboxRecord {
  const id = messageId(writer, clock);
  const element = { id, from: 'ana' as UserId, at: 1, text };
  const update = encodeAppend({ writer, clock, origin: undefined, element });
  return { document: DOCUMENT as never, incarnation: 0, id, writer, clock, element, update };
}

const documentDatabase = (device: TestDevice) => `${device.prefix}/ana/${DOCUMENT}`;

test('[P3] a message is on disk when send resolves', async () => {
  const { ana } = setUp();
  using tab = await ana.tab();
  await tab.conversation.send('safe');
  using other = await ana.openStore();
  const stored = await other.read(['outbox'], (transaction) => transaction.objectStore('outbox').getAll());
  expect(stored?.map((record) => record.element)).toMatchObject([{ text: 'safe' }]);
});

test('[P3] when the outbox cannot be written, send rejects and nothing has happened', async () => {
  const { server, ana } = setUp();
  using tab = await ana.tab();
  tab.online();
  await tab.until((timeline) => timeline.state === 'ready');
  const full = Object.assign(new Error('no space'), { name: 'QuotaExceededError' });
  tab.store.write = () => Promise.reject(new StorageFailure('quota', { cause: full }));
  await expect(tab.conversation.send('too much')).rejects.toMatchObject({ reason: 'quota' });
  expect(tab.texts()).toEqual([]);
  expect(server.messages(DOCUMENT)).toEqual([]);
});

test('[P3] crash between outbox and document: the next start brings the message in and sends it once', async () => {
  const { server, ana } = setUp();
  {
    using tab = await ana.tab();
    await tab.outbox.add(recordOf('left behind'));
  }
  using again = await ana.tab();
  const offline = await again.until((timeline) => timeline.rows.length === 1);
  expect(offline.rows[0]).toMatchObject({ message: { text: 'left behind' }, delivery: 'sending' });
  again.online();
  await again.until((timeline) => timeline.rows[0]?.delivery === 'sent');
  expect(server.messages(DOCUMENT).length).toBe(1);
});

test('[P3] crash after the document, its own store not written: the next start has the message, under its id', async () => {
  const { server, ana } = setUp();
  let id: MessageId | undefined;
  {
    using tab = await ana.tab();
    await tab.conversation.send('not stored');
    id = (await tab.until((timeline) => timeline.rows.length === 1)).rows[0]?.message.id;
  }
  await deleteDB(documentDatabase(ana));
  using again = await ana.tab();
  const loaded = await again.until((timeline) => timeline.rows.length === 1);
  expect(loaded.rows[0]?.message.id).toBe(id);
  again.online();
  await again.until((timeline) => timeline.rows[0]?.delivery === 'sent');
  expect(server.messages(DOCUMENT).length).toBe(1);
});

test('[P3] crash after the server has it, nothing of the document stored: it still stands once', async () => {
  const { server, ana } = setUp();
  {
    using tab = await ana.tab();
    tab.online();
    server.isSilent = true;
    await tab.conversation.send('on its way');
    await until({ get: () => server.messages(DOCUMENT).length, subscribe: onServer(server) }, (count) => count === 1);
  }
  server.cut();
  server.isSilent = false;
  await deleteDB(documentDatabase(ana));
  using again = await ana.tab();
  again.online();
  await again.until((timeline) => timeline.rows[0]?.delivery === 'sent');
  expect(again.texts()).toEqual(['on its way']);
  expect(server.messages(DOCUMENT).length).toBe(1);
});

test('[P3] crash between acknowledgement and removal: the server repeats it at the next sync', async () => {
  const { server, ana } = setUp();
  {
    using tab = await ana.tab();
    tab.online();
    await tab.conversation.send('acknowledged');
    await until(tab.outbox.contents, ({ records }) => records.length === 0);
    const element = server.messages(DOCUMENT)[0] as OutboxRecord['element'] & { id: MessageId };
    const [writer] = [...server.writers].find(([number]) => messageId(number, 0) === element.id) ?? [];
    const record = { ...recordOf('acknowledged', writer, 0), element };
    await tab.outbox.add(record);
  }
  using again = await ana.tab();
  await again.until((timeline) => timeline.rows[0]?.delivery === 'sending');
  again.online();
  await again.until((timeline) => timeline.rows[0]?.delivery === 'sent');
  expect(server.messages(DOCUMENT).length).toBe(1);
});

test('[P3] the acknowledgement is lost with the connection: the next one brings it', async () => {
  const { server, ana } = setUp();
  using tab = await ana.tab();
  tab.online();
  await tab.until((timeline) => timeline.state === 'ready');
  server.isSilent = true;
  await tab.conversation.send('unanswered');
  await until({ get: () => server.messages(DOCUMENT).length, subscribe: onServer(server) }, (count) => count === 1);
  server.isSilent = false;
  server.cut();
  await tab.until((timeline) => timeline.rows[0]?.delivery === 'sent');
  expect(tab.outbox.contents.get().records).toEqual([]);
});

test('[P3] the refusal is lost with the connection: below the acknowledged clock and in no timeline is refused', async () => {
  const { server, ana } = setUp();
  server.refuse = (element) => ('text' in element ? 'rate' : undefined);
  using tab = await ana.tab();
  tab.online();
  await tab.until((timeline) => timeline.state === 'ready');
  server.isSilent = true;
  await tab.conversation.send('judged unheard');
  await until({ get: () => server.writers.size, subscribe: onServer(server) }, (size) => size === 1);
  server.isSilent = false;
  server.cut();
  const healed = await tab.until((timeline) => timeline.failed.length === 1);
  expect(healed.failed[0]).toMatchObject({ text: 'judged unheard', kind: 'rejected' });
});

test('[P3] sent stays sent after a reload', async () => {
  const { ana } = setUp();
  {
    using tab = await ana.tab();
    tab.online();
    await tab.conversation.send('hello');
    await tab.until((timeline) => timeline.rows[0]?.delivery === 'sent');
  }
  using again = await ana.tab();
  const loaded = await again.until((timeline) => timeline.rows.length === 1);
  expect(loaded.rows[0]?.delivery).toBe('sent');
});

test('[P3] a failed text survives a reload, and one that was discarded does not come back', async () => {
  const { server, ana } = setUp();
  server.refuse = (element) => ('text' in element ? 'too-long' : undefined);
  {
    using tab = await ana.tab();
    tab.online();
    await tab.conversation.send('refused');
    await tab.until((timeline) => timeline.failed.length === 1);
  }
  {
    using again = await ana.tab();
    const { failed } = await again.until((timeline) => timeline.failed.length === 1);
    await again.conversation.discard(failed[0]?.key as string);
    // A late second answer about the same message.
    await again.outbox.fail([recordOf('refused')], 'too-long');
  }
  using last = await ana.tab();
  await last.until((timeline) => timeline.state === 'ready');
  expect(last.conversation.timeline.get().failed).toEqual([]);
});

test('[P3] 4409: the copy is dropped, what the restored document lacks becomes failed, what it has is there once', async () => {
  const { server, ana } = setUp();
  using tab = await ana.tab();
  tab.online();
  await tab.conversation.send('kept');
  await tab.until((timeline) => timeline.rows[0]?.delivery === 'sent');
  const backup = server.document(DOCUMENT).doc;
  server.isSilent = true;
  await tab.conversation.send('in the backup');
  await until({ get: () => server.messages(DOCUMENT).length, subscribe: onServer(server) }, (count) => count === 2);
  tab.offline();
  await tab.conversation.send('unsent');
  const state = Y.encodeStateAsUpdate(backup);
  server.isSilent = false;
  server.cut();
  server.reset(DOCUMENT);
  Y.applyUpdate(server.document(DOCUMENT).doc, state);
  tab.online();
  const after = await tab.until((timeline) => timeline.failed.length === 1 && timeline.rows.length === 2);
  expect(textsOf(after)).toEqual(['kept', 'in the backup']);
  expect(after.failed[0]).toMatchObject({ text: 'unsent', kind: 'rejected' });
  await tab.conversation.retry(after.failed[0]?.key as string);
  await tab.until((timeline) => timeline.rows[2]?.delivery === 'sent');
  expect(server.messages(DOCUMENT).length).toBe(3);
});

test('[P3] 4400: the copy is dropped and synced afresh, unsent texts become failed', async () => {
  const { server, ana } = setUp();
  using tab = await ana.tab();
  tab.online();
  await tab.conversation.send('fine');
  await tab.until((timeline) => timeline.rows[0]?.delivery === 'sent');
  tab.offline();
  await tab.conversation.send('suspicious');
  let refusals = 0;
  server.closeWith = () => (refusals++ === 0 ? 4400 : undefined);
  tab.online();
  const after = await tab.until((timeline) => timeline.failed.length === 1);
  expect(textsOf(after)).toEqual(['fine']);
  expect(after.failed[0]).toMatchObject({ text: 'suspicious', kind: 'rejected' });
  await tab.conversation.send('goes on');
  await tab.until((timeline) => timeline.rows[1]?.delivery === 'sent');
});

test('[P3] crash in the middle of a reset: the unsent text still shows, and becomes failed after the fresh sync', async () => {
  const { ana } = setUp();
  {
    using tab = await ana.tab();
    await tab.conversation.send('between copies');
    await tab.store.replaceDocument(await tab.store.documentRecord(DOCUMENT as never));
  }
  using again = await ana.tab();
  const waiting = await again.until((timeline) => timeline.rows.length === 1);
  expect(waiting.rows[0]).toMatchObject({ message: { text: 'between copies' }, delivery: 'sending' });
  again.online();
  const after = await again.until((timeline) => timeline.failed.length === 1);
  expect(after.rows).toEqual([]);
});

test('a server that drops one document again and again is not asked faster and faster', async () => {
  const { server, ana } = setUp();
  using tab = await ana.tab({ random: () => 0.99 });
  const askedAt: number[] = [];
  server.closeWith = () => {
    askedAt.push(performance.now());
    return 4400;
  };
  tab.online();
  await expect.poll(() => askedAt.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(5);
  // At once, at once, then after 2, 4 and 8 seconds there, which are fifty times fewer here; never sooner.
  const [, second = 0, , , fifth = 0] = askedAt;
  expect(fifth - second).toBeGreaterThan(200);
});

/** Looks again whenever the document of this test changes on the server. */
const onServer = (server: TestServer) => (listener: () => void) => {
  const { doc } = server.document(DOCUMENT);
  doc.on('update', listener);
  return () => doc.off('update', listener);
};

test('conversations do not mix their failed texts', async () => {
  const { ana } = setUp();
  using tab = await ana.tab();
  await tab.outbox.park({ conversation: 'other' as never, key: 'k', text: 't', at: 1, kind: 'rate' });
  expect(tab.outbox.failedOf(CONVERSATION)).toEqual([]);
});

test('[P3] a record that follows its message to another document replaces the former one, in one tab only', async () => {
  const { ana } = setUp();
  using one = await ana.tab();
  const former = recordOf('former');
  await one.outbox.add(former);
  using other = await ana.tab();
  const next = (writer: number) => ({ ...recordOf('follows', writer), document: `${CONVERSATION}.1` as never });
  const done = await Promise.all([one.outbox.replace(former, next(1)), other.outbox.replace(former, next(2))]);
  expect(done.toSorted()).toEqual([false, true]);
  const stored = await one.store.read(['outbox'], (transaction) => transaction.objectStore('outbox').getAll());
  expect(stored?.map(({ document }) => document)).toEqual([`${CONVERSATION}.1`]);
});
