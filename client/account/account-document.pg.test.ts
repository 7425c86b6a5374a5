/** The account document of a whole client against a real server: devices, tabs, and no network. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accountId, type ConversationId } from '../../schema/ids.ts';
import { freshDatabase, type TestDatabase } from '../../server/database/testing.ts';
import { startServer, type TestServer } from '../../server/testing/server.ts';
import { until } from '../conversation/testing-device.ts';
import { messengerOf, TestBrowser } from './testing-browser.ts';

const C = 'c' as ConversationId;
const password = 'correct horse battery';
let database: TestDatabase;
let server: TestServer;
let people = 0;

beforeAll(async () => {
  database = await freshDatabase();
  server = await startServer({ databaseUrl: database.url });
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

/** One person in two browsers. */
async function twoBrowsers() {
  const email = `ana.${people++}@example.com`;
  const profiles = [new TestBrowser(() => server.url), new TestBrowser(() => server.url)] as const;
  const [one, other] = [profiles[0].page(), profiles[1].page()];
  expect(await one.signUp({ name: 'Ana', email, password })).toMatchObject({ ok: true });
  expect(await other.signIn({ email, password })).toMatchObject({ ok: true });
  const messengers = [await messengerOf(one), await messengerOf(other)] as const;
  return { profiles, pages: [one, other] as const, here: messengers[0].shared, there: messengers[1].shared, email };
}

test('what one device sets shows on the other: theme, privacy, drafts, how conversations are kept', async () => {
  const { pages, here, there } = await twoBrowsers();
  using _one = pages[0];
  using _other = pages[1];
  here.setTheme('dark');
  here.setPrivacy({ presence: false });
  here.setDraft(C, { text: 'half a thought', at: 1 });
  here.keep(C, { pinned: true });
  here.keep(C, { muted: true });
  const values = await until(there.values, ({ conversations }) => conversations.get(C)?.muted === true);
  expect(values).toMatchObject({ theme: 'dark', privacy: { receipts: true, presence: false, typing: true } });
  expect(values.drafts.get(C)).toEqual({ text: 'half a thought', at: 1 });
  expect(values.conversations.get(C)).toEqual({ pinned: true, muted: true });
  there.keep(C, { pinned: false, muted: false });
  there.setDraft(C, undefined);
  there.setTheme('system');
  await until(
    here.values,
    ({ theme, drafts, conversations }) => theme === 'system' && !drafts.size && !conversations.size,
  );
});

test('what is set without a network survives the page and arrives later', async () => {
  const { profiles, pages, here, there } = await twoBrowsers();
  using _other = pages[1];
  here.setDraft(C, { text: 'before', at: 1 });
  await until(there.values, ({ drafts }) => drafts.has(C));
  profiles[0].setOnline(false);
  here.setDraft(C, { text: 'typed in a tunnel', at: 2 });
  here.keep(C, { archived: true });
  await until(here.values, ({ conversations }) => conversations.has(C));
  pages[0][Symbol.dispose]();
  using again = profiles[0].page();
  const { shared } = await messengerOf(again);
  await until(shared.values, ({ drafts }) => drafts.get(C)?.text === 'typed in a tunnel');
  expect(there.values.get().drafts.get(C)?.text).toBe('before');
  profiles[0].setOnline(true);
  await until(there.values, ({ drafts }) => drafts.get(C)?.text === 'typed in a tunnel');
  await until(there.values, ({ conversations }) => conversations.get(C)?.archived === true);
});

test('tabs of one browser share it, also without a network', async () => {
  const { profiles, pages, here } = await twoBrowsers();
  using _one = pages[0];
  using _other = pages[1];
  using second = profiles[0].page();
  const { shared } = await messengerOf(second);
  await until(shared.values, ({ isComplete }) => isComplete);
  profiles[0].setOnline(false);
  here.keep(C, { pinned: true });
  await until(shared.values, ({ conversations }) => conversations.get(C)?.pinned === true);
});

test('a draft too large to be shared stays where it was typed, and disturbs nothing', async () => {
  const { pages, here, there } = await twoBrowsers();
  using _one = pages[0];
  using _other = pages[1];
  here.setDraft(C, { text: 'x'.repeat(20_000), at: 1 });
  here.setTheme('light');
  const values = await until(there.values, ({ theme }) => theme === 'light');
  expect(values.drafts.size).toBe(0);
});

test('signing out with the data removes the stored copy', async () => {
  const { profiles, pages, here } = await twoBrowsers();
  using _one = pages[0];
  using _other = pages[1];
  here.setTheme('dark');
  const messenger = await messengerOf(pages[0]);
  await until(here.values, ({ theme, isComplete }) => theme === 'dark' && isComplete);
  await messenger.signOut({ data: 'remove' });
  const names = (await indexedDB.databases()).map(({ name }) => name ?? '');
  expect(
    names.filter((name) => name.startsWith(profiles[0].prefix) && name.includes(accountId(messenger.account.id))),
  ).toEqual([]);
});
