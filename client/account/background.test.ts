/** What is opened without anybody looking waits for what somebody looks at, but not for ever. */
import { expect, test } from 'vitest';
import type { ConversationId } from '../../schema/ids.ts';
import type { Clock } from '../connection/clock.ts';
import { Background, type BackgroundOptions } from './background.ts';

class HandClock implements Clock {
  #nowMs = 0;
  #timers: { atMs: number; work: () => void }[] = [];

  now(): number {
    return this.#nowMs;
  }

  after(delayMs: number, work: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, work };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer);
    };
  }

  pass(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (;;) {
      const [next] = this.#timers.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs);
      if (!next) break;
      this.#timers = this.#timers.filter((one) => one !== next);
      this.#nowMs = next.atMs;
      next.work();
    }
    this.#nowMs = endMs;
  }
}

function backgroundOf(conversations: number, isAwaited: () => boolean) {
  const records = new Map(
    Array.from({ length: conversations }, (_, n) => [`c${n}`, { item: { id: `c${n}` }, since: n }] as const),
  );
  const clock = new HandClock();
  const opened = new Set<ConversationId>();
  const background = new Background({
    list: { contents: { get: () => ({ records }) } } as unknown as BackgroundOptions['list'],
    outbox: { contents: { get: () => ({ records: [] }) } } as unknown as BackgroundOptions['outbox'],
    clock,
    isOpen: (id) => opened.has(id),
    isAwaited,
    open: (id) => void opened.add(id),
  });
  return { background, clock, opened };
}

test('conversations open a few at a time, the latest first, and none in the moment the app begins', () => {
  const { background, clock, opened } = backgroundOf(12, () => false);
  background.open();
  background.open();
  expect(opened.size).toBe(0);
  clock.pass(200);
  expect([...opened]).toEqual(['c11', 'c10', 'c9', 'c8', 'c7']);
  clock.pass(100);
  expect(opened.size).toBe(12);
});

test('none opens while somebody waits for one', () => {
  let isAwaited = true;
  const { background, clock, opened } = backgroundOf(3, () => isAwaited);
  background.open();
  clock.pass(1_000);
  expect(opened.size).toBe(0);
  isAwaited = false;
  clock.pass(50);
  expect(opened.size).toBe(3);
});

test('a conversation that never comes holds up the others for some seconds only', () => {
  const { background, clock, opened } = backgroundOf(3, () => true);
  background.open();
  clock.pass(4_000);
  expect(opened.size).toBe(3);
});
