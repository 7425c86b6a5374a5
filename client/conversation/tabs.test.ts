import { expect, test } from 'vitest';
import { type DocumentId, type MessageId, messageId } from '../../schema/ids.ts';
import { encodeAppend } from './append.ts';
import { DOCUMENT, TestDevice, textsOf, until } from './testing-device.ts';
import { TestServer } from './testing-server.ts';

function setUp() {
  const server = new TestServer();
  const members = ['ana', 'bo'];
  return {
    server,
    ana: new TestDevice({ server, user: 'ana', members }),
    bo: new TestDevice({ server, user: 'bo', members }),
  };
}

test('[P7] two tabs offline agree on messages, edits and what waits', async () => {
  const { ana } = setUp();
  using first = await ana.tab();
  using second = await ana.tab();
  await first.conversation.send('from the first');
  const there = await second.until((timeline) => timeline.rows.length === 1);
  expect(there.rows[0]?.delivery).toBe('sending');
  await second.conversation.edit(there.rows[0]?.message.id as MessageId, 'edited in the second');
  const here = await first.until((timeline) => textsOf(timeline)[0] === 'edited in the second');
  expect(here.rows[0]?.pending).toBe(true);
  expect(first.outbox.contents.get().records.length).toBe(2);
});

test('[P3] what two tabs wrote offline arrives once each, whichever of them is online', async () => {
  const { server, ana } = setUp();
  using first = await ana.tab();
  using second = await ana.tab();
  await Promise.all([first.conversation.send('one'), second.conversation.send('two')]);
  await first.until((timeline) => timeline.rows.length === 2);
  await second.until((timeline) => timeline.rows.length === 2);
  expect(second.texts()).toEqual(first.texts());
  second.online();
  await first.until((timeline) => timeline.rows.every((row) => row.delivery === 'sent'));
  first.online();
  await first.until((timeline) => timeline.rows.length === 2);
  expect(server.messages(DOCUMENT).length).toBe(2);
});

test('a tab without a connection sees what another tab receives', async () => {
  const { ana, bo } = setUp();
  using first = await ana.tab();
  using second = await ana.tab();
  using other = await bo.tab();
  first.online();
  other.online();
  await other.conversation.send('hello');
  const there = await second.until((timeline) => timeline.rows.length === 1);
  first.conversation.shown([there.rows[0]?.message.id as MessageId]);
  await second.until((timeline) => timeline.unread === 0);
});

test('a failed text is failed in both tabs and discarded in both', async () => {
  const { server, ana } = setUp();
  server.refuse = () => 'rate';
  using first = await ana.tab();
  using second = await ana.tab();
  first.online();
  await first.conversation.send('refused');
  const { failed } = await second.until((timeline) => timeline.failed.length === 1);
  await second.conversation.discard(failed[0]?.key as string);
  await first.until((timeline) => timeline.failed.length === 0);
});

test('[P3] a tab that is gone before it sent anything has its message sent by the other', async () => {
  const { server, ana } = setUp();
  using second = await ana.tab();
  second.online();
  {
    using first = await ana.tab();
    await first.conversation.send('goodbye');
  }
  await second.until((timeline) => timeline.rows[0]?.delivery === 'sent');
  expect(server.messages(DOCUMENT).length).toBe(1);
});

test('[P3] what a tab wrote that is gone is sent also when it came in with what the server brought', async () => {
  const { server, ana, bo } = setUp();
  using other = await bo.tab();
  await other.conversation.send('first');
  const [first] = other.outbox.contents.get().records;
  using second = await ana.tab();
  second.online();
  await second.until((timeline) => timeline.state === 'ready');
  const element = { id: messageId(7, 0), from: ana.user, at: 1, text: 'behind it' };
  const update = encodeAppend({ writer: 7, clock: 0, origin: { client: first?.writer ?? 0, clock: 0 }, element });
  const place = { document: DOCUMENT as DocumentId, incarnation: 0, writer: 7, clock: 0 };
  await second.outbox.add({ ...place, id: element.id, element, update });
  other.online();
  // The other person may have it before this tab has looked.
  await second.until(({ rows: [, row] }) => row?.delivery === 'sent' || row?.delivery === 'delivered');
  expect(server.messages(DOCUMENT).length).toBe(2);
});

test('a reset in one tab is a reset in the other', async () => {
  const { server, ana } = setUp();
  using first = await ana.tab();
  using second = await ana.tab();
  first.online();
  second.online();
  await first.conversation.send('old');
  await second.until((timeline) => timeline.rows[0]?.delivery === 'sent');
  second.offline();
  server.cut();
  server.reset(DOCUMENT);
  first.offline();
  first.online();
  await first.until((timeline) => timeline.state === 'ready' && timeline.rows.length === 0);
  await second.until((timeline) => timeline.rows.length === 0);
  await second.conversation.send('new');
  second.online();
  await first.until((timeline) => textsOf(timeline)[0] === 'new');
  expect(second.store.failure.get()).toBeUndefined();
  await until(second.outbox.contents, ({ records }) => records.length === 0);
});
