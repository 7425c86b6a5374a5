import { expect, test } from 'vitest';
import { DeviceSearch, type SearchAnswer, type SearchRequest, type SearchWorker } from './device-search.ts';

/** Workers that answer when the test says so. */
function scene() {
  const workers: { asked: SearchRequest[]; isTerminated: boolean; say: (answer: SearchAnswer) => void }[] = [];
  const createWorker = (): SearchWorker => {
    const worker: SearchWorker = {
      onmessage: null,
      postMessage: (message) => void state.asked.push(message),
      terminate() {
        state.isTerminated = true;
      },
    };
    const state = {
      asked: [] as SearchRequest[],
      isTerminated: false,
      say: (data: SearchAnswer) => worker.onmessage?.({ data } as MessageEvent),
    };
    workers.push(state);
    return worker;
  };
  return { workers, createWorker };
}

test('one worker starts with the first question and answers each by its number', async () => {
  const t = scene();
  using search = new DeviceSearch({ account: 'ana', createWorker: t.createWorker });
  expect(t.workers.length).toBe(0);
  const first = search.search('a', 5);
  const second = search.search('ab', 5);
  expect(t.workers[0]?.asked.map(({ request, account, query }) => [request, account, query])).toEqual([
    [1, 'ana', 'a'],
    [2, 'ana', 'ab'],
  ]);
  const item = { conversation: 'c', id: '1-1', epoch: 0, from: 'ana', at: 0, excerpt: { text: 'ab', highlights: [] } };
  t.workers[0]?.say({ t: 'found', request: 2, items: [item] });
  t.workers[0]?.say({ t: 'found', request: 1, items: [] });
  expect([await first, await second]).toEqual([[], [item]]);
  let changes = 0;
  const stop = search.onChange(() => changes++);
  t.workers[0]?.say({ t: 'changed' });
  stop();
  t.workers[0]?.say({ t: 'changed' });
  expect([changes, t.workers.length]).toEqual([1, 1]);
});

test('[P4] with the session the worker ends, and all it has gathered; nobody waits for it', async () => {
  const t = scene();
  const search = new DeviceSearch({ account: 'ana', createWorker: t.createWorker });
  const waiting = search.search('a', 5);
  search[Symbol.dispose]();
  expect(t.workers[0]?.isTerminated).toBe(true);
  expect([await waiting, await search.search('a', 5)]).toEqual([[], []]);
  expect(t.workers.length).toBe(1);
});

test('without workers nothing is found here', async () => {
  using search = new DeviceSearch({ account: 'ana', createWorker: () => undefined });
  expect(await search.search('a', 5)).toEqual([]);
});
