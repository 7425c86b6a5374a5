import { expect, test } from 'vitest';
import { TestClock } from '../connection/testing-link.ts';
import { TypingSignal } from './typing-signal.ts';

function start() {
  const clock = new TestClock();
  const sentAt: number[] = [];
  const begin = clock.now();
  const signal = new TypingSignal({ clock, send: () => sentAt.push(clock.now() - begin) });
  /** Types a character every 100 ms. */
  const type = (ms: number) => {
    for (let passed = 0; passed < ms; passed += 100) {
      signal.set('on');
      clock.advance(100);
    }
  };
  return { clock, signal, sentAt, type };
}

test('the first change is told at once, then every three seconds as long as it goes on', () => {
  const { sentAt, type } = start();
  type(10_000);
  expect(sentAt).toEqual([0, 3_000, 6_000, 9_000]);
});

test('after a pause of some seconds the next change is told at once', () => {
  const { clock, sentAt, type } = start();
  type(500);
  clock.advance(5_000);
  type(100);
  expect(sentAt).toEqual([0, 5_500]);
});

test('after sending, the next message is told as soon as the server would hear it', () => {
  const { clock, signal, sentAt, type } = start();
  type(1_000);
  signal.set('off');
  type(1_000);
  expect(sentAt).toEqual([0, 1_100]);
  clock.advance(1_000);
  signal.set('off');
  signal.set('off');
  expect(sentAt.length).toBe(2);
});
