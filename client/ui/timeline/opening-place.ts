/**
 * Where the timeline will probably stand when it opens, so that the rows of its first rendering are those that stay: starting
 * at the top, a phone would render and measure a screen of rows that nobody ever sees. Estimates suffice, as the
 * timeline scrolls to its exact place in the same frame.
 */
import { textScale } from '../text-size.ts';
import { estimateHeight, type RowMetrics, rowMetrics } from './row-height.ts';
import type { TimelineItem } from './timeline-items.ts';

/** Header and composer, as the style sheets have them. */
const CHROME_PX = 124;
/** The list beside the conversation, likewise. */
const LIST = { leastPx: 300, part: 0.29, most: 0.42, mostPx: 380 };

function listWidth(): number {
  const { innerWidth } = window;
  const least = Math.min(LIST.leastPx * textScale(), innerWidth * LIST.most);
  return Math.min(LIST.mostPx * textScale(), Math.max(least, innerWidth * LIST.part));
}

export const openingRect = (isNarrow: boolean): { width: number; height: number } => ({
  width: window.innerWidth - (isNarrow ? 0 : listWidth()),
  height: Math.max(0, window.innerHeight - CHROME_PX * textScale()),
});

export const openingMetrics = (isNarrow: boolean, isGroup: boolean): RowMetrics =>
  rowMetrics(openingRect(isNarrow).width, isNarrow, isGroup, textScale());

/** px from the top: the "New messages" line at the upper edge, or the end at the lower. */
export function openingOffset(items: readonly TimelineItem[], metrics: RowMetrics, height: number): number {
  const unread = items.findIndex((item) => item.is === 'unread');
  const above = unread < 0 ? items : items.slice(0, unread);
  const offset = above.reduce((sum, item) => sum + estimateHeight(item, metrics), 0);
  return unread < 0 ? Math.max(0, offset - height) : offset;
}
