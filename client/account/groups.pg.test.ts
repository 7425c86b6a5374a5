/** Groups as their members' devices show them: what one changes, all others show at once, and after having been away. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ConversationId } from '../../schema/ids.ts';
import type { ConversationSummary, Messenger } from '../conversation/conversation.ts';
import { until } from '../conversation/testing-device.ts';
import { messengerOf } from './testing-browser.ts';
import { PASSWORD, TestSite } from './testing-site.ts';

let site: TestSite;

beforeAll(async () => {
  site = await TestSite.open();
});

afterAll(() => site?.[Symbol.asyncDispose]());

/** Waits until the group looks like this on a device. */
const shows = async (device: Messenger, isSo: (group: ConversationSummary) => boolean): Promise<void> => {
  await until(device.conversations, ({ items }) => items[0] !== undefined && isSo(items[0]));
};
const rolesOf = ({ members }: ConversationSummary) =>
  members
    .map(({ name, role }) => `${name} ${role}`)
    .sort()
    .join(', ');

test('[C6] title, description, members and roles show on all devices of all members, also on those that were away', async () => {
  const [ana, bo, cy] = [await site.join('Ana'), await site.join('Bo'), await site.join('Cy')];
  using _ana = ana.accounts;
  using _bo = bo.accounts;
  using _cy = cy.accounts;
  using tablet = site.browser().page();
  expect(await tablet.signIn({ email: bo.email, password: PASSWORD })).toMatchObject({ ok: true });
  const devices = [ana.messenger, bo.messenger, await messengerOf(tablet)] as const;
  const { groups } = ana.messenger;
  const [boId, cyId] = [bo.messenger.account.id, cy.messenger.account.id];
  const answer = await ana.messenger.createConversation({ title: 'Plans', memberIds: [boId] });
  const id = (answer.ok ? answer.value : '') as ConversationId;
  for (const device of devices) await shows(device, ({ title }) => title === 'Plans');
  // It shows whether somebody holds the document or not.
  using _open = bo.messenger.open(id);

  expect(await groups.change(id, { title: 'Garden', description: 'Beds and bees' })).toMatchObject({ ok: true });
  for (const device of devices)
    await shows(device, (group) => group.title === 'Garden' && group.description !== undefined);
  expect(await groups.put(id, boId, 'admin')).toMatchObject({ ok: true });
  for (const device of devices) await shows(device, (group) => rolesOf(group) === 'Ana owner, Bo admin');
  // By somebody else, who has the right now.
  expect(await bo.messenger.groups.put(id, cyId, 'member')).toMatchObject({ ok: true });
  for (const device of [...devices, cy.messenger])
    await shows(device, (group) => rolesOf(group) === 'Ana owner, Bo admin, Cy member');

  bo.browser.setOnline(false);
  expect(await bo.messenger.groups.change(id, { title: 'Mine' })).toEqual({ ok: false, failure: { is: 'network' } });
  expect(await groups.change(id, { description: null })).toMatchObject({ ok: true });
  expect(await groups.remove(id, cyId)).toMatchObject({ ok: true });
  await until(cy.messenger.conversations, ({ items }) => items.length === 0);
  bo.browser.setOnline(true);
  for (const device of devices)
    await shows(device, (group) => rolesOf(group) === 'Ana owner, Bo admin' && group.description === undefined);
});

test('[C7] who joins by a link has the group at once, and the others the new member', async () => {
  const [di, ed] = [await site.join('Di'), await site.join('Ed')];
  using _di = di.accounts;
  using _ed = ed.accounts;
  const fay = await site.join('Fay');
  using _fay = fay.accounts;
  const answer = await di.messenger.createConversation({ title: 'Choir', memberIds: [fay.messenger.account.id] });
  const id = (answer.ok ? answer.value : '') as ConversationId;
  const invite = await di.messenger.groups.invite(id, {});
  const token = invite.ok ? invite.value.token : '';
  expect(await ed.messenger.groups.look(token)).toMatchObject({
    ok: true,
    value: { conversation: { title: 'Choir' } },
  });
  expect(await ed.messenger.groups.join(token)).toEqual({ ok: true, value: id });
  expect(ed.messenger.conversations.get().items[0]).toMatchObject({ id, title: 'Choir', unread: 0 });
  for (const device of [di, ed, fay]) await shows(device.messenger, ({ members }) => members.length === 3);
  using there = fay.messenger.open(id);
  using here = ed.messenger.open(id);
  await here.send('hello');
  await until(there.timeline, ({ rows }) => rows.length === 1);
});
