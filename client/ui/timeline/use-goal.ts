/** Brings the row of a jump into view, and marks it for a moment when a certain message was asked for. */
import type { Virtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useRef, useState } from 'react';
import type { Goal } from '../conversation/use-jump.ts';
import type { TimelineItem } from './timeline-items.ts';

export function useGoal({
  goal,
  items,
  virtualizer,
  focusIndex,
}: {
  goal: Goal | undefined;
  items: readonly TimelineItem[];
  virtualizer: Virtualizer<HTMLDivElement, Element>;
  focusIndex: (index: number, align: 'center') => void;
}): { marked: string | undefined; unmark: () => void } {
  const [marked, setMarked] = useState<string>();
  const reached = useRef<Goal>(undefined);

  useLayoutEffect(() => {
    if (!goal || reached.current === goal) return;
    reached.current = goal;
    const index = items.findIndex((item) => item.key === goal.row);
    if (index < 0) return;
    const { target } = goal;
    if (target === 'latest') virtualizer.scrollToEnd();
    else if (typeof target === 'object' && 'message' in target) {
      focusIndex(index, 'center');
      setMarked(goal.row);
    } else {
      // With the heading of its day, or the line of new messages, above it.
      const above = items[index - 1]?.is;
      const isHeaded = above === 'day' || above === 'unread';
      virtualizer.scrollToIndex(isHeaded ? index - 1 : index, { align: 'start' });
    }
  });

  return { marked, unmark: () => setMarked(undefined) };
}
