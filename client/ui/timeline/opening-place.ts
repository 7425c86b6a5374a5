/**
 * Where the timeline will probably stand when it opens, so that the rows of its first rendering are those that stay: starting
 * at the top, a phone would render and measure a screen of rows that nobody ever sees. Estimates suffice, as the
 * timeline scrolls to its exact place in the same frame.
 */
import { estimateHeight } from './TimelineEntry.tsx';
import type { TimelineItem } from './timeline-items.ts';

/** Header and composer take about a fifth of a phone, less of a desktop. */
const TIMELINE_PART = 0.8;

export const openingRect = (): { width: number; height: number } => ({
  width: window.innerWidth,
  height: window.innerHeight * TIMELINE_PART,
});

/** px from the top: the "New messages" line at the upper edge, or the end at the lower. */
export function openingOffset(items: readonly TimelineItem[]): number {
  const unread = items.findIndex((item) => item.is === 'unread');
  const above = unread < 0 ? items : items.slice(0, unread);
  const offset = above.reduce((sum, item) => sum + estimateHeight(item), 0);
  return unread < 0 ? Math.max(0, offset - openingRect().height) : offset;
}
