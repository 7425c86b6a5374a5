/** The day that floats over the rows while a person scrolls. */
import type { TimelineItem } from './timeline-items.ts';

/** The day of what stands at the top of the view, unless its own heading is there. */
export function dayAtTop(
  items: readonly TimelineItem[],
  virtualizer: { scrollOffset: number | null; getVirtualItemForOffset(offset: number): { index: number } | undefined },
): number | undefined {
  const top = virtualizer.getVirtualItemForOffset((virtualizer.scrollOffset ?? 0) + 24)?.index ?? -1;
  if (items[top]?.is === 'day') return undefined;
  for (let index = top; index >= 0; index--) {
    const item = items[index];
    if (item?.is === 'day') return item.at;
  }
  // Its heading stands among older rows that are not loaded.
  const first = items[0];
  return top >= 0 && first?.is === 'message' ? first.row.message.at : undefined;
}
