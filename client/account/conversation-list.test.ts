import { expect, test } from 'vitest';
import type { ConversationId, UserId } from '../../schema/ids.ts';
import { TestClock } from '../connection/testing-link.ts';
import 'fake-indexeddb/auto';
import { AccountStore } from '../storage/account-store.ts';
import { Tabs } from '../storage/tabs.ts';
import { ConversationList } from './conversation-list.ts';
import type { Http } from './http.ts';

const GROUP = { id: 'g', kind: 'group', title: 'Plans', epoch: 0, document: 'g.0', members: [], unread: 0, erased: 0 };

test('a list that the server could not give is asked for again, although the connection stays', async () => {
  const me = 'ana' as UserId;
  const clock = new TestClock();
  const store = await AccountStore.open({ prefix: 'list', user: me, stamps: undefined });
  const tabs = new Tabs({ onmessage: null, postMessage() {}, close() {} });
  const problem = (status: number) => ({ ok: false, failure: { is: 'problem', status, detail: '' } }) as const;
  const answers = [problem(500), { ok: false, failure: { is: 'network' } }, { ok: true, value: { items: [] } }];
  let asked = 0;
  const http = { request: async () => answers[asked++] ?? problem(403) } as unknown as Http;
  using list = new ConversationList({ me, store, tabs, http, clock, random: () => 0.9, isHeld: () => false });
  const isKnown = new Promise<void>((resolve) => list.contents.subscribe(() => resolve()));
  await list.refresh();
  clock.advance(1_000);
  await new Promise(setImmediate);
  clock.advance(2_000);
  await isKnown;
  expect(list.contents.get().isKnown).toBe(true);
  clock.advance(60_000);
  expect(asked).toBe(3);
  await list.refresh();
  clock.advance(60_000);
  expect(asked, 'what is refused is not asked for again').toBe(4);
});

test('a change that is told while the list is on its way is not undone by the list', async () => {
  const me = 'ana' as UserId;
  const clock = new TestClock();
  const store = await AccountStore.open({ prefix: 'change', user: me, stamps: undefined });
  const tabs = new Tabs({ onmessage: null, postMessage() {}, close() {} });
  let title = 'Plans';
  let release = (): void => {};
  let isHeld = false;
  const http = {
    async request(_: string, path: string) {
      const item = { ...GROUP, title };
      if (!path.startsWith('/api/conversations?')) return { ok: true, value: item };
      // Read now, and answered when the test lets it.
      if (isHeld) await new Promise<void>((resolve) => (release = resolve));
      return { ok: true, value: { items: [item] } };
    },
  } as unknown as Http;
  using list = new ConversationList({ me, store, tabs, http, clock, random: () => 0.9, isHeld: () => false });
  await list.refresh();
  isHeld = true;
  const refreshed = list.refresh();
  title = 'Garden';
  await list.renew(GROUP.id as ConversationId);
  expect(list.get(GROUP.id)?.item.title).toBe('Garden');
  isHeld = false;
  release();
  await refreshed;
  expect(list.get(GROUP.id)?.item.title).toBe('Garden');
});

test('[A14] what somebody is called since is not undone by a list that was on its way', async () => {
  const me = 'ana' as UserId;
  const clock = new TestClock();
  const store = await AccountStore.open({ prefix: 'person', user: me, stamps: undefined });
  const tabs = new Tabs({ onmessage: null, postMessage() {}, close() {} });
  let name = 'Bo';
  let release = (): void => {};
  let isHeld = false;
  const http = {
    async request() {
      const item = { ...GROUP, members: [{ id: 'bo', name, role: 'member' }] };
      if (isHeld) await new Promise<void>((resolve) => (release = resolve));
      return { ok: true, value: { items: [item] } };
    },
  } as unknown as Http;
  using list = new ConversationList({ me, store, tabs, http, clock, random: () => 0.9, isHeld: () => false });
  await list.refresh();
  isHeld = true;
  const refreshed = list.refresh();
  name = 'Bodil';
  await list.learn({ t: 'person', id: 'bo', name });
  isHeld = false;
  release();
  await refreshed;
  expect(list.get(GROUP.id)?.item.members[0]?.name).toBe('Bodil');
});
