/** A conversation over several epochs, the whole client without a screen against a real server that closes them early. */
import { openDB } from 'idb';
import { expect, test } from 'vitest';
import { isDeleted } from '../../schema/document/message.ts';
import type { Conversation } from '../conversation/conversation.ts';
import { textsOf, until } from '../conversation/testing-device.ts';
import { messengerOf, type TestBrowser } from './testing-browser.ts';
import { PASSWORD, start, TestSite } from './testing-site.ts';

const EPOCH = 40;

const openSite = () => TestSite.open({ epochLimits: { messages: EPOCH, bytes: 1_000_000, writers: 100 } });

const deliveryOf = (conversation: Conversation, text: string) =>
  conversation.timeline.get().rows.find(({ message }) => 'text' in message && message.text === text)?.delivery;

test('[P3][P7] offline for three roll-overs: own messages at the end, once each, ticks and unread right everywhere', async () => {
  await using site = await openSite();
  const [ana, bo] = [await site.join('Ana'), await site.join('Bo')];
  using _a = ana.accounts;
  using _b = bo.accounts;
  const id = await start(ana.messenger, bo.messenger);
  using here = ana.messenger.open(id);
  await here.send('together');
  await until(bo.messenger.conversations, ({ items }) => items.length === 1);
  using there = bo.messenger.open(id);
  const first = await until(there.timeline, (timeline) => timeline.rows.length === 1);
  there.shown(first.rows.map(({ message }) => message.id));
  await until(here.timeline, () => deliveryOf(here, 'together') === 'read');

  ana.browser.setOnline(false);
  const own = Array.from({ length: 20 }, (_, index) => `from the train ${index}`);
  for (const text of own) await here.send(text);
  const meanwhile = Array.from({ length: 3 * EPOCH }, (_, index) => `meanwhile ${index}`);
  for (const text of meanwhile) {
    const posted = await bo.browser.ask('POST', `/api/conversations/${id}/messages`, { text });
    expect(posted.status).toBe(201);
  }
  await until(there.timeline, ({ rows }) => rows.length === 1 + meanwhile.length);
  expect(new Set(there.timeline.get().rows.map((row) => row.epoch)).size).toBeGreaterThanOrEqual(3);

  const seen: string[] = [];
  here.timeline.subscribe(() => {
    const texts = textsOf(here.timeline.get());
    if (own.some((text) => texts.filter((one) => one === text).length !== 1)) seen.push(texts.join(' '));
  });
  ana.browser.setOnline(true);
  const back = await until(here.timeline, () => own.every((text) => deliveryOf(here, text) === 'delivered'));
  const expected = ['together', ...meanwhile, ...own];
  expect(textsOf(back)).toEqual(expected);
  expect(seen).toEqual([]);
  expect(back).toMatchObject({ failed: [], unread: meanwhile.length, newer: 'none' });
  const arrived = await until(there.timeline, ({ rows }) => rows.length === expected.length);
  expect(textsOf(arrived)).toEqual(expected);
  expect(arrived.unread).toBe(own.length);

  // Reading the newest epoch reads all earlier ones, for both sides.
  here.shown(back.rows.slice(-30).map(({ message }) => message.id));
  there.shown(arrived.rows.map(({ message }) => message.id));
  await until(here.timeline, () => own.every((text) => deliveryOf(here, text) === 'read'));
  await until(here.timeline, (timeline) => timeline.unread < 30);
  const listed = async () => {
    const { items } = (await (await ana.browser.ask('GET', '/api/conversations')).json()) as {
      items: { unread: number }[];
    };
    return items[0]?.unread;
  };
  // The receipt is on its way.
  await expect.poll(listed, { timeout: 10_000 }).toBe(here.timeline.get().unread);
}, 120_000);

test('a fresh device opens the newest epoch, pages back to the first message and jumps by link and date', async () => {
  await using site = await openSite();
  const [ana, bo] = [await site.join('Ana'), await site.join('Bo')];
  using _a = ana.accounts;
  using _b = bo.accounts;
  const id = await start(ana.messenger, bo.messenger);
  const posted: string[] = [];
  for (let index = 0; index < 9 * EPOCH + 5; index++) {
    const answer = await ana.browser.ask('POST', `/api/conversations/${id}/messages`, { text: `${index}` });
    posted.push(((await answer.json()) as { id: string }).id);
  }
  const fresh = site.browser();
  using accounts = fresh.page();
  await accounts.signIn({ email: bo.email, password: PASSWORD });
  const messenger = await messengerOf(accounts);
  await until(messenger.conversations, ({ items }) => items[0]?.unread === posted.length);
  using talk = messenger.open(id);
  const opened = await until(talk.timeline, ({ rows }) => rows.length > 0);
  expect(opened.rows.length).toBeLessThanOrEqual(EPOCH);
  expect(opened.older).toBe('more');
  expect(messenger.conversations.get().items[0]?.unread).toBe(posted.length);
  while (talk.timeline.get().older === 'more') await talk.loadOlder();
  expect(textsOf(talk.timeline.get())[0]).toBe('0');
  expect(talk.timeline.get().rows.length).toBeLessThanOrEqual(6 * EPOCH + 5);
  expect(await talk.jump('latest')).toEqual({ ok: true, row: posted.at(-1) });
  expect(await talk.jump({ message: posted[100] as never })).toEqual({ ok: true, row: posted[100] });
  expect(await talk.jump({ message: 'zzz-zz' as never })).toEqual({ ok: false, why: 'unknown' });
  expect(await talk.jump({ date: 0 })).toEqual({ ok: true, row: posted[0] });
  expect(await talk.jump({ date: Date.now() + 1_000 })).toEqual({ ok: true, row: posted.at(-1) });
}, 120_000);

/** Names of this browser's databases with a record that holds the text. */
async function databasesWith(text: string, browser: TestBrowser): Promise<string[]> {
  const found: string[] = [];
  for (const { name = '' } of await indexedDB.databases()) {
    if (!name.startsWith(`${browser.prefix}/`)) continue;
    const database = await openDB(name);
    for (const store of database.objectStoreNames) {
      const records = (await database.getAll(store)) as unknown[];
      const bytes = records.map((record) =>
        record instanceof Uint8Array ? record : Buffer.from(JSON.stringify(record)),
      );
      if (bytes.some((record) => Buffer.from(record).includes(text))) found.push(`${name.split('/').at(-1)}/${store}`);
    }
    database.close();
  }
  return found;
}

test('[P4] what was deleted in an epoch that nobody opens leaves the device all the same', async () => {
  await using site = await openSite();
  const [ana, bo] = [await site.join('Ana'), await site.join('Bo')];
  using _a = ana.accounts;
  const id = await start(ana.messenger, bo.messenger);
  using here = ana.messenger.open(id);
  await here.send('a word too much');
  await here.send('harmless');
  const [first] = (await until(here.timeline, ({ rows }) => rows.length === 2)).rows;
  await until(bo.messenger.conversations, ({ items }) => items.length === 1);
  {
    using there = bo.messenger.open(id);
    for (let index = 0; index < 3 * EPOCH; index++)
      await ana.browser.ask('POST', `/api/conversations/${id}/messages`, { text: `${index}` });
    const { rows } = await until(there.timeline, (timeline) => timeline.rows.length === 2 + 3 * EPOCH);
    there.shown(rows.map(({ message }) => message.id));
    await until(here.timeline, () => deliveryOf(here, 'harmless') === 'read');
  }
  // The preview of the list is kept a moment after it changed.
  await expect.poll(() => databasesWith('a word too much', bo.browser)).toEqual([`${id}.0/updates`]);
  bo.accounts[Symbol.dispose]();
  if (!first) throw new Error('no message');
  await here.delete(first.message.id);
  await until(here.timeline, ({ rows }) => rows.some(({ message, pending }) => isDeleted(message) && !pending));

  using again = bo.browser.page();
  const messenger = await messengerOf(again);
  await until(messenger.conversations, ({ items }) => items.length === 1);
  await expect.poll(() => databasesWith('a word too much', bo.browser), { timeout: 20_000 }).toEqual([]);
  expect(await databasesWith('harmless', bo.browser)).toEqual([`${id}.0/updates`]);
}, 120_000);
