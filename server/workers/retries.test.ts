import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { DocumentId } from '../../schema/ids.ts';
import { Retries } from './retries.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const document = 'c.0' as DocumentId;

test('a failed document rests twice as long each time, at most a minute, until it succeeds', () => {
  const retried: DocumentId[] = [];
  const retries = new Retries((id) => retried.push(id));
  for (const ms of [500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]) {
    retries.failed(document);
    vi.advanceTimersByTime(ms - 1);
    expect([retries.isResting(document), retried.length]).toEqual([true, 0]);
    vi.advanceTimersByTime(1);
    expect([retries.isResting(document), retried]).toEqual([false, [document]]);
    retried.length = 0;
  }
  retries.succeeded(document);
  expect(retries.size).toBe(0);
  expect(retries.failed(document)).toBe(1);
});

test('two failures before the retry make one timer, and none fires after the end', () => {
  const retried: DocumentId[] = [];
  const retries = new Retries((id) => retried.push(id));
  retries.failed(document);
  expect(retries.failed(document)).toBe(2);
  vi.advanceTimersByTime(999);
  expect(retried).toEqual([]);
  retries.stop();
  vi.advanceTimersByTime(100_000);
  expect(retried).toEqual([]);
});
