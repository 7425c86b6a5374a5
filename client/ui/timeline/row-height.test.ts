import { describe, expect, it } from 'vitest';
import type { MessageId, UserId } from '../../../schema/ids.ts';
import { estimateHeight, type RowMetrics, rowMetrics } from './row-height.ts';
import type { MessageItem } from './timeline-items.ts';

const PHONE = rowMetrics(390, true, false);

const item = (text: string, { own = false, first = false } = {}): MessageItem => ({
  is: 'message',
  key: 'a-0',
  first,
  last: false,
  late: false,
  row: { message: { id: 'a-0' as MessageId, from: 'u' as UserId, at: 0, text }, epoch: 0, own, pending: false },
});
const height = (text: string, metrics: RowMetrics = PHONE, options = {}): number =>
  estimateHeight(item(text, options), metrics);

describe('a row is estimated', () => {
  it('higher the more lines its text probably has', () => {
    expect(height('short')).toBeLessThan(height('x'.repeat(60)));
    expect(height('x'.repeat(60))).toBeLessThan(height('x'.repeat(120)));
    expect(height('a\nb\nc')).toBeGreaterThan(height('a b c'));
    expect(height('a\n\nb\n')).toBe(height('a\nb\nc\nd'));
  });

  it('higher on a phone than on a wide screen', () => {
    const wide = rowMetrics(1_000, false, false);
    expect(height('x'.repeat(100))).toBeGreaterThan(height('x'.repeat(100), wide));
  });

  it('with room for a name where one stands', () => {
    const group = rowMetrics(390, true, true);
    const first = height('short', group, { first: true });
    expect(first).toBeGreaterThan(height('short', PHONE, { first: true }));
    expect(first).toBeGreaterThan(height('short', group, { first: true, own: true }));
  });

  it('with room below a last line that is full', () => {
    const characters = Math.floor(PHONE.textWidth / (PHONE.fontPx * 0.49));
    expect(height('x'.repeat(characters))).toBeGreaterThan(height('x'.repeat(characters / 2)));
  });
});
