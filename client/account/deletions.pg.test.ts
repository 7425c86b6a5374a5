/** Deletions of a whole client against a real server: what is undone, what a hidden or closed page leaves to do, and no network. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isDeleted } from '../../schema/document/message.ts';
import type { ConversationId, MessageId } from '../../schema/ids.ts';
import type { Conversation, Messenger } from '../conversation/conversation.ts';
import { textsOf, until } from '../conversation/testing-device.ts';
import { messengerOf } from './testing-browser.ts';
import { PASSWORD, start, TestSite } from './testing-site.ts';

let site: TestSite;

beforeAll(async () => {
  site = await TestSite.open();
});

afterAll(() => site?.[Symbol.asyncDispose]());

/** Ana has written two messages to Bo, and both see them. */
async function talk() {
  const [ana, bo] = [await site.join('Ana'), await site.join('Bo')];
  const id = await start(ana.messenger, bo.messenger);
  const [here, there] = [ana.messenger.open(id), bo.messenger.open(id)];
  await here.send('one');
  await here.send('two');
  for (const { timeline } of [here, there]) await until(timeline, ({ rows }) => rows.length === 2);
  const two = here.timeline.get().rows[1]?.message.id as MessageId;
  return { ana, bo, id, here, there, two };
}

const shows = (conversation: Conversation, ...texts: (string | null)[]) =>
  until(conversation.timeline, (timeline) => JSON.stringify(textsOf(timeline)) === JSON.stringify(texts));
const lastOf = (messenger: Messenger, id: ConversationId, text: string | null) =>
  until(messenger.conversations, ({ items }) => items.find((item) => item.id === id)?.last?.text === text);

test('what is deleted and undone is back, here at once, and was never gone for anybody else', async () => {
  const { ana, bo, id, here, there, two } = await talk();
  using _ana = ana.accounts;
  using _bo = bo.accounts;
  ana.messenger.deletions.begin({ conversation: id, ids: [two], whom: 'everyone' });
  await shows(here, 'one', null);
  await lastOf(ana.messenger, id, null);
  expect(here.timeline.get().rows[1]?.message).toMatchObject({ by: ana.messenger.account.id });
  ana.messenger.deletions.undo();
  await shows(here, 'one', 'two');
  await lastOf(ana.messenger, id, 'two');
  await here.send('three');
  await shows(there, 'one', 'two', 'three');
  expect(await site.database.pool.query('select 1 from messages where deleted_at is not null')).toHaveProperty(
    'rows',
    [],
  );
});

test('a hidden page deletes what it showed as deleted', async () => {
  const { ana, bo, id, here, there, two } = await talk();
  using _ana = ana.accounts;
  using _bo = bo.accounts;
  // However long it would be shown.
  ana.messenger.deletions.hold();
  ana.messenger.deletions.begin({ conversation: id, ids: [two], whom: 'everyone' });
  ana.browser.hide();
  await shows(there, 'one', null);
  await shows(here, 'one', null);
  expect(ana.messenger.deletions.state.get()).toBeUndefined();
});

test('[P3] deleted without a network by a page that is closed then: gone for good once there is one', async () => {
  const { ana, bo, id, there, two } = await talk();
  using _bo = bo.accounts;
  ana.browser.setOnline(false);
  ana.messenger.deletions.begin({ conversation: id, ids: [two], whom: 'everyone' });
  ana.accounts[Symbol.dispose]();
  using again = ana.browser.page();
  const messenger = await messengerOf(again);
  await shows(messenger.open(id), 'one', null);
  ana.browser.setOnline(true);
  await shows(there, 'one', null);
  expect(there.timeline.get().rows.map(({ message }) => isDeleted(message))).toEqual([false, true]);
});

const hiddenOf = (messenger: Messenger, id: ConversationId) => messenger.shared.values.get().hidden.get(id)?.size ?? 0;
const unreadOf = ({ conversations }: Messenger, id: ConversationId) =>
  conversations.get().items.find((item) => item.id === id)?.unread;

test('[M13] deleted for oneself, without a network too, it is gone on all one’s devices, from lists and quotes, and from nobody else', async () => {
  const { ana, bo, id, here, there, two } = await talk();
  using _ana = ana.accounts;
  using _bo = bo.accounts;
  await here.send('in reply', two);
  await shows(there, 'one', 'two', 'in reply');
  const tablet = site.browser();
  const page = tablet.page();
  await page.signIn({ email: bo.email, password: PASSWORD });
  const there2 = (await messengerOf(page)).open(id);
  await shows(there2, 'one', 'two', 'in reply');
  expect(unreadOf(bo.messenger, id)).toBe(3);
  bo.browser.setOnline(false);
  bo.messenger.deletions.begin({ conversation: id, ids: [two], whom: 'me' });
  await shows(there, 'one', 'in reply');
  expect(there.timeline.get().rows[1]?.quoted).toBe('hidden');
  expect(await there.lookUp(two)).toBe('hidden');
  await until(bo.messenger.conversations, () => unreadOf(bo.messenger, id) === 2);
  // A page that ends: the next one shows it at no moment.
  bo.accounts[Symbol.dispose]();
  using again = bo.browser.page();
  const messenger = await messengerOf(again);
  const opened = messenger.open(id);
  const seen: string[] = [];
  opened.timeline.subscribe(() => seen.push(JSON.stringify(textsOf(opened.timeline.get()))));
  await shows(opened, 'one', 'in reply');
  expect(seen.filter((texts) => texts.includes('"two"'))).toEqual([]);
  bo.browser.setOnline(true);
  await shows(there2, 'one', 'in reply');
  await shows(here, 'one', 'two', 'in reply');
  page[Symbol.dispose]();
});

test('the last message of a chat, deleted for oneself, gives its place in the list to the one before', async () => {
  const { ana, bo, id, there, two } = await talk();
  using _ana = ana.accounts;
  using _bo = bo.accounts;
  bo.messenger.deletions.begin({ conversation: id, ids: [two], whom: 'me' });
  await lastOf(bo.messenger, id, 'one');
  await bo.messenger.deletions.finish();
  await shows(there, 'one');
  await lastOf(bo.messenger, id, 'one');
});

test('[M13] what is hidden is forgotten once it is deleted for everyone, or its conversation left', async () => {
  const { ana, bo, id, here, there, two } = await talk();
  using _ana = ana.accounts;
  using _bo = bo.accounts;
  const one = here.timeline.get().rows[0]?.message.id as MessageId;
  bo.messenger.deletions.begin({ conversation: id, ids: [one, two], whom: 'me' });
  await bo.messenger.deletions.finish();
  await shows(there);
  expect(hiddenOf(bo.messenger, id)).toBe(2);
  ana.messenger.deletions.begin({ conversation: id, ids: [two], whom: 'everyone' });
  await ana.messenger.deletions.finish();
  await shows(there, null);
  expect(hiddenOf(bo.messenger, id)).toBe(1);
  const started = await bo.messenger.createConversation({ title: 'Group', memberIds: [ana.messenger.account.id] });
  const group = (started.ok && started.value) as ConversationId;
  const talked = bo.messenger.open(group);
  await talked.send('three');
  const rows = await until(talked.timeline, ({ rows }) => rows.length === 1);
  bo.messenger.deletions.begin({ conversation: group, ids: [rows.rows[0]?.message.id as MessageId], whom: 'me' });
  await bo.messenger.deletions.finish();
  expect(hiddenOf(bo.messenger, group)).toBe(1);
  await bo.messenger.groups.put(group, ana.messenger.account.id, 'owner');
  expect(await bo.messenger.leave(group, { erase: false })).toMatchObject({ ok: true });
  await until(bo.messenger.shared.values, ({ hidden }) => !hidden.has(group));
});
