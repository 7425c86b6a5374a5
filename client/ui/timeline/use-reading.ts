/**
 * Tells the conversation which messages of others a person has seen: on screen, while the tab is visible and focused.
 * A tab in the background, or a window behind another, reads nothing.
 */
import type { Virtualizer } from '@tanstack/react-virtual';
import { type RefObject, useEffect, useRef } from 'react';
import type { MessageId } from '../../../schema/ids.ts';
import type { Conversation } from '../../conversation/conversation.ts';
import { afterPaint } from '../after-paint.ts';
import type { TimelineItem } from './timeline-items.ts';

export function useReading({
  conversation,
  items,
  virtualizer,
  scroller,
}: {
  conversation: Conversation;
  items: readonly TimelineItem[];
  virtualizer: Virtualizer<HTMLDivElement, Element>;
  scroller: RefObject<HTMLDivElement | null>;
}): void {
  const told = useRef(new Set<MessageId>());

  useEffect(() => {
    const tell = () => {
      // A pane that is kept hidden shows nothing to anybody.
      const height = scroller.current?.checkVisibility() ? scroller.current.clientHeight : 0;
      if (height === 0 || document.visibilityState !== 'visible' || !document.hasFocus()) return;
      const top = virtualizer.scrollOffset ?? 0;
      const seen: MessageId[] = [];
      for (const { index, start, end } of virtualizer.getVirtualItems()) {
        const item = items[index];
        if (item?.is !== 'message' || item.row.own || told.current.has(item.row.message.id)) continue;
        // Half of a row, or half a screen of a long one.
        const shown = Math.min(end, top + height) - Math.max(start, top);
        if (shown >= Math.min(end - start, height) / 2) seen.push(item.row.message.id);
      }
      if (seen.length === 0) return;
      for (const id of seen) told.current.add(id);
      conversation.shown(seen);
    };

    // After the paint: the virtualizer has scrolled where it wants to be, and nobody waits for it.
    const cancel = afterPaint(tell);
    window.addEventListener('focus', tell);
    document.addEventListener('visibilitychange', tell);
    return () => {
      cancel();
      window.removeEventListener('focus', tell);
      document.removeEventListener('visibilitychange', tell);
    };
  });
}
