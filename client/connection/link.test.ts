import { expect, test } from 'vitest';
import {
  CONNECT_WITHIN_MS,
  dueAt,
  initialLink,
  type LinkEvent,
  type LinkState,
  PING_AFTER_MS,
  PONG_AFTER_NUDGE_WITHIN_MS,
  PONG_WITHIN_MS,
  step,
} from './link.ts';

/** Drives the machine and keeps what it asked for. */
function drive(random = 0.5) {
  let now = 0;
  let state: LinkState = initialLink(now);
  const effects: string[] = [];
  const raise = (event: LinkEvent) => {
    const next = step(state, event, { now, random });
    state = next.state;
    effects.push(...next.effects);
    return state;
  };
  return {
    raise,
    state: () => state,
    taken: () => effects.splice(0),
    pass(ms: number) {
      const end = now + ms;
      for (let at = dueAt(state); at !== undefined && at <= end; at = dueAt(state)) {
        now = at;
        raise({ is: 'due' });
      }
      now = end;
    },
  };
}

function proven() {
  const link = drive();
  link.raise({ is: 'requested' });
  link.raise({ is: 'opened' });
  link.raise({ is: 'heard' });
  link.taken();
  return link;
}

test('a connection that falls silent is pinged and, without an answer, given up within 20 seconds', () => {
  const link = proven();
  link.pass(PING_AFTER_MS);
  expect(link.taken()).toEqual(['ping']);
  link.pass(PONG_WITHIN_MS - 1);
  expect(link.state().is).toBe('open');
  link.pass(1);
  expect(link.taken()).toEqual(['drop']);
  expect(link.state().is).toBe('waiting');
  expect(PING_AFTER_MS + PONG_WITHIN_MS).toBeLessThanOrEqual(25_000);
});

test('a connection that answers stays, however long nothing else is said', () => {
  const link = proven();
  for (let minutes = 0; minutes < 60; minutes++) {
    link.pass(PING_AFTER_MS);
    link.raise({ is: 'heard' });
  }
  expect(link.state().is).toBe('open');
  expect(new Set(link.taken())).toEqual(new Set(['ping']));
});

test('attempts that fail are made with growing jitter, and a proven connection resets it', () => {
  const link = drive(1);
  link.raise({ is: 'requested' });
  for (const waitMs of [2_000, 4_000, 5_000, 5_000]) {
    link.raise({ is: 'closed', code: 1006 });
    link.pass(waitMs - 1);
    expect(link.state().is).toBe('waiting');
    link.pass(1);
    expect(link.state().is).toBe('connecting');
  }
  link.raise({ is: 'opened' });
  link.raise({ is: 'heard' });
  link.raise({ is: 'closed', code: 1006 });
  expect(link.state()).toMatchObject({ is: 'waiting', attempt: 0 });
});

test('a server that accepts and closes at once is backed off like one that refuses', () => {
  const link = drive();
  link.raise({ is: 'requested' });
  for (const attempt of [1, 2, 3]) {
    link.raise({ is: 'opened' });
    link.raise({ is: 'closed', code: 1012 });
    expect(link.state()).toMatchObject({ is: 'waiting', attempt });
    link.pass(10_000);
  }
});

test('an attempt without an answer is given up', () => {
  const link = drive();
  link.raise({ is: 'requested' });
  link.taken();
  link.pass(CONNECT_WITHIN_MS);
  expect(link.taken()).toEqual(['drop']);
});

test('a permanent code ends all attempts, also after a nudge, until one is requested', () => {
  const link = proven();
  link.raise({ is: 'closed', code: 4401 });
  expect(link.state()).toMatchObject({ is: 'stopped', code: 4401 });
  link.pass(3_600_000);
  link.raise({ is: 'nudged' });
  expect(link.state().is).toBe('stopped');
  link.raise({ is: 'requested' });
  expect(link.state().is).toBe('connecting');
});

test('a nudge while waiting connects at once', () => {
  const link = proven();
  link.raise({ is: 'closed', code: 1006 });
  link.taken();
  link.raise({ is: 'nudged' });
  expect(link.taken()).toEqual(['connect']);
  expect(link.state()).toMatchObject({ is: 'connecting', attempt: 0 });
});

test('a nudge while open asks for an answer impatiently', () => {
  const link = proven();
  link.raise({ is: 'nudged' });
  expect(link.taken()).toEqual(['ping']);
  link.pass(PONG_AFTER_NUDGE_WITHIN_MS);
  expect(link.state().is).toBe('waiting');
});

test('a nudge starts an attempt anew that hangs, and leaves a fresh one alone', () => {
  const link = drive();
  link.raise({ is: 'requested' });
  link.taken();
  link.raise({ is: 'nudged' });
  expect(link.taken()).toEqual([]);
  link.pass(3_000);
  link.raise({ is: 'nudged' });
  expect(link.taken()).toEqual(['drop', 'connect']);
});

test('an overloaded server is left more time than a restarted one', () => {
  const restarted = proven();
  restarted.raise({ is: 'closed', code: 1012 });
  const overloaded = proven();
  overloaded.raise({ is: 'closed', code: 1013 });
  expect(dueAt(overloaded.state())).toBeGreaterThan(dueAt(restarted.state()) as number);
});
