/** Moves focus between rows of a virtualized list: scrolls to the row, and focuses it once it is rendered. */
import type { Virtualizer } from '@tanstack/react-virtual';
import { type RefObject, useCallback, useLayoutEffect, useRef } from 'react';
import type { TimelineItem } from './timeline-items.ts';

export function useRovingFocus({
  items,
  scroller,
  virtualizer,
  setActive,
}: {
  items: readonly TimelineItem[];
  scroller: RefObject<HTMLDivElement | null>;
  virtualizer: Virtualizer<HTMLDivElement, Element>;
  setActive: (key: string) => void;
}): (index: number, align?: 'auto' | 'center') => void {
  const wanted = useRef<string>(undefined);

  const focusWanted = useCallback(() => {
    if (wanted.current === undefined) return;
    const row = scroller.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(wanted.current)}"]`);
    if (!row) return;
    wanted.current = undefined;
    row.focus({ preventScroll: true });
  }, [scroller]);

  useLayoutEffect(focusWanted);

  return (index, align = 'auto') => {
    const item = items[index];
    if (!item) return;
    wanted.current = item.key;
    setActive(item.key);
    virtualizer.scrollToIndex(index, { align });
    focusWanted();
  };
}
