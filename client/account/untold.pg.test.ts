/** What was changed without a network, told to a real server by a page that came later: profile and pins, taken and refused. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MessageId } from '../../schema/ids.ts';
import { MAX_NAME_CHARACTERS } from '../../schema/limits.ts';
import type { Messenger } from '../conversation/conversation.ts';
import { until } from '../conversation/testing-device.ts';
import { messengerOf } from './testing-browser.ts';
import { PASSWORD, start, TestSite } from './testing-site.ts';

const ICON = new Blob([await readFile(new URL('../public/icons/icon-192.png', import.meta.url))], {
  type: 'image/png',
});

let site: TestSite;

beforeAll(async () => {
  site = await TestSite.open();
});

afterAll(() => site?.[Symbol.asyncDispose]());

const isTold = ({ profile }: Messenger) => until(profile.untold, ({ waiting }) => waiting.length === 0);

test('[A14] [A15] a profile changed without a network shows on the next page, too, and reaches others and one’s other devices', async () => {
  const [ana, bo] = [await site.join('Ana'), await site.join('Bo')];
  using _b = bo.accounts;
  const phone = site.browser();
  using phoneAccounts = phone.page();
  expect((await phoneAccounts.signIn({ email: ana.email, password: PASSWORD })).ok).toBe(true);
  const there = await messengerOf(phoneAccounts);
  await start(ana.messenger, bo.messenger);
  await until(there.conversations, ({ items }) => items.length === 1);
  {
    using _a = ana.accounts;
    ana.browser.setOnline(false);
    await ana.messenger.profile.change({ name: 'Ana Amari', status: 'At sea', picture: ICON });
    expect(ana.messenger.profile.own.get()).toMatchObject({ name: 'Ana Amari', status: 'At sea' });
  }
  using again = ana.browser.page();
  const messenger = await messengerOf(again);
  expect(messenger.profile.own.get()).toMatchObject({ name: 'Ana Amari', status: 'At sea' });
  expect(messenger.profile.untold.get().waiting).toEqual(['name', 'status', 'picture']);
  const listed = await until(messenger.conversations, ({ items }) => items.length === 1);
  expect(listed.items[0]?.members.map(({ name }) => name).sort()).toEqual(['Ana Amari', 'Bo']);
  // The phone hears nothing of it while it is away.
  phone.setOnline(false);
  ana.browser.setOnline(true);
  await isTold(messenger);
  const { picture } = messenger.profile.own.get();
  const shown = await until(bo.messenger.conversations, ({ items }) => items[0]?.picture === picture);
  expect(shown.items[0]).toMatchObject({ title: 'Ana Amari' });
  expect(there.profile.own.get().name).toBe('Ana');
  phone.setOnline(true);
  await until(there.profile.own, (own) => own.picture === picture);
  expect(there.profile.own.get()).toEqual({ name: 'Ana Amari', status: 'At sea', picture });
});

test('[A14] [A15] what the server refuses is told, field by field, and its own values show', async () => {
  const ana = await site.join('Ana');
  using _a = ana.accounts;
  const { profile } = ana.messenger;
  const film = new Blob(['no picture'], { type: 'image/png' });
  await profile.change({ name: 'x'.repeat(MAX_NAME_CHARACTERS + 1), status: 'Fine', picture: film });
  await isTold(ana.messenger);
  expect(profile.untold.get().refused).toEqual(['name', 'picture']);
  expect(profile.own.get()).toEqual({ name: 'Ana', status: 'Fine' });
});

test('[A14] [C9] signing out with a change or a pin waiting removes nothing, and it is told after signing in again', async () => {
  const [ana, bo] = [await site.join('Ana'), await site.join('Bo')];
  using _a = ana.accounts;
  using _b = bo.accounts;
  const id = await start(ana.messenger, bo.messenger);
  for (const change of ['profile', 'pin'] as const) {
    const messenger = await messengerOf(ana.accounts);
    using here = messenger.open(id);
    await here.send(change);
    const { rows } = await until(here.timeline, ({ rows }) => rows.at(-1)?.delivery === 'delivered');
    ana.browser.setOnline(false);
    if (change === 'profile') await messenger.profile.change({ status: 'Gone' });
    else await messenger.pins.set(id, rows[0]?.message.id as MessageId, true);
    await messenger.signOut({ data: 'remove-if-sent' });
    ana.browser.setOnline(true);
    expect((await ana.accounts.signIn({ email: ana.email, password: PASSWORD })).ok).toBe(true);
    await isTold(await messengerOf(ana.accounts));
  }
  const shown = await until(bo.messenger.conversations, ({ items }) => items[0]?.pins?.length === 1);
  expect(shown.items[0]?.members).toContainEqual(expect.objectContaining({ name: 'Ana', status: 'Gone' }));
});

test('[C9] a pin that nobody may set any more when it is told shows no longer, and the person is told so', async () => {
  const [ana, bo] = [await site.join('Ana'), await site.join('Bo')];
  using _a = ana.accounts;
  using _b = bo.accounts;
  const answer = await ana.messenger.createConversation({ title: 'Garden', memberIds: [bo.messenger.account.id] });
  if (!answer.ok) throw new Error('no group');
  const id = answer.value;
  using here = ana.messenger.open(id);
  await here.send('water the roses');
  const { rows } = await until(here.timeline, (timeline) => timeline.rows[0]?.delivery === 'delivered');
  const message = rows[0]?.message.id as MessageId;
  expect((await ana.messenger.groups.put(id, bo.messenger.account.id, 'admin')).ok).toBe(true);
  await until(
    bo.messenger.conversations,
    ({ items }) => items[0]?.members.some(({ role }) => role === 'admin') ?? false,
  );
  bo.browser.setOnline(false);
  await bo.messenger.pins.set(id, message, true);
  await until(bo.messenger.conversations, ({ items }) => items[0]?.pins?.[0]?.message === message);
  expect((await ana.messenger.groups.put(id, bo.messenger.account.id, 'member')).ok).toBe(true);
  bo.browser.setOnline(true);
  const refused = await until(bo.messenger.pins.refused, (pins) => pins.length === 1);
  expect(refused).toEqual([{ conversation: id, message, reason: 'role' }]);
  await until(bo.messenger.conversations, ({ items }) => items[0]?.pins === undefined);
  await bo.messenger.pins.dismiss(refused[0] as (typeof refused)[number]);
  expect(bo.messenger.pins.refused.get()).toEqual([]);
});
