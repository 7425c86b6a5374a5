import { expect, test } from 'vitest';
import { isEdit } from '../../schema/document/message.ts';
import { mention } from '../../schema/document/plain-text.ts';
import type { MessageId, UserId } from '../../schema/ids.ts';
import { CONVERSATION, DOCUMENT, TestDevice, textsOf, until } from './testing-device.ts';
import { TestServer } from './testing-server.ts';

function people() {
  const server = new TestServer();
  const members = ['ana', 'bo'];
  const device = (user: string) => new TestDevice({ server, user, members });
  return { server, ana: device('ana'), bo: device('bo'), device };
}

const deliveries = (timeline: { rows: readonly { delivery?: string }[] }) => timeline.rows.map((row) => row.delivery);
const idAt = (timeline: { rows: readonly { message: { id: MessageId } }[] }, index: number) =>
  timeline.rows[index]?.message.id as MessageId;

test('a message is sending, sent, delivered and read, in this order', async () => {
  const { ana, bo } = people();
  using a = await ana.tab();
  using b = await bo.tab();
  const seen = new Set<string>();
  a.conversation.timeline.subscribe(() => {
    for (const delivery of deliveries(a.conversation.timeline.get())) if (delivery) seen.add(delivery);
  });
  await a.conversation.send('hello');
  a.online();
  await a.until((timeline) => deliveries(timeline)[0] === 'sent');
  b.online();
  await a.until((timeline) => deliveries(timeline)[0] === 'delivered');
  const arrived = await b.until((timeline) => timeline.unread === 1);
  expect(b.local.view.get().isMentioned).toBe(false);
  b.conversation.shown([idAt(arrived, 0)]);
  await b.until((timeline) => timeline.unread === 0);
  await a.until((timeline) => deliveries(timeline)[0] === 'read');
  expect([...seen]).toEqual(['sending', 'sent', 'delivered', 'read']);
  expect(a.conversation.readBy(idAt(a.conversation.timeline.get(), 0))).toEqual(['bo']);
});

test('messages written offline arrive once and in order', async () => {
  const { server, ana, bo } = people();
  using a = await ana.tab();
  for (const text of ['one', 'two', 'three']) await a.conversation.send(text);
  const waiting = await a.until((timeline) => timeline.rows.length === 3);
  expect(deliveries(waiting)).toEqual(['sending', 'sending', 'sending']);
  a.online();
  using b = await bo.tab();
  b.online();
  await b.until((timeline) => timeline.rows.length === 3);
  expect(b.texts()).toEqual(['one', 'two', 'three']);
  await until(a.outbox.contents, ({ records }) => records.length === 0);
  expect(server.messages(DOCUMENT).length).toBe(3);
});

test('[P7] half a character becomes the same sign here as everywhere', async () => {
  const { ana, bo } = people();
  using a = await ana.tab();
  await a.conversation.send('broken \ud83c and whole 🎉');
  await a.until((timeline) => timeline.rows.length === 1);
  expect(a.texts()).toEqual(['broken \ufffd and whole 🎉']);
  a.online();
  using b = await bo.tab();
  b.online();
  await b.until((timeline) => timeline.rows.length === 1);
  expect(b.texts()).toEqual(a.texts());
});

test('sends that overlap keep the order in which they were made', async () => {
  const { ana } = people();
  using a = await ana.tab();
  await Promise.all(Array.from({ length: 20 }, (_, index) => a.conversation.send(`${index}`)));
  await a.until((timeline) => timeline.rows.length === 20);
  expect(a.texts()).toEqual(Array.from({ length: 20 }, (_, index) => `${index}`));
});

test('what this device cannot store does not count as delivered, and still as read', async () => {
  const { ana, bo } = people();
  const open = indexedDB.open;
  indexedDB.open = (name, version) => {
    if (name === `${bo.prefix}/bo/${DOCUMENT}`) throw new DOMException('full', 'QuotaExceededError');
    return open.call(indexedDB, name, version);
  };
  using a = await ana.tab();
  using b = await bo.tab();
  const failure = await until(b.store.failure, (value) => value !== undefined);
  indexedDB.open = open;
  expect(failure?.reason).toBe('quota');
  a.online();
  b.online();
  await a.conversation.send('hello');
  const arrived = await b.until((timeline) => timeline.rows.length === 1);
  // Far longer than a receipt takes.
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(deliveries(a.conversation.timeline.get())).toEqual(['sent']);
  b.conversation.shown([idAt(arrived, 0)]);
  await a.until((timeline) => deliveries(timeline)[0] === 'read');
});

test('an edit shows at once, is pending until acknowledged, and reaches the others', async () => {
  const { ana, bo } = people();
  using a = await ana.tab();
  using b = await bo.tab();
  await a.conversation.send('helo');
  await a.until((timeline) => timeline.rows.length === 1);
  await a.conversation.edit(idAt(a.conversation.timeline.get(), 0), 'hello');
  const edited = await a.until((timeline) => textsOf(timeline)[0] === 'hello');
  expect(edited.rows[0]?.pending).toBe(true);
  a.online();
  b.online();
  await a.until((timeline) => timeline.rows[0]?.pending === false);
  await b.until((timeline) => textsOf(timeline)[0] === 'hello');
});

test('a deletion leaves a tombstone everywhere', async () => {
  const { ana, bo } = people();
  using a = await ana.tab();
  using b = await bo.tab();
  a.online();
  b.online();
  await a.conversation.send('oops');
  const arrived = await b.until((timeline) => timeline.rows.length === 1);
  expect(arrived.unread).toBe(1);
  await a.conversation.delete(idAt(a.conversation.timeline.get(), 0));
  const gone = await b.until((timeline) => textsOf(timeline)[0] === null);
  expect(gone.unread).toBe(0);
});

test('[P3] a refused message becomes failed with its kind, and can be sent anew', async () => {
  const { server, ana } = people();
  server.refuse = (element) => ('text' in element && element.text === 'bad' ? 'rate' : undefined);
  using a = await ana.tab();
  a.online();
  await a.conversation.send('bad');
  const refused = await a.until((timeline) => timeline.failed.length === 1 && timeline.rows.length === 0);
  expect(refused.failed[0]).toMatchObject({ text: 'bad', kind: 'rate' });
  await a.conversation.send('next');
  await a.until((timeline) => deliveries(timeline)[0] === 'sent');
  await a.conversation.retry(refused.failed[0]?.key as string, 'good');
  const repeated = await a.until((timeline) => timeline.rows.length === 2 && timeline.failed.length === 0);
  expect(textsOf(repeated)).toEqual(['next', 'good']);
});

test('[P3] a refused edit keeps its text as failed and leaves the message', async () => {
  const { server, ana } = people();
  server.refuse = (element) => (isEdit(element) ? 'window-over' : undefined);
  using a = await ana.tab();
  a.online();
  await a.conversation.send('first');
  await a.until((timeline) => deliveries(timeline)[0] === 'sent');
  const id = idAt(a.conversation.timeline.get(), 0);
  await a.conversation.edit(id, 'second');
  const refused = await a.until((timeline) => timeline.failed.length === 1 && textsOf(timeline)[0] === 'first');
  expect(refused.failed[0]).toMatchObject({ text: 'second', kind: 'window-over', edit: id });
  await a.conversation.discard(refused.failed[0]?.key as string);
  expect((await a.until((timeline) => timeline.failed.length === 0)).rows.length).toBe(1);
});

test('a text too long for a frame is kept as failed without being sent', async () => {
  const { server, ana } = people();
  using a = await ana.tab();
  a.online();
  await a.conversation.send('x'.repeat(200_000));
  const refused = await a.until((timeline) => timeline.failed.length === 1);
  expect(refused.failed[0]?.kind).toBe('too-long');
  expect(server.messages(DOCUMENT)).toEqual([]);
});

test('[P7] a second device of the same person shows the same and shares what was read', async () => {
  const { server, ana, bo, device } = people();
  using a = await ana.tab();
  using b = await bo.tab();
  using phone = await device('bo').tab();
  for (const tab of [a, b, phone]) tab.online();
  for (const text of ['one', 'two']) await a.conversation.send(text);
  const here = await b.until((timeline) => timeline.unread === 2);
  await phone.until((timeline) => timeline.unread === 2);
  b.conversation.shown([idAt(here, 0), idAt(here, 1)]);
  await phone.until((timeline) => timeline.unread === 0);
  expect(phone.texts()).toEqual(b.texts());
  expect(Object.keys(server.receipt(DOCUMENT, 'bo')?.r ?? {}).length).toBe(1);
});

test('receipts of two own devices are united, never shrunk', async () => {
  const { server, ana, bo, device } = people();
  using a = await ana.tab();
  using a2 = await device('ana').tab();
  using b = await bo.tab();
  using phone = await device('bo').tab();
  for (const tab of [a, a2, b, phone]) tab.online();
  await a.conversation.send('from one writer');
  await a2.conversation.send('from another');
  const here = await b.until((timeline) => timeline.unread === 2);
  const there = await phone.until((timeline) => timeline.unread === 2);
  b.offline();
  phone.offline();
  b.conversation.shown([idAt(here, 0)]);
  phone.conversation.shown([idAt(there, 1)]);
  await until(b.conversation.timeline, (timeline) => timeline.unread === 1);
  b.online();
  phone.online();
  await b.until((timeline) => timeline.unread === 0);
  await phone.until((timeline) => timeline.unread === 0);
  await a.until((timeline) => timeline.rows.every((row) => row.delivery === 'read'));
  expect(Object.keys(server.receipt(DOCUMENT, 'bo')?.r ?? {}).length).toBe(2);
});

test('the first unread message is the one that was unread when the conversation was opened', async () => {
  const { ana, bo } = people();
  using a = await ana.tab();
  using b = await bo.tab();
  a.online();
  b.online();
  for (const text of ['one', 'two']) await a.conversation.send(text);
  const here = await b.until((timeline) => timeline.unread === 2);
  expect(here.firstUnread).toBe(idAt(here, 0));
  b.conversation.shown([idAt(here, 0), idAt(here, 1)]);
  const read = await b.until((timeline) => timeline.unread === 0);
  expect(read.firstUnread).toBe(idAt(here, 0));
});

test('nothing on this device and no network is told apart from an empty conversation', async () => {
  const { ana } = people();
  {
    using a = await ana.tab();
    expect(a.conversation.timeline.get().state).toBe('loading');
    a.offline();
    await a.until((timeline) => timeline.state === 'absent');
    a.online();
    await a.until((timeline) => timeline.state === 'ready');
  }
  using again = await ana.tab();
  again.offline();
  expect((await again.until((timeline) => timeline.state === 'ready')).rows).toEqual([]);
});

test('rows that did not change stay the same objects', async () => {
  const { ana } = people();
  using a = await ana.tab();
  await a.conversation.send('one');
  const before = await a.until((timeline) => timeline.rows.length === 1);
  await a.conversation.send('two');
  const after = await a.until((timeline) => timeline.rows.length === 2);
  expect(after.rows[0]).toBe(before.rows[0]);
});

test('what other members have received is not taken back by a member who joins later', async () => {
  const { ana, bo } = people();
  using a = await ana.tab();
  using b = await bo.tab();
  a.online();
  b.online();
  await a.conversation.send('before');
  await a.until((timeline) => deliveries(timeline)[0] === 'delivered');
  ana.members.push('cy' as never);
  a.local.refresh();
  await a.conversation.send('after');
  const later = await a.until((timeline) => deliveries(timeline)[1] === 'sent');
  expect(deliveries(later)[0]).toBe('delivered');
});

test('a former member keeps what is here, and what was not sent becomes failed', async () => {
  const { server, ana } = people();
  using a = await ana.tab();
  a.online();
  await a.conversation.send('one');
  await a.until((timeline) => deliveries(timeline)[0] === 'sent');
  server.isSilent = true;
  await a.conversation.send('two');
  server.closeWith = () => 4403;
  server.closeChannels(DOCUMENT, 4403);
  const left = await a.until((timeline) => timeline.failed.length === 1);
  expect(left.failed[0]).toMatchObject({ text: 'two', kind: 'not-member' });
  expect(textsOf(left)).toEqual(['one']);
  await a.conversation.send('three');
  const parked = await a.until((timeline) => timeline.failed.length === 2);
  expect(parked.failed[1]).toMatchObject({ text: 'three', kind: 'not-member' });
});

test('[P3] let in again, a former member sends nothing that became failed, unless they say so, and then once', async () => {
  const { server, ana } = people();
  {
    using a = await ana.tab();
    a.online();
    await a.conversation.send('one');
    await a.until((timeline) => deliveries(timeline)[0] === 'sent');
    server.isSilent = true;
    await a.conversation.send('arrived unacknowledged');
    const { doc } = server.document(DOCUMENT);
    await until(
      {
        get: () => server.messages(DOCUMENT).length,
        subscribe: (listener) => {
          doc.on('update', listener);
          return () => doc.off('update', listener);
        },
      },
      (count) => count === 2,
    );
    a.offline();
    await a.conversation.send('never arrived');
    server.closeWith = () => 4403;
    a.online();
    await a.until((timeline) => timeline.failed.length === 2);
  }
  server.closeWith = () => undefined;
  server.isSilent = false;
  using again = await ana.tab();
  expect((await again.until((timeline) => timeline.rows.length === 1)).failed.length).toBe(2);
  again.online();
  again.local.revive();
  const back = await again.until((timeline) => timeline.failed.length === 1 && timeline.rows.length === 2);
  expect(textsOf(back)).toEqual(['one', 'arrived unacknowledged']);
  expect(server.messages(DOCUMENT).length).toBe(2);
  await again.conversation.retry(back.failed[0]?.key as string);
  await again.until((timeline) => deliveries(timeline)[2] === 'sent');
  expect(server.messages(DOCUMENT).length).toBe(3);
});

test('a document that fails for a while is asked for again, the connection stays', async () => {
  const { server, ana } = people();
  using a = await ana.tab();
  let refusals = 0;
  server.closeWith = () => (refusals++ < 3 ? 4500 : undefined);
  a.online();
  await a.conversation.send('patience');
  await a.until((timeline) => deliveries(timeline)[0] === 'sent');
  expect(refusals).toBe(4);
});

test('the store is named by user and document', async () => {
  const { ana } = people();
  using a = await ana.tab();
  await a.conversation.send('one');
  const names = (await indexedDB.databases()).map((database) => database.name);
  expect(names).toContain(`${ana.prefix}/ana/${CONVERSATION}.0`);
});

test('what no screen shows leaves the timeline the same object', async () => {
  const { ana } = people();
  using a = await ana.tab();
  await a.conversation.send('one');
  const before = await a.until((timeline) => timeline.rows.length === 1);
  const view = a.local.view.get();
  const isLookedAt = new Promise<void>((resolve) => {
    a.local.view.subscribe(resolve);
  });
  a.local.refresh();
  await isLookedAt;
  expect(a.local.view.get()).not.toBe(view);
  expect(a.conversation.timeline.get()).toBe(before);
});

test('who is named in an unread message is mentioned until it is read', async () => {
  const { ana, bo } = people();
  using a = await ana.tab();
  using b = await bo.tab();
  a.online();
  b.online();
  await a.conversation.send(`ask ${mention('bo' as UserId, 'Bo')}`);
  const arrived = await b.until((timeline) => timeline.unread === 1);
  expect(b.local.view.get().isMentioned).toBe(true);
  b.conversation.shown([idAt(arrived, 0)]);
  await b.until((timeline) => timeline.unread === 0);
  expect(b.local.view.get().isMentioned).toBe(false);
});
