import { expect, test } from 'vitest';
import type { LinkState } from '../connection/link.ts';
import { connectionState, isSameConnection } from './connection-state.ts';

const open: LinkState = {
  is: 'open',
  attempt: 0,
  isProven: true,
  heardAt: 0,
  answerBy: undefined,
  troubleSince: 7,
};
const waiting = (attempt: number): LinkState => ({ is: 'waiting', attempt, until: 9, troubleSince: 7 });
const idle = { isOnline: true, waiting: 0, unsynced: 0 };

test('connected means that nothing waits and every document is synced', () => {
  expect(connectionState({ ...idle, link: open })).toEqual({ is: 'connected' });
  expect(connectionState({ ...idle, link: open, waiting: 2 })).toEqual({ is: 'syncing', waiting: 2 });
  expect(connectionState({ ...idle, link: open, unsynced: 1 })).toEqual({ is: 'syncing', waiting: 0 });
});

test('a connection that was only accepted is not yet a connection', () => {
  expect(connectionState({ ...idle, link: { ...open, isProven: false } })).toEqual({ is: 'connecting', since: 7 });
});

test('offline is said once an attempt has failed, or at once when the browser knows', () => {
  expect(connectionState({ ...idle, link: waiting(0) })).toEqual({ is: 'connecting', since: 7 });
  expect(connectionState({ ...idle, link: waiting(1), waiting: 3 })).toEqual({ is: 'offline', since: 7, waiting: 3 });
  expect(connectionState({ ...idle, link: waiting(0), isOnline: false }).is).toBe('offline');
  expect(connectionState({ ...idle, link: open, isOnline: false, waiting: 1 }).is).toBe('offline');
  expect(connectionState({ ...idle, link: open, isOnline: false }).is).toBe('connected');
  expect(connectionState({ ...idle, link: { is: 'stopped', code: 4401, troubleSince: 7 } }).is).toBe('offline');
});

test('states are the same when a person sees no difference', () => {
  expect(isSameConnection({ is: 'syncing', waiting: 1 }, { is: 'syncing', waiting: 1 })).toBe(true);
  expect(isSameConnection({ is: 'syncing', waiting: 1 }, { is: 'syncing', waiting: 2 })).toBe(false);
  expect(isSameConnection({ is: 'connecting', since: 1 }, { is: 'offline', since: 1, waiting: 0 })).toBe(false);
});
