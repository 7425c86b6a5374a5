/** While messages are being selected, a press, Enter or the space bar means the message, and not what it says. */
import type { KeyboardEvent, MouseEvent } from 'react';
import type { TimelineRow } from '../../conversation/conversation.ts';
import type { TimelineItem } from './timeline-items.ts';

export function useSelecting({
  items,
  onSelect,
}: {
  items: readonly TimelineItem[];
  onSelect: (row: TimelineRow) => void;
}) {
  const select = (target: EventTarget): boolean => {
    // The box has its own way.
    if (!(target instanceof HTMLElement) || target instanceof HTMLInputElement) return false;
    const item = items[Number(target.closest<HTMLElement>('[data-index]')?.dataset.index)];
    if (item?.is !== 'message') return false;
    onSelect(item.row);
    return true;
  };
  return {
    /** True when the key selected something. */
    onKeyDown(event: KeyboardEvent): boolean {
      if ((event.key !== 'Enter' && event.key !== ' ') || !select(event.target)) return false;
      event.preventDefault();
      return true;
    },
    handlers: { onClick: (event: MouseEvent) => void select(event.target) },
  };
}
