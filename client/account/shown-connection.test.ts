/** What follows when a network comes or goes, and what counts as waiting for it. */
import { expect, test } from 'vitest';
import type { LinkState } from '../connection/link.ts';
import { ShownConnection } from './shown-connection.ts';

const OPEN: LinkState = {
  ...{ is: 'open', isProven: true, attempt: 0 },
  ...{ heardAt: 0, answerBy: undefined, troubleSince: 0 },
};
const LOST: LinkState = { is: 'waiting', attempt: 2, until: 9, troubleSince: 7 };

function start(state: LinkState) {
  const link = { state };
  const waiting = { messages: 0, files: 0 };
  const done: string[] = [];
  const shown = new ShownConnection({
    ...{ link, wake: { isOnline: () => true } },
    device: {
      outbox: { contents: { get: () => ({ records: Array.from({ length: waiting.messages }), failed: [] }) } } as never,
      waitingForFiles: () => waiting.files,
    },
    list: { settle: () => void done.push('settle') },
    open: { unsynced: 0, refresh: () => void done.push('refresh') },
  });
  return { link, waiting, done, shown };
}

test('without a network what is here counts as all there is, and conversations say so; with one they ask again', () => {
  const { link, done, shown } = start(OPEN);
  expect(shown.isOffline()).toBe(false);
  link.state = LOST;
  shown.changed();
  expect(shown.state.get()).toEqual({ is: 'offline', since: 7, waiting: 0 });
  expect(done.splice(0)).toEqual(['settle', 'refresh']);
  link.state = OPEN;
  shown.changed();
  expect(shown.state.get()).toEqual({ is: 'connected' });
  expect(done).toEqual(['refresh']);
});

test('what only waits for longer is shown, and nothing else follows', () => {
  const { waiting, done, shown } = start(LOST);
  waiting.messages = 1;
  shown.changed();
  expect(shown.state.get()).toMatchObject({ waiting: 1 });
  expect(done).toEqual([]);
});

test('messages whose files wait count as waiting, but not while their files go: they show that themselves', () => {
  const { link, waiting, shown } = start(LOST);
  Object.assign(waiting, { messages: 1, files: 2 });
  shown.changed();
  expect(shown.state.get()).toMatchObject({ is: 'offline', waiting: 3 });
  link.state = OPEN;
  shown.changed();
  expect(shown.state.get()).toEqual({ is: 'syncing', waiting: 1 });
});

test('the same state stays the same object', () => {
  const { shown } = start(LOST);
  const before = shown.state.get();
  shown.changed();
  expect(shown.state.get()).toBe(before);
});
