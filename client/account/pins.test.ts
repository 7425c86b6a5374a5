/** What waits to be pinned: it outlives the page, the last wish counts, and of refusals the person is told. */
import 'fake-indexeddb/auto';
import { expect, test, vi } from 'vitest';
import type { Conversation } from '../../schema/http/conversations.ts';
import type { ConversationId, MessageId, UserId } from '../../schema/ids.ts';
import type { Locks } from '../connection/election.ts';
import { TestClock } from '../connection/testing-link.ts';
import { TestTabs } from '../connection/testing-tabs.ts';
import type { RefusedPin } from '../conversation/conversation.ts';
import { CONVERSATION, TestDevice } from '../conversation/testing-device.ts';
import { TestServer } from '../conversation/testing-server.ts';
import type { Request } from './http.ts';
import { pinsOf, WaitingPins } from './pins.ts';

type Reply = Awaited<ReturnType<Request>>;
const DONE: Reply = { ok: true, value: { id: CONVERSATION } };
const problem = (status: number): Reply => ({ ok: false, failure: { is: 'problem', status, detail: '' } });
const OFFLINE: Reply = { ok: false, failure: { is: 'network' } };

const [FIRST, SECOND, THIRD] = ['1-0', '1-1', '1-2'] as MessageId[] as [MessageId, MessageId, MessageId];

async function scene(locks?: Locks) {
  const device = new TestDevice({ server: new TestServer(), user: 'ana', members: ['ana', 'bo'] });
  const asked: string[] = [];
  const taken: Conversation[] = [];
  const server = { answer: (_path: string): Reply | Promise<Reply> => DONE };
  const clock = new TestClock();
  return {
    ...{ asked, taken, server, clock },
    async page() {
      const tab = await device.tab();
      const request = async (method: string, path: string) => {
        asked.push(`${method} ${path.split('/').at(-1)}`);
        return server.answer(path);
      };
      const pins = new WaitingPins({
        ...{ store: tab.store, tabs: tab.tabs, clock, random: () => 0.9, locks, name: 'ana' },
        request: request as Request,
        take: async (conversation) => void taken.push(conversation),
      });
      await pins.load();
      return {
        pins,
        wishes: () => pins.wishes.get().map(({ message, isPinned }) => `${isPinned ? '+' : '-'}${message}`),
        refused: () => pins.refused.get().map(({ message, reason }) => `${message} ${reason}`),
        set: (message: MessageId, isPinned: boolean) => pins.set(CONVERSATION, message, isPinned),
        until: (isReached: () => boolean) =>
          new Promise<void>((resolve) => {
            const look = () => isReached() && resolve();
            pins.wishes.subscribe(look);
            look();
          }),
        [Symbol.dispose]() {
          pins[Symbol.dispose]();
          tab[Symbol.dispose]();
        },
      };
    },
  };
}

test('[C9] what is pinned without a network outlives the page, only the last wish is told, and it shows until the list says it', async () => {
  const s = await scene();
  s.server.answer = () => OFFLINE;
  {
    using page = await s.page();
    await page.set(FIRST, true);
    await page.set(SECOND, true);
    await page.set(FIRST, false);
    expect(page.wishes()).toEqual(['+1-1', '-1-0']);
  }
  using again = await s.page();
  expect(again.wishes()).toEqual(['+1-1', '-1-0']);
  s.asked.length = 0;
  s.server.answer = () => DONE;
  await again.pins.send();
  expect(s.asked).toEqual(['PUT 1-1', 'DELETE 1-0']);
  expect(s.taken).toHaveLength(2);
  expect(again.wishes()).toEqual([]);
});

test('[C9] a server in trouble is asked again, one that refuses is not, and what comes after it is told', async () => {
  const s = await scene();
  using page = await s.page();
  const answers = [problem(503), problem(429), problem(403), DONE];
  s.server.answer = () => answers.shift() as Reply;
  await page.set(FIRST, true);
  await page.set(SECOND, true);
  await page.pins.send();
  const done = page.until(() => page.wishes().length === 0);
  while (page.wishes().length > 0) {
    s.clock.advance(60_000);
    await new Promise(setImmediate);
  }
  await done;
  expect(answers).toEqual([]);
  expect(s.asked.at(-1)).toBe('PUT 1-1');
  expect(s.taken).toHaveLength(1);
});

test('[C9] what was refused does not show any more, and is told with its reason until the person has seen it, also by the next page', async () => {
  const s = await scene();
  const answers = [problem(409), problem(404), problem(418)];
  s.server.answer = () => answers.shift() ?? DONE;
  {
    using page = await s.page();
    await page.set(FIRST, true);
    await page.set(SECOND, false);
    await page.set(THIRD, true);
    await page.pins.send();
    expect(page.wishes()).toEqual([]);
    expect(page.refused()).toEqual(['1-0 full', '1-1 gone', '1-2 rejected']);
  }
  using again = await s.page();
  using other = await s.page();
  expect(again.refused()).toEqual(['1-0 full', '1-1 gone', '1-2 rejected']);
  await again.pins.send();
  expect(s.asked, 'what was refused is not asked again').toHaveLength(3);
  await again.pins.dismiss(again.pins.refused.get()[0] as RefusedPin);
  expect(again.refused()).toEqual(['1-1 gone', '1-2 rejected']);
  await vi.waitFor(() => expect(other.refused()).toEqual(['1-1 gone', '1-2 rejected']));
  // Asked for once more, there is nothing left to say of the former time.
  await again.set(SECOND, true);
  await again.pins.send();
  expect(again.refused()).toEqual(['1-2 rejected']);
  expect(s.asked.at(-1)).toBe('PUT 1-1');
});

test('[C9] somebody signed out has refused nothing: the wish waits for the one who signs in again', async () => {
  const s = await scene();
  using page = await s.page();
  s.server.answer = () => problem(401);
  await page.set(FIRST, true);
  await page.pins.send();
  expect([page.wishes(), page.refused()]).toEqual([['+1-0'], []]);
  s.server.answer = () => DONE;
  await page.pins.send();
  expect(page.wishes()).toEqual([]);
});

test('[C9] what is wished while the server is told of the wish before it, is told, too', async () => {
  const s = await scene();
  using page = await s.page();
  let release = (): void => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  s.server.answer = () => held.then(() => DONE);
  await page.set(FIRST, true);
  while (s.asked.length === 0) await new Promise(setImmediate);
  s.clock.advance(1);
  s.server.answer = () => DONE;
  await page.set(FIRST, false);
  release();
  await page.until(() => page.wishes().length === 0);
  expect(s.asked.at(-1)).toBe('DELETE 1-0');
});

test('[C9] wishes stand on top of what the server says: pinned ones first, unpinned ones not', () => {
  const wish = (message: MessageId, isPinned: boolean, conversation = CONVERSATION as ConversationId) => ({
    ...{ conversation, message, isPinned, at: 0 },
  });
  const known = { id: CONVERSATION, pins: [{ message: FIRST, by: 'bo', at: 1 }] };
  const shown = (...wishes: ReturnType<typeof wish>[]) =>
    pinsOf(known, wishes, 'ana' as UserId)?.map(({ message, by }) => `${message} ${by}`);
  expect(shown()).toEqual(['1-0 bo']);
  expect(shown(wish(SECOND, true), wish('1-2' as MessageId, true))).toEqual(['1-2 ana', '1-1 ana', '1-0 bo']);
  expect(shown(wish(FIRST, true))).toEqual(['1-0 bo']);
  expect(shown(wish(FIRST, false))).toBeUndefined();
  expect(shown(wish(FIRST, false, 'other' as ConversationId))).toEqual(['1-0 bo']);
});

test('[C9] a page that goes while the server is told gives the lock to the next one', async () => {
  const tabs = new TestTabs();
  const s = await scene(tabs.open().locks);
  const page = await s.page();
  s.server.answer = () => {
    page[Symbol.dispose]();
    return DONE;
  };
  await page.set(FIRST, true);
  await tabs.open().locks.request('ana/pins', {}, async () => undefined);
  expect(s.asked).toEqual(['PUT 1-0']);
});
