/** The account document of a whole client against a real server: devices, tabs, and no network. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accountId, type ConversationId, type MessageId } from '../../schema/ids.ts';
import type { Conversation } from '../conversation/conversation.ts';
import { until } from '../conversation/testing-device.ts';
import { messengerOf } from './testing-browser.ts';
import { PASSWORD, TestSite } from './testing-site.ts';

const C = 'c' as ConversationId;
let site: TestSite;

beforeAll(async () => {
  site = await TestSite.open();
});

afterAll(() => site?.[Symbol.asyncDispose]());

/** One person in two browsers. */
async function twoBrowsers() {
  const { browser, email, accounts: one, messenger } = await site.join('Ana');
  const profiles = [browser, site.browser()] as const;
  const other = profiles[1].page();
  expect(await other.signIn({ email, password: PASSWORD })).toMatchObject({ ok: true });
  const { shared: there } = await messengerOf(other);
  return { profiles, pages: [one, other] as const, here: messenger.shared, there, email };
}

test('what one device sets shows on the other: theme, language, privacy, drafts, how conversations are kept', async () => {
  const { pages, here, there } = await twoBrowsers();
  using _one = pages[0];
  using _other = pages[1];
  here.setTheme('dark');
  here.setLanguage('ar');
  here.setPrivacy({ presence: false });
  here.setDraft(C, { text: 'half a thought', at: 1 });
  here.keep(C, { pinned: true });
  here.keep(C, { muted: true });
  const values = await until(there.values, ({ conversations }) => conversations.get(C)?.muted === true);
  expect(values).toMatchObject({
    theme: 'dark',
    language: 'ar',
    privacy: { receipts: true, presence: false, typing: true },
  });
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

test('[A16] stars that two devices give without each other add up, and one taken back is gone on both', async () => {
  const { profiles, pages, here, there } = await twoBrowsers();
  using _one = pages[0];
  using _other = pages[1];
  const [first, second, third] = ['1-0', '1-1', '1-2'] as MessageId[] as [MessageId, MessageId, MessageId];
  here.star(C, first, true);
  await until(there.values, ({ stars }) => stars.get(C)?.has(first) === true);
  profiles[0].setOnline(false);
  here.star(C, second, true);
  here.star(C, first, false);
  there.star(C, third, true);
  await until(here.values, ({ stars }) => stars.get(C)?.has(second) === true);
  expect(there.values.get().stars.get(C)?.has(second)).toBe(false);
  profiles[0].setOnline(true);
  for (const shared of [here, there])
    await until(
      shared.values,
      ({ stars }) => [...(stars.get(C)?.keys() ?? [])].toSorted().join() === `${second},${third}`,
    );
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

test('[A8] read with receipts off: all own devices know it, the server counts it, nobody else learns it', async () => {
  const { profiles, pages, here, there } = await twoBrowsers();
  const { accounts, messenger: other } = await site.join('Bo');
  using _bo = accounts;
  const [ana, phone] = [await messengerOf(pages[0]), await messengerOf(pages[1])];
  here.setPrivacy({ receipts: false });
  await until(there.values, ({ privacy, isComplete }) => !privacy.receipts && isComplete);
  const begin = async (title: string): Promise<Conversation> => {
    const started = await other.createConversation({ title, memberIds: [ana.account.id] });
    const written = other.open((started.ok && started.value) as ConversationId);
    await written.send('read, but do not say so');
    return written;
  };
  const [one, two] = [await begin('One'), await begin('Two')];
  // Each device reads one of them while the other keeps it otherwise, without hearing of it: one of the two values wins.
  const conversations = [ana.open(one.id), phone.open(two.id), phone.open(one.id), ana.open(two.id)] as const;
  for (const { timeline } of conversations) await until(timeline, ({ unread }) => unread === 1);
  profiles[1].setOnline(false);
  for (const [{ id, timeline, shown }, reader, keeper] of [
    [conversations[0], here, there],
    [conversations[1], there, here],
  ] as const) {
    keeper.keep(id, { pinned: true });
    shown(timeline.get().rows.map(({ message }) => message.id));
    await until(reader.values, ({ conversations }) => conversations.get(id)?.r !== undefined);
  }
  // Neither remembers what it has read but by its copy of the account document.
  for (const shared of [here, there]) await shared.setDraft(C, undefined);
  for (const page of pages) page[Symbol.dispose]();
  using page = profiles[0].page();
  using phonePage = profiles[1].page();
  const opened = [await messengerOf(page), await messengerOf(phonePage)] as const;
  profiles[1].setOnline(true);
  for (const { id, timeline } of [one, two]) {
    for (const messenger of opened) {
      using conversation = messenger.open(id);
      await until(conversation.timeline, ({ rows, unread }) => rows.length === 1 && unread === 0);
    }
    await until(timeline, ({ rows }) => rows[0]?.delivery === 'delivered');
  }
  const unread = async () => {
    const answer = await profiles[0].ask('GET', '/api/conversations');
    return ((await answer.json()) as { items: { unread: number }[] }).items.map((item) => item.unread);
  };
  await expect.poll(unread).toEqual([0, 0]);
  const { rows } = await site.database.pool.query('select from read_receipts where "user" = $1', [ana.account.id]);
  expect(rows).toEqual([]);
  for (const { timeline } of [one, two]) expect(timeline.get().rows[0]?.delivery).toBe('delivered');
});

test('a copy that does not fit the server any more is replaced at once, in all tabs, and goes on', async () => {
  const { profiles, pages, here, there } = await twoBrowsers();
  using _one = pages[0];
  using _other = pages[1];
  using tab = profiles[0].page();
  const { shared } = await messengerOf(tab);
  here.setTheme('dark');
  here.setDraft(C, { text: 'known to all', at: 1 });
  for (const { values } of [there, shared])
    await until(values, ({ drafts, theme }) => drafts.has(C) && theme === 'dark');
  // What an administrator does after a restore, and a client on whose copy the server has not agreed.
  const document = accountId((await messengerOf(pages[0])).account.id);
  for (const profile of profiles) profile.setOnline(false);
  here.setTheme('light');
  await until(shared.values, ({ theme }) => theme === 'light');
  await site.restart(({ pool }) => pool.query("update documents set generation = 'another' where id = $1", [document]));
  for (const profile of profiles) profile.setOnline(true);
  for (const { values } of [here, shared, there])
    await until(values, ({ theme, drafts, isComplete }) => isComplete && theme === 'dark' && drafts.has(C));
  there.setTheme('light');
  for (const { values } of [here, shared]) await until(values, ({ theme }) => theme === 'light');
  here.setDraft(C, undefined);
  for (const { values } of [there, shared]) await until(values, ({ drafts }) => !drafts.has(C));
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
