/**
 * Ways to reply to a message besides its menu: `r` on the current one, and on a touch screen a swipe of its row towards the end of
 * the line. A swipe begins only when the finger goes clearly sideways; the browser keeps scrolling to itself (`touch-action:
 * pan-y`) and ends the swipe when it does. It also follows quotes to what they quote.
 */
import { type KeyboardEvent, type MouseEvent, type PointerEvent, useRef } from 'react';
import type { MessageId } from '../../../schema/ids.ts';
import type { TimelineRow } from '../../conversation/conversation.ts';
import styles from './swipe.module.css';
import type { TimelineItem } from './timeline-items.ts';

/** Less may be a tap, or the beginning of scrolling. */
const BEGINS_PX = 12;
/** From here on letting go replies. */
const REPLIES_PX = 56;
const FARTHEST_PX = 76;
/** Swipes from the edge belong to the browser. */
const EDGE_PX = 24;

interface Swipe {
  readonly element: HTMLElement;
  readonly row: TimelineRow;
  readonly pointer: number;
  readonly x: number;
  readonly y: number;
  /** 1 where lines run to the right. */
  readonly direction: 1 | -1;
  is: 'undecided' | 'going' | 'far';
}

export function useReplying({
  items,
  canReply,
  onReply,
  onQuote,
}: {
  items: readonly TimelineItem[];
  canReply: boolean;
  onReply: (row: TimelineRow) => void;
  /** Somebody wants to see what is quoted. */
  onQuote: (id: MessageId) => void;
}) {
  const swipe = useRef<Swipe>(undefined);

  const findRow = (target: EventTarget): { row: TimelineRow; element: HTMLElement } | undefined => {
    if (!(target instanceof Element)) return undefined;
    const element = target.closest<HTMLElement>('[data-index]');
    const item = element ? items[Number(element.dataset.index)] : undefined;
    return element && item?.is === 'message' ? { row: item.row, element } : undefined;
  };
  const mayReply = ({ message }: TimelineRow): boolean => canReply && !('deletedAt' in message);

  const end = () => {
    const { current } = swipe;
    swipe.current = undefined;
    if (!current || current.is === 'undecided') return;
    current.element.classList.remove(styles.swiping ?? '');
    current.element.style.removeProperty('--swiped');
    delete current.element.dataset.far;
  };

  return {
    /** True when the key began a reply. */
    onKeyDown(event: KeyboardEvent): boolean {
      if (event.key !== 'r' || event.ctrlKey || event.metaKey || event.altKey) return false;
      const found = findRow(event.target);
      if (!found || event.target !== found.element || !mayReply(found.row)) return false;
      event.preventDefault();
      onReply(found.row);
      return true;
    },
    handlers: {
      onClick(event: MouseEvent) {
        const quote = event.target instanceof Element ? event.target.closest('[data-quote]') : null;
        const message = quote && findRow(quote)?.row.message;
        if (message && 're' in message && message.re) onQuote(message.re);
      },
      onPointerDown({ target, pointerType, pointerId, clientX: x, clientY: y }: PointerEvent) {
        end();
        const found = findRow(target);
        if (pointerType !== 'touch' || !found || !mayReply(found.row)) return;
        if (x < EDGE_PX || x > window.innerWidth - EDGE_PX) return;
        const direction = getComputedStyle(found.element).direction === 'rtl' ? -1 : 1;
        swipe.current = { ...found, pointer: pointerId, x, y, direction, is: 'undecided' };
      },
      onPointerMove({ pointerId, clientX, clientY }: PointerEvent) {
        const { current } = swipe;
        if (!current || current.pointer !== pointerId) return;
        const along = (clientX - current.x) * current.direction;
        if (current.is === 'undecided') {
          const across = Math.abs(clientY - current.y);
          if (across > BEGINS_PX || along < -BEGINS_PX) swipe.current = undefined;
          if (along < BEGINS_PX || along < 2 * across) return;
          current.is = 'going';
          current.element.classList.add(styles.swiping ?? '');
        }
        const px = Math.max(0, Math.min(along - BEGINS_PX, FARTHEST_PX));
        current.element.style.setProperty('--swiped', `${px * current.direction}px`);
        const isFar = px >= REPLIES_PX;
        if (isFar === (current.is === 'far')) return;
        current.is = isFar ? 'far' : 'going';
        current.element.toggleAttribute('data-far', isFar);
        if (isFar) navigator.vibrate?.(8);
      },
      onPointerUp({ pointerId }: PointerEvent) {
        const { current } = swipe;
        if (current?.pointer !== pointerId) return;
        end();
        if (current.is === 'far') onReply(current.row);
      },
      onPointerCancel: end,
    },
  };
}
