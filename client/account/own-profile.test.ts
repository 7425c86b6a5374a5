/** One's own profile: what is changed shows at once, outlives the page, is told once there is a network, each field by itself. */
import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { TestClock } from '../connection/testing-link.ts';
import { TestDevice } from '../conversation/testing-device.ts';
import { TestServer } from '../conversation/testing-server.ts';
import type { ConversationRecord } from '../storage/records.ts';
import type { Request } from './http.ts';
import { LocalProfile } from './own-profile.ts';

type Reply = Awaited<ReturnType<Request>>;
const problem = (status: number): Reply => ({ ok: false, failure: { is: 'problem', status, detail: '' } });
const OFFLINE: Reply = { ok: false, failure: { is: 'network' } };
const PICTURE = new Blob(['webp'], { type: 'image/webp' });

interface Stored {
  name: string;
  status?: string | undefined;
  picture?: string | undefined;
}

/** A device whose pages come and go, and the server as it sees it. */
function scene() {
  const device = new TestDevice({ server: new TestServer(), user: 'ana', members: ['ana'] });
  const clock = new TestClock();
  const server = {
    isUp: true,
    has: { name: 'Ana' } as Stored,
    asked: [] as string[],
    /** Instead of doing it. */
    refuse: (_what: string): Reply | undefined => undefined,
    held: Promise.resolve(),
  };
  /** What the next page starts with. */
  let note: Stored = server.has;
  const lent = new Map<string, Blob>();
  const request = async (method: string, path: string, body?: object | Blob): Promise<Reply> => {
    if (!server.isUp) return OFFLINE;
    const what = `${method} ${path}${body && !(body instanceof Blob) ? ` ${JSON.stringify(body)}` : ''}`;
    server.asked.push(what);
    await server.held;
    const refusal = server.refuse(what);
    if (refusal) return refusal;
    if (method === 'PATCH') {
      const { name, status } = body as { name?: string; status?: string | null };
      const { has } = server;
      server.has = {
        ...has,
        name: name ?? has.name,
        status: status === undefined ? has.status : (status ?? undefined),
      };
      return { ok: true, value: server.has };
    }
    if (method === 'GET') return { ok: true, value: server.has };
    const picture = method === 'PUT' ? `p${(body as Blob).size}` : undefined;
    server.has = { ...server.has, picture };
    return { ok: true, value: picture && { picture } };
  };
  return {
    ...{ clock, server, lent, remembered: () => note.name },
    async page() {
      const tab = await device.tab();
      const listed: Stored[] = [];
      const profile = new LocalProfile({
        ...{ store: tab.store, tabs: tab.tabs, clock, random: () => 0.9, locks: undefined, name: 'ana' },
        account: { id: device.user, email: 'ana@example.com', ...note },
        request: request as Request,
        remember: (known) => {
          note = known;
        },
        list: { learn: async ({ name, status, picture }) => void listed.push({ name, status, picture }) },
        pictures: {
          lend: (id, blob) => void lent.set(id, blob),
          takeBack: (id) => void lent.delete(id),
          put: (id, blob) => void lent.set(id, blob),
        },
      });
      await profile.load();
      return {
        ...{ profile, listed },
        waiting: () => profile.untold.get().waiting,
        refused: () => profile.untold.get().refused,
        [Symbol.dispose]() {
          profile[Symbol.dispose]();
          tab[Symbol.dispose]();
        },
      };
    },
  };
}

test('[A14] [A15] changed without a network it shows at once and on the next page, and everything is told when there is one', async () => {
  const s = scene();
  s.server.isUp = false;
  {
    using page = await s.page();
    await page.profile.change({ name: 'Ana Amari', status: 'At sea' });
    await page.profile.change({ picture: PICTURE });
    const { name, status, picture } = page.profile.own.get();
    expect([name, status, await s.lent.get(picture ?? '')?.text()]).toEqual(['Ana Amari', 'At sea', 'webp']);
  }
  s.lent.clear();
  using again = await s.page();
  const { picture, ...words } = again.profile.own.get();
  expect(words).toEqual({ name: 'Ana Amari', status: 'At sea' });
  expect(await s.lent.get(picture ?? '')?.text()).toBe('webp');
  expect(s.lent.get(picture ?? '')?.type).toBe('image/webp');
  expect(again.waiting()).toEqual(['name', 'status', 'picture']);
  s.server.isUp = true;
  await again.profile.send();
  expect(s.server.has).toEqual({ name: 'Ana Amari', status: 'At sea', picture: 'p4' });
  expect(again.profile.own.get()).toEqual(s.server.has);
  expect(again.waiting()).toEqual([]);
  // Nobody fetches what is here, and lists have it before the wish is gone.
  expect([...s.lent.keys()]).toEqual(['p4']);
  expect(again.listed.at(-1)).toEqual(s.server.has);
  using third = await s.page();
  expect(third.profile.own.get()).toEqual(s.server.has);
});

test('[A14] of several changes of one field only the last is told, and what was taken away is, too', async () => {
  const s = scene();
  s.server.has = { name: 'Ana', status: 'Here', picture: 'old' };
  s.server.isUp = false;
  using page = await s.page();
  page.profile.learn(s.server.has);
  await page.profile.change({ status: 'Away' });
  await page.profile.change({ picture: PICTURE });
  await page.profile.change({ status: null });
  await page.profile.change({ picture: null });
  expect(page.profile.own.get()).toEqual({ name: 'Ana' });
  expect(s.lent.size).toBe(0);
  s.server.isUp = true;
  await page.profile.send();
  expect(s.server.asked).toEqual(['PATCH /api/me {"status":null}', 'DELETE /api/me/picture']);
  expect(page.profile.own.get()).toEqual({ name: 'Ana' });
});

test('[A14] what the server refuses gives way to what it has, is told until it was seen, and keeps nothing else back', async () => {
  const s = scene();
  s.server.isUp = false;
  using page = await s.page();
  await page.profile.change({ name: 'x'.repeat(101), status: 'Fine', picture: PICTURE });
  s.server.isUp = true;
  s.server.refuse = (what) =>
    what.includes('xxx') ? problem(400) : what.includes('picture') ? problem(422) : undefined;
  await page.profile.send();
  expect(page.profile.own.get()).toEqual({ name: 'Ana', status: 'Fine' });
  expect(page.refused()).toEqual(['name', 'picture']);
  expect(s.lent.size).toBe(0);
  await page.profile.send();
  expect(s.server.asked, 'once each').toHaveLength(3);
  {
    using again = await s.page();
    expect(again.refused()).toEqual(['name', 'picture']);
  }
  // Tried anew, it is not refused any more.
  await page.profile.change({ name: 'Ana A.' });
  await page.profile.send();
  expect([page.profile.own.get().name, page.refused()]).toEqual(['Ana A.', ['picture']]);
  await page.profile.dismiss();
  expect(page.refused()).toEqual([]);
});

test('[A14] what is changed while the former change is on its way is told after it', async () => {
  const s = scene();
  using page = await s.page();
  let release = (): void => {};
  s.server.held = new Promise((resolve) => {
    release = resolve;
  });
  await page.profile.change({ name: 'First' });
  while (s.server.asked.length === 0) await new Promise(setImmediate);
  // In the same millisecond.
  await page.profile.change({ name: 'Second' });
  release();
  await page.profile.send();
  expect(s.server.has.name).toBe('Second');
  expect(s.server.asked).toHaveLength(2);
  expect([page.profile.own.get().name, page.waiting()]).toEqual(['Second', []]);
});

test('[A14] a notice of something older does not hide what waits, and the server is asked again while it is in trouble', async () => {
  const s = scene();
  using page = await s.page();
  s.server.refuse = () => problem(503);
  await page.profile.change({ name: 'Mine' });
  await page.profile.send();
  page.profile.learn({ name: 'Another device', status: 'Heard' });
  expect(page.profile.own.get()).toEqual({ name: 'Mine', status: 'Heard' });
  s.server.refuse = () => undefined;
  s.clock.advance(60_000);
  await page.profile.send();
  expect([s.server.has.name, page.waiting()]).toEqual(['Mine', []]);
});

test('[A14] who was away learns from the list that another device has changed something, and asks only then', async () => {
  const s = scene();
  using page = await s.page();
  const record = (name: string) => ({ item: { members: [{ id: 'ana', name }] } }) as unknown as ConversationRecord;
  await page.profile.compare([record('Ana')]);
  expect(s.server.asked).toEqual([]);
  s.server.has = { name: 'Ana from the phone' };
  await page.profile.compare([{ ...record('Long ago'), isFormer: true }, record('Ana from the phone')]);
  expect(page.profile.own.get().name).toBe('Ana from the phone');
});

test('[A14] lists show this person as they want to be, in the same records while nothing changes', async () => {
  const s = scene();
  s.server.isUp = false;
  using page = await s.page();
  const record = {
    item: {
      members: [
        { id: 'ana', name: 'Ana' },
        { id: 'bo', name: 'Bo' },
      ],
    },
  };
  const known = record as unknown as ConversationRecord;
  expect(page.profile.asWished(known)).toBe(known);
  await page.profile.change({ name: 'Nina' });
  const wished = page.profile.asWished(known);
  expect(wished.item.members.map(({ name }) => name)).toEqual(['Nina', 'Bo']);
  expect(page.profile.asWished(known)).toBe(wished);
});

test('[A14] an answer that comes after signing out is not remembered', async () => {
  const s = scene();
  const page = await s.page();
  let release = (): void => {};
  s.server.held = new Promise((resolve) => {
    release = resolve;
  });
  await page.profile.change({ name: 'Too late' });
  while (s.server.asked.length === 0) await new Promise(setImmediate);
  const sent = page.profile.send();
  page[Symbol.dispose]();
  release();
  await sent;
  expect(s.remembered()).toBe('Ana');
  using next = await s.page();
  expect(next.profile.own.get().name).toBe('Too late');
  expect(next.waiting(), 'it still waits, as its page could not note that it was told').toEqual(['name']);
  expect(next.listed).toEqual([]);
});
