import { expect, test } from 'vitest';
import type { FoundMessage } from '../../schema/http/search.ts';
import type { ConversationId } from '../../schema/ids.ts';
import { TestClock } from '../connection/testing-link.ts';
import type { Answer, ConnectionState, SearchState } from '../conversation/conversation.ts';
import { Source } from '../conversation/source.ts';
import { RunningSearch } from './message-search.ts';

const found = (id: string, at: number, text = id): FoundMessage => ({
  ...{ conversation: 'c', id, epoch: 0, from: 'ana', at },
  excerpt: { text, highlights: [] },
});
const OFFLINE: ConnectionState = { is: 'offline', since: 0, waiting: 0 };

type ServerAnswer = Answer<{ items: FoundMessage[]; next?: string }>;

/** `here` is what the device finds, `answers` what the server says, one after the other. */
function scene({
  here = [] as FoundMessage[],
  state = { is: 'connected' } as ConnectionState,
  answers = [] as ServerAnswer[],
}) {
  const clock = new TestClock();
  const connection = new Source<ConnectionState>(state);
  const asked: string[] = [];
  const device = { items: here, changed: () => {} };
  const hidden = new Source<readonly string[]>([]);
  const begin = (query: string, conversation?: ConversationId) =>
    new RunningSearch(query, {
      conversation,
      device: {
        search: async (_, __, conversation) =>
          device.items.filter((item) => conversation === undefined || item.conversation === conversation),
        onChange: (listener) => {
          device.changed = listener;
          return () => {};
        },
      },
      connection,
      hidden: { has: (_, id) => hidden.get().includes(id), subscribe: hidden.subscribe },
      clock,
      ask: async (path) => {
        asked.push(path);
        return answers.shift() ?? { ok: false, failure: { is: 'network' } };
      },
    });
  return { clock, connection, asked, device, hidden, begin };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const look = (search: RunningSearch) => {
  const { items, ...state } = search.state.get();
  return { ...state, ids: items.map(({ id }) => id) };
};
const page = (items: FoundMessage[], next?: string): ServerAnswer => ({
  ok: true,
  value: { items, ...(next && { next }) },
});

test('the device answers at once; the server is asked when the typing stops, and merged without doubles', async () => {
  const t = scene({
    here: [found('a', 3, 'as here'), found('b', 1)],
    answers: [page([found('a', 3, 'as there'), found('c', 2)], 'more')],
  });
  using search = t.begin('boat');
  await settled();
  expect(look(search)).toEqual({ device: 'done', server: 'searching', hasMore: false, ids: ['a', 'b'] });
  expect(t.asked).toEqual([]);
  t.clock.advance(250);
  await settled();
  expect(t.asked).toEqual(['/api/search?q=boat&limit=20']);
  expect(look(search)).toEqual({ device: 'done', server: 'done', hasMore: true, ids: ['a', 'c', 'b'] });
  expect(search.state.get().items[0]?.excerpt.text).toBe('as here');
});

test('more is asked for by the cursor, until there is no more', async () => {
  const t = scene({ answers: [page([found('a', 3)], 'next'), page([found('b', 2)])] });
  using search = t.begin('boat');
  t.clock.advance(250);
  await settled();
  search.more();
  search.more();
  await settled();
  expect(t.asked.at(-1)).toBe('/api/search?q=boat&limit=20&cursor=next');
  expect(t.asked.length).toBe(2);
  expect(look(search)).toMatchObject({ server: 'done', hasMore: false, ids: ['a', 'b'] });
});

test('offline it says so, and asks once there is a network', async () => {
  const t = scene({ state: OFFLINE, here: [found('a', 1)], answers: [page([found('b', 2)])] });
  using search = t.begin('boat');
  t.clock.advance(250);
  await settled();
  expect(look(search)).toMatchObject({ server: 'offline', ids: ['a'] });
  t.connection.set({ is: 'connected' });
  await settled();
  expect(look(search)).toMatchObject({ server: 'done', ids: ['b', 'a'] });
  expect(t.asked.length).toBe(1);
});

test('a server that fails is told apart from no network, and can be asked again', async () => {
  const t = scene({
    answers: [{ ok: false, failure: { is: 'problem', status: 500, detail: '' } }, page([found('a', 1)])],
  });
  using search = t.begin('boat');
  t.clock.advance(250);
  await settled();
  expect(look(search).server).toBe('failed');
  search.retry();
  await settled();
  expect(look(search)).toMatchObject({ server: 'done', ids: ['a'] });
});

test('what changes on the device shows; a search that is over asks and shows nothing', async () => {
  const t = scene({ here: [found('a', 1)] });
  const search = t.begin('boat');
  await settled();
  t.device.items = [];
  t.device.changed();
  await settled();
  expect(look(search).ids).toEqual([]);
  const states: SearchState[] = [];
  search.state.subscribe(() => states.push(search.state.get()));
  search[Symbol.dispose]();
  t.clock.advance(250);
  t.device.changed();
  await settled();
  expect([t.asked, states]).toEqual([[], []]);
});

test('[F4] a change on the device makes the server say again what it finds', async () => {
  const t = scene({ here: [found('a', 1)], answers: [page([found('a', 1), found('b', 2)]), page([found('b', 2)])] });
  using search = t.begin('boat');
  t.clock.advance(250);
  await settled();
  t.device.items = [];
  t.device.changed();
  t.clock.advance(1_000);
  await settled();
  expect(look(search)).toMatchObject({ server: 'done', ids: ['b'] });
});

test('without a word to look for nobody is asked', async () => {
  const t = scene({});
  using search = t.begin(' -a "');
  t.clock.advance(250);
  await settled();
  expect([t.asked, look(search)]).toEqual([[], { device: 'done', server: 'done', hasMore: false, ids: [] }]);
});

test('one conversation can be searched alone, here and there', async () => {
  const elsewhere = { ...found('b', 1), conversation: 'd' };
  const t = scene({ here: [found('a', 2), elsewhere], answers: [page([found('c', 3)])] });
  using search = t.begin('boat', 'c' as ConversationId);
  t.clock.advance(250);
  await settled();
  expect(look(search).ids).toEqual(['c', 'a']);
  expect(t.asked).toEqual(['/api/search?q=boat&limit=20&conversation=c']);
});

test('what somebody has deleted for themself is found on no side, as soon as it is hidden', async () => {
  const t = scene({ here: [found('a', 3), found('b', 2)], answers: [page([found('a', 3), found('c', 1)])] });
  t.hidden.set(['b']);
  using search = t.begin('word');
  t.clock.advance(1_000);
  await settled();
  expect(look(search).ids).toEqual(['a', 'c']);
  t.hidden.set(['a', 'b']);
  expect(look(search).ids).toEqual(['c']);
  t.hidden.set([]);
  expect(look(search).ids).toEqual(['a', 'b', 'c']);
});
