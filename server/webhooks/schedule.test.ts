import { expect, test } from 'vitest';
import { retryMs } from './schedule.ts';

test('nine further attempts within some three days, each a little later than the schedule, then no more', () => {
  const waits = (random: number) => Array.from({ length: 9 }, (_, index) => retryMs(index + 1, random) ?? 0);
  const sum = (all: readonly number[]) => all.reduce((total, each) => total + each, 0) / 3_600_000;
  expect(waits(0).slice(0, 4)).toEqual([5_000, 300_000, 1_800_000, 7_200_000]);
  expect(Math.round(sum(waits(0)))).toBe(76);
  expect(waits(1)).toEqual(waits(0).map((ms) => ms * 1.2));
  expect(retryMs(10, 0)).toBeUndefined();
});
