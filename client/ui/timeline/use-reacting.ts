/** Presses of reactions: a pill gives its emoji or takes it back, the button beside a message offers some. Handled once, for the list. */
import type { MouseEvent } from 'react';
import type { TimelineRow } from '../../conversation/conversation.ts';
import type { MenuAnchor } from './message-actions.ts';
import type { TimelineItem } from './timeline-items.ts';

export function useReacting({
  items,
  onReact,
  onOffer,
}: {
  items: readonly TimelineItem[];
  onReact: (row: TimelineRow, emoji: string) => void;
  onOffer: (row: TimelineRow, anchor: MenuAnchor) => void;
}) {
  return {
    onClick({ target }: MouseEvent) {
      const button = target instanceof Element ? target.closest<HTMLElement>('[data-react], [data-offer]') : null;
      const item = items[Number(button?.closest<HTMLElement>('[data-index]')?.dataset.index)];
      if (!button || item?.is !== 'message') return;
      const { react } = button.dataset;
      if (react === undefined) onOffer(item.row, button);
      else onReact(item.row, react);
    },
  };
}
