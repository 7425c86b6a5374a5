/**
 * All ways to open a message's menu: its button, right-click, long press, and on the keyboard Enter, Shift+F10 or the
 * menu key. Selected text and links keep the browser's own menu.
 */
import { type KeyboardEvent, type MouseEvent, type PointerEvent, useCallback, useEffect, useRef } from 'react';
import type { TimelineRow } from '../../conversation/conversation.ts';
import type { MenuAnchor } from './message-actions.ts';
import type { TimelineItem } from './timeline-items.ts';

const LONG_PRESS_MS = 450;
/** A finger that moved further scrolls. */
const LONG_PRESS_SLOP_PX = 10;

const pointAnchor = (x: number, y: number): MenuAnchor => ({ getBoundingClientRect: () => new DOMRect(x, y, 0, 0) });

/** Lifting the finger that opened a menu is no press outside of it, nor on the item that happens to lie under it. */
function swallowRelease(): void {
  const done = new AbortController();
  const swallow = (event: TouchEvent) => {
    done.abort();
    event.preventDefault();
    event.stopPropagation();
  };
  const options = { capture: true, passive: false, signal: done.signal };
  window.addEventListener('touchend', swallow, options);
  window.addEventListener('touchcancel', () => done.abort(), options);
}

export function useMenuGestures({
  items,
  onMenu,
}: {
  items: readonly TimelineItem[];
  onMenu: (row: TimelineRow, anchor: MenuAnchor) => void;
}) {
  const press = useRef<{ timer: ReturnType<typeof setTimeout>; x: number; y: number }>(undefined);
  const cancelPress = useCallback(() => {
    clearTimeout(press.current?.timer);
    press.current = undefined;
  }, []);
  useEffect(() => cancelPress, [cancelPress]);

  const findRow = (target: EventTarget): { row: TimelineRow; element: HTMLElement } | undefined => {
    if (!(target instanceof Element)) return undefined;
    const element = target.closest<HTMLElement>('[data-index]');
    const item = element ? items[Number(element.dataset.index)] : undefined;
    return element && item?.is === 'message' ? { row: item.row, element } : undefined;
  };

  const openAt = (element: HTMLElement, row: TimelineRow) =>
    onMenu(row, element.querySelector('[data-bubble]') ?? element);

  return {
    /** True when the key opened a menu. */
    onKeyDown(event: KeyboardEvent): boolean {
      const isMenuKey = event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey);
      const found = findRow(event.target);
      if (!found || !(isMenuKey || (event.key === 'Enter' && event.target === found.element))) return false;
      event.preventDefault();
      openAt(found.element, found.row);
      return true;
    },
    handlers: {
      onClick(event: MouseEvent) {
        const button = event.target instanceof Element ? event.target.closest('[data-menu]') : null;
        const found = button && findRow(button);
        if (found) onMenu(found.row, button);
      },
      onContextMenu(event: MouseEvent) {
        const found = findRow(event.target);
        const isLink = event.target instanceof Element && event.target.closest('a') !== null;
        if (!found || isLink || window.getSelection()?.isCollapsed === false) return;
        if (!(event.target as Element).closest('[data-bubble]')) return;
        event.preventDefault();
        cancelPress();
        onMenu(found.row, pointAnchor(event.clientX, event.clientY));
      },
      onPointerDown(event: PointerEvent) {
        cancelPress();
        const found = findRow(event.target);
        if (event.pointerType === 'mouse' || !found) return;
        if (!(event.target as Element).closest('[data-bubble]')) return;
        const { clientX: x, clientY: y } = event;
        const timer = setTimeout(() => {
          press.current = undefined;
          navigator.vibrate?.(8);
          swallowRelease();
          onMenu(found.row, pointAnchor(x, y));
        }, LONG_PRESS_MS);
        press.current = { timer, x, y };
      },
      onPointerMove(event: PointerEvent) {
        if (!press.current) return;
        const moved = Math.hypot(event.clientX - press.current.x, event.clientY - press.current.y);
        if (moved > LONG_PRESS_SLOP_PX) cancelPress();
      },
      onPointerUp: cancelPress,
      onPointerCancel: cancelPress,
    },
  };
}
