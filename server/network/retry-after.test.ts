import { expect, test } from 'vitest';
import { retryAfterMs } from './retry-after.ts';

test('Retry-After is a number of seconds or a date; what cannot be read is nothing', () => {
  const now = Date.parse('Wed, 21 Oct 2026 07:28:00 GMT');
  expect(retryAfterMs('120', now)).toBe(120_000);
  expect(retryAfterMs('Wed, 21 Oct 2026 07:29:00 GMT', now)).toBe(60_000);
  expect(retryAfterMs('Wed, 21 Oct 2026 07:27:00 GMT', now)).toBe(0);
  for (const nothing of [undefined, 'soon']) expect(retryAfterMs(nothing, now)).toBeUndefined();
});
