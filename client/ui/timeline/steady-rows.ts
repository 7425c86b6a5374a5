/**
 * Which row's size may move the others. A row is measured once it is in the page, and is then found to be higher or lower than was
 * thought. What the reader has before their eyes must not move for it: that is the first row that stood whole on screen before they
 * scrolled on, as long as it is still there.
 */
import type { VirtualItem, Virtualizer } from '@tanstack/react-virtual';

type Rows = Virtualizer<HTMLDivElement, Element>;

export class SteadyRows {
  #eye: VirtualItem['key'] | undefined;

  /** Call it when the reader scrolls, before `virtualizer` learns where to. */
  scrolls(virtualizer: Rows): void {
    const offset = virtualizer.scrollOffset ?? 0;
    const first = virtualizer.getVirtualItemForOffset(offset);
    const whole = first && first.start < offset ? virtualizer.measurementsCache[first.index + 1] : first;
    this.#eye = whole?.key;
  }

  /** Whether what lies below `row` stays where it is on screen, and not what lies above. */
  readonly movesUpwards = (row: VirtualItem, _delta: number, virtualizer: Rows): boolean => {
    const offset = virtualizer.scrollOffset ?? 0;
    // One that changes while it is above: while the reader scrolls up to it, the next change would undo this one.
    if (virtualizer.itemSizeCache.has(row.key)) return row.end <= offset && virtualizer.scrollDirection !== 'backward';
    if (row.start < offset) return true;
    const bottom = offset + (virtualizer.scrollRect?.height ?? 0);
    for (let index = row.index + 1; ; index++) {
      const below = virtualizer.measurementsCache[index];
      if (!below || below.start >= bottom) return false;
      if (below.key === this.#eye) return true;
    }
  };
}
