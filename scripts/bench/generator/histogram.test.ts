import { expect, test } from 'vitest';
import { Histogram } from './histogram.ts';

test('a quantile is the smallest latency that so many do not exceed, to 10 µs', () => {
  const histogram = new Histogram();
  for (let ms = 1; ms <= 100; ms++) histogram.record(ms);
  expect(histogram.total).toBe(100);
  expect(histogram.quantile(0.5)).toBeCloseTo(50, 1);
  expect(histogram.quantile(0.99)).toBeCloseTo(99, 1);
  expect(histogram.quantile(1)).toBeCloseTo(100, 1);
});

test('nothing recorded has no quantile, and what is above the range counts as its end', () => {
  const histogram = new Histogram();
  expect(histogram.quantile(0.5)).toBeNaN();
  histogram.record(60_000);
  expect(histogram.quantile(0.5)).toBe(4_000);
});
