/** The whole client, without a screen, against a real server. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MessageId } from '../../schema/ids.ts';
import type { Timeline } from '../conversation/conversation.ts';
import { textsOf, until } from '../conversation/testing-device.ts';
import { messengerOf, type TestBrowser } from './testing-browser.ts';
import { PASSWORD, start, TestSite } from './testing-site.ts';

let site: TestSite;

beforeAll(async () => {
  site = await TestSite.open();
});

afterAll(() => site?.[Symbol.asyncDispose]());

const deliveryOf = (timeline: Timeline) => timeline.rows.map((row) => row.delivery);

test('two people talk, and what one does shows at the other', async () => {
  const [ana, bo] = [await site.join('Ana'), await site.join('Bo')];
  using _a = ana.accounts;
  using _b = bo.accounts;
  expect(await ana.messenger.findPeople('Bo')).toMatchObject({ ok: true });
  const id = await start(ana.messenger, bo.messenger);
  using here = ana.messenger.open(id);
  await here.send('hello');
  const listed = await until(bo.messenger.conversations, ({ items }) => items[0]?.unread === 1);
  expect(listed.items[0]).toMatchObject({ id, kind: 'direct', title: 'Ana', last: { text: 'hello' } });
  await until(here.timeline, (timeline) => deliveryOf(timeline)[0] === 'delivered');
  using there = bo.messenger.open(id);
  const arrived = await until(there.timeline, (timeline) => timeline.rows.length === 1);
  const first = arrived.rows[0]?.message.id as MessageId;
  expect(arrived.firstUnread).toBe(first);
  there.shown([first]);
  await until(here.timeline, (timeline) => deliveryOf(timeline)[0] === 'read');
  await here.edit(first, 'hello there');
  await until(there.timeline, (timeline) => textsOf(timeline)[0] === 'hello there');
  await until(here.timeline, (timeline) => timeline.rows[0]?.pending === false);
  await there.send('hi', first);
  await until(here.timeline, (timeline) => timeline.unread === 1);
  await here.delete(first);
  await until(there.timeline, (timeline) => textsOf(timeline)[0] === null);
  await until(ana.messenger.connection, ({ is }) => is === 'connected');
});

test('[P3] a message refused by the server is kept as failed, with its kind, and the next one works', async () => {
  const [ana, bo] = [await site.join('Ana'), await site.join('Bo')];
  using _a = ana.accounts;
  using _b = bo.accounts;
  using here = ana.messenger.open(await start(ana.messenger, bo.messenger));
  await here.send('x'.repeat(8_001));
  const refused = await until(here.timeline, (timeline) => timeline.failed.length === 1);
  expect(refused.failed[0]?.kind).toBe('too-long');
  await here.retry(refused.failed[0]?.key as string, 'short');
  const sent = await until(here.timeline, (timeline) => deliveryOf(timeline).includes('delivered'));
  expect(textsOf(sent)).toEqual(['short']);
  expect(sent.failed).toEqual([]);
});

test('[P3] written offline, the page closed and opened offline again: it arrives once and in order', async () => {
  const [ana, bo] = [await site.join('Ana'), await site.join('Bo')];
  using _b = bo.accounts;
  const id = await start(ana.messenger, bo.messenger);
  {
    using _a = ana.accounts;
    using here = ana.messenger.open(id);
    await here.send('online');
    await until(here.timeline, (timeline) => deliveryOf(timeline)[0] === 'delivered');
    ana.browser.setOnline(false);
    await here.send('offline one');
    await here.send('offline two');
    await until(ana.messenger.connection, (state) => state.is === 'offline' && state.waiting === 2);
  }
  using again = ana.browser.page();
  const messenger = await messengerOf(again);
  const listed = await until(messenger.conversations, ({ items }) => items[0]?.last?.text === 'offline two');
  expect(listed.items[0]?.last?.delivery).toBe('sending');
  using here = messenger.open(id);
  const shown = await until(here.timeline, (timeline) => timeline.rows.length === 3);
  expect(deliveryOf(shown)).toEqual(['delivered', 'sending', 'sending']);
  await here.send('after the reload');
  ana.browser.setOnline(true);
  await until(here.timeline, (timeline) => deliveryOf(timeline).every((delivery) => delivery === 'delivered'));
  using there = bo.messenger.open(id);
  expect(textsOf(there.timeline.get())).toEqual(['online', 'offline one', 'offline two', 'after the reload']);
  await until(messenger.connection, ({ is }) => is === 'connected');
  expect(ana.browser.keptStorage, 'once a page').toBe(2);
});

test('[P3] a session that ends loses nothing, and signing in again continues', async () => {
  const [ana, bo] = [await site.join('Ana'), await site.join('Bo')];
  using _a = ana.accounts;
  using _b = bo.accounts;
  const id = await start(ana.messenger, bo.messenger);
  using here = ana.messenger.open(id);
  await until(here.timeline, ({ state }) => state === 'ready');
  ana.browser.loseCookie();
  await until(ana.messenger.signedOut, (isOver) => isOver);
  await here.send('typed while signed out');
  const again = await ana.accounts.signIn({ email: ana.email, password: PASSWORD });
  expect(again.ok).toBe(true);
  expect(await messengerOf(ana.accounts)).toBe(ana.messenger);
  expect(ana.messenger.signedOut.get()).toBe(false);
  await until(here.timeline, (timeline) => deliveryOf(timeline)[0] === 'delivered');
});

test('signing out removes local data, unless something is unsent or the person keeps them', async () => {
  const [ana, bo] = [await site.join('Ana'), await site.join('Bo')];
  using _a = ana.accounts;
  using _b = bo.accounts;
  const id = await start(ana.messenger, bo.messenger);
  const stored = async (profile: TestBrowser) =>
    (await indexedDB.databases()).filter((entry) => entry.name?.startsWith(`${profile.prefix}/`)).length;
  using there = bo.messenger.open(id);
  await until(there.timeline, ({ state }) => state === 'ready');
  bo.browser.setOnline(false);
  await there.send('unsent');
  await bo.messenger.signOut({ data: 'remove-if-sent' });
  expect(await stored(bo.browser)).toBe(3); // account, its document, conversation
  expect(bo.accounts.current.get().is).toBe('signed-out');
  await ana.messenger.signOut({ data: 'remove-if-sent' });
  expect(await stored(ana.browser)).toBe(0);
  expect((await ana.accounts.signIn({ email: ana.email, password: 'wrong password' })).ok).toBe(false);
  bo.browser.setOnline(true);
  expect((await bo.accounts.signIn({ email: bo.email, password: PASSWORD })).ok).toBe(true);
  const back = await messengerOf(bo.accounts);
  using again = back.open(id);
  await until(again.timeline, (timeline) => deliveryOf(timeline)[0] === 'sent');
  bo.browser.setOnline(false);
  await again.send('unsent too, and given up');
  await back.signOut({ data: 'remove' });
  expect(await stored(bo.browser)).toBe(0);
});

test('a second tab shares the socket of the first, takes part in the same account and follows when it signs out', async () => {
  const [ana, bo] = [await site.join('Ana'), await site.join('Bo')];
  using _a = ana.accounts;
  using _b = bo.accounts;
  const id = await start(ana.messenger, bo.messenger);
  using second = ana.browser.page();
  const there = await messengerOf(second);
  using here = ana.messenger.open(id);
  using other = there.open(id);
  await here.send('from the first tab');
  await until(other.timeline, (timeline) => timeline.rows.length === 1);
  await until(other.timeline, (timeline) => deliveryOf(timeline)[0] === 'delivered');
  expect(ana.browser.sockets).toBe(1);
  await ana.messenger.signOut({ data: 'keep' });
  await until(second.current, ({ is }) => is === 'signed-out');
});

test('a conversation somebody starts with me appears without being asked for', async () => {
  const [ana, bo] = [await site.join('Ana'), await site.join('Bo')];
  using _a = ana.accounts;
  using _b = bo.accounts;
  await until(bo.messenger.conversations, ({ state }) => state === 'ready');
  using here = ana.messenger.open(await start(ana.messenger, bo.messenger));
  await here.send('surprise');
  await until(bo.messenger.conversations, ({ items }) => items[0]?.last?.text === 'surprise');
  await until(here.timeline, (timeline) => deliveryOf(timeline)[0] === 'delivered');
});

test('[P3] removed from a group while writing: the text stays, and goes out after being let in again', async () => {
  const [ana, bo] = [await site.join('Ana'), await site.join('Bo')];
  using _a = ana.accounts;
  using _b = bo.accounts;
  const answer = await ana.messenger.createConversation({ title: 'Garden', memberIds: [bo.messenger.account.id] });
  if (!answer.ok) throw new Error('no group');
  const id = answer.value;
  await until(bo.messenger.conversations, ({ items }) => items.length === 1);
  using here = ana.messenger.open(id);
  using there = bo.messenger.open(id);
  await there.send('first');
  await until(here.timeline, (timeline) => timeline.rows.length === 1);
  const member = `/api/conversations/${id}/members/${bo.messenger.account.id}`;
  bo.browser.setOnline(false);
  await there.send('written while being removed');
  expect((await ana.browser.ask('DELETE', member)).status).toBe(204);
  bo.browser.setOnline(true);
  // "first" arrived; whether its acknowledgement did too, is a matter of luck.
  const { failed } = await until(there.timeline, (timeline) => timeline.failed.length > 0);
  expect(failed.at(-1)).toMatchObject({ text: 'written while being removed', kind: 'not-member' });
  await until(bo.messenger.connection, ({ is }) => is === 'connected');
  expect((await ana.browser.ask('PUT', member, { role: 'member' })).ok).toBe(true);
  await there.retry(failed.at(-1)?.key ?? '');
  const arrived = await until(here.timeline, (timeline) => timeline.rows.length === 2);
  expect(textsOf(arrived)).toEqual(['first', 'written while being removed']);
  const own = await until(there.timeline, (timeline) => timeline.failed.length === 0 && timeline.rows.length === 2);
  expect(textsOf(own)).toEqual(textsOf(arrived));
});

test('[P4] left with everything written there: gone from the list, from this device and from the others, who go on', async () => {
  const [ana, bo] = [await site.join('Ana'), await site.join('Bo')];
  using _a = ana.accounts;
  using _b = bo.accounts;
  const started = await ana.messenger.createConversation({ title: 'Plans', memberIds: [bo.messenger.account.id] });
  if (!started.ok) throw new Error('no group');
  const id = started.value;
  using here = ana.messenger.open(id);
  using there = bo.messenger.open(id);
  await until(there.timeline, ({ state }) => state === 'ready');
  await there.send('taken back');
  await until(here.timeline, (timeline) => textsOf(timeline)[0] === 'taken back');
  const databases = async () =>
    (await indexedDB.databases()).filter(({ name }) => name?.includes(`${bo.browser.prefix}/`));
  expect((await databases()).some(({ name }) => name?.includes(id))).toBe(true);
  expect(await bo.messenger.leave(id, { erase: true })).toMatchObject({ ok: true });
  await until(bo.messenger.conversations, ({ items }) => items.length === 0);
  await expect
    .poll(async () => (await databases()).some(({ name }) => name?.includes(id)), { timeout: 10_000 })
    .toBe(false);
  await until(here.timeline, (timeline) => textsOf(timeline)[0] === null);
  await here.send('alone now');
  await until(here.timeline, (timeline) => timeline.rows[1]?.delivery === 'sent');
});

test('deleting the account needs the password, and leaves neither session nor data here; the other keeps the conversation', async () => {
  const [ana, bo] = [await site.join('Ana'), await site.join('Bo')];
  using _a = ana.accounts;
  using _b = bo.accounts;
  const id = await start(ana.messenger, bo.messenger);
  using here = ana.messenger.open(id);
  using there = bo.messenger.open(id);
  await until(there.timeline, ({ state }) => state === 'ready');
  await there.send('keep this');
  await until(here.timeline, (timeline) => timeline.rows.length === 1);
  const wrong = await bo.messenger.deleteAccount({ password: 'guess', erase: false });
  expect(wrong).toMatchObject({ ok: false, failure: { status: 403 } });
  expect(await bo.messenger.deleteAccount({ password: PASSWORD, erase: false })).toMatchObject({ ok: true });
  await until(bo.accounts.current, ({ is }) => is === 'signed-out');
  expect((await indexedDB.databases()).filter(({ name }) => name?.includes(`${bo.browser.prefix}/`))).toEqual([]);
  expect(await bo.accounts.signIn({ email: bo.email, password: PASSWORD })).toMatchObject({ ok: false });
  await until(ana.messenger.conversations, ({ items }) => items[0]?.title === 'Deleted account');
  expect(ana.messenger.conversations.get().items[0]?.isOver).toBe(true);
  await here.send('to nobody');
  const timeline = await until(here.timeline, ({ failed }) => failed.length === 1);
  expect(timeline.failed).toMatchObject([{ text: 'to nobody', kind: 'read-only' }]);
  expect(textsOf(timeline)).toEqual(['keep this']);
});
