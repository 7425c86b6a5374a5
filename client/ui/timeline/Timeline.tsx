/**
 * The messages of one conversation: virtualized, anchored at the end, one Tab stop with arrow keys inside. It opens at the
 * first unread message or at the end, follows new messages only when already at the end, and tells the conversation
 * which messages were really seen.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown } from 'lucide-react';
import { type Ref, useImperativeHandle, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type {
  Conversation,
  ConversationSummary,
  FailedText,
  TimelineRow,
  Timeline as Values,
} from '../../conversation/conversation.ts';
import { dayLabel, useToday } from '../dates.ts';
import { prefersReducedMotion } from '../media.ts';
import { text } from '../text.ts';
import type { FailedAction } from './FailedRow.tsx';
import type { MenuAnchor } from './message-actions.ts';
import styles from './Timeline.module.css';
import { estimateHeight, TimelineEntry } from './TimelineEntry.tsx';
import { findFocusable, isFocusable, type TimelineItem, timelineItems } from './timeline-items.ts';
import { useEndAnchor } from './use-end-anchor.ts';
import { useMenuGestures } from './use-menu-gestures.ts';
import { useReading } from './use-reading.ts';
import { useRovingFocus } from './use-roving-focus.ts';

/** Nearer to the end than this counts as at the end. More than `PADDING_END`, or the end would never be reached. */
const AT_END_PX = 48;
const PADDING_END = 10;

export interface TimelineHandle {
  scrollToEnd(): void;
  focus(): void;
  focusRow(key: string): void;
}

export function Timeline({
  ref,
  conversation,
  values,
  summary,
  menuRow,
  onMenu,
  onFailed,
  onLeave,
}: {
  ref: Ref<TimelineHandle>;
  conversation: Conversation;
  values: Values;
  summary: ConversationSummary;
  /** The message whose menu is open. */
  menuRow: string | undefined;
  onMenu: (row: TimelineRow, anchor: MenuAnchor) => void;
  onFailed: (failed: FailedText, action: FailedAction) => void;
  /** Escape was pressed: focus goes back to the composer. */
  onLeave: () => void;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const isOpened = useRef(false);
  const isScrolledByPerson = useRef(false);
  const today = useToday();
  const items = useMemo(() => timelineItems(values), [values]);
  const [active, setActive] = useState<string>();

  const lastFocusable = items.findLastIndex(isFocusable);
  const activeIndex = active === undefined ? -1 : items.findIndex((item) => item.key === active && isFocusable(item));
  const tabStop = activeIndex >= 0 ? activeIndex : lastFocusable;

  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => estimateHeight(items[index] as TimelineItem),
    getItemKey: (index) => (items[index] as TimelineItem).key,
    overscan: 8,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: AT_END_PX,
    paddingStart: 8,
    paddingEnd: PADDING_END,
    scrollPaddingStart: 56,
    // The Tab stop is always rendered, so that focus is neither lost by scrolling nor out of reach.
    rangeExtractor: ({ startIndex, endIndex, overscan, count }) => {
      const from = Math.max(0, startIndex - overscan);
      const to = Math.min(count - 1, endIndex + overscan);
      const indexes = Array.from({ length: to - from + 1 }, (_, index) => from + index);
      if (tabStop >= 0 && tabStop < count && (tabStop < from || tabStop > to)) {
        if (tabStop < from) indexes.unshift(tabStop);
        else indexes.push(tabStop);
      }
      return indexes;
    },
  });

  // Mounted anew (as strict mode does), the virtualizer begins at the top again.
  useLayoutEffect(
    () => () => {
      isOpened.current = false;
    },
    [],
  );
  useLayoutEffect(() => {
    if (isOpened.current || values.state !== 'ready' || items.length === 0) return;
    isOpened.current = true;
    const unread = items.findIndex((item) => item.is === 'unread');
    if (unread >= 0) virtualizer.scrollToIndex(unread, { align: 'start' });
    else virtualizer.scrollToEnd();
  });

  useEndAnchor({ scroller, virtualizer, startsAtEnd: values.firstUnread === undefined });
  useReading({ conversation, items, virtualizer, scroller });
  const focusIndex = useRovingFocus({ items, scroller, virtualizer, setActive });
  const gestures = useMenuGestures({ items, onMenu });

  useImperativeHandle(ref, () => ({
    scrollToEnd: () => virtualizer.scrollToEnd(),
    focus: () => focusIndex(tabStop),
    focusRow: (key) => focusIndex(items.findIndex((item) => item.key === key)),
  }));

  const onKeyDown = (event: React.KeyboardEvent) => {
    if (gestures.onKeyDown(event)) return;
    const isRow = event.target instanceof HTMLElement && event.target.dataset.index !== undefined;
    if (event.key === 'Escape') onLeave();
    else if (!isRow) return;
    else if (event.key === 'ArrowUp') focusIndex(findFocusable(items, tabStop - 1, -1));
    else if (event.key === 'ArrowDown') focusIndex(findFocusable(items, tabStop + 1, 1));
    else if (event.key === 'Home') focusIndex(findFocusable(items, 0, 1));
    else if (event.key === 'End') focusIndex(lastFocusable);
    else return;
    event.preventDefault();
  };

  const jump = () => {
    const isNear = virtualizer.getDistanceFromEnd() < 3000;
    virtualizer.scrollToEnd({ behavior: isNear && !prefersReducedMotion() ? 'smooth' : 'auto' });
  };

  const isAway = items.length > 0 && isOpened.current && !virtualizer.isAtEnd(AT_END_PX * 3);
  const day = virtualizer.isScrolling && isScrolledByPerson.current ? dayAtTop(items, virtualizer) : undefined;

  return (
    <div className={styles.timeline}>
      <p className={styles.floatingDay} aria-hidden="true" data-shown={day !== undefined || undefined}>
        {day === undefined ? '' : dayLabel(day, today)}
      </p>
      <div
        ref={scroller}
        className={styles.scroller}
        // Following new messages scrolls too, and needs no day to float by.
        onWheel={() => {
          isScrolledByPerson.current = true;
        }}
        onPointerDown={() => {
          isScrolledByPerson.current = true;
        }}
      >
        {/* biome-ignore lint/a11y/useSemanticElements: the rows of a virtualized list are placed by transforms, which li markers and resets only disturb */}
        <div
          role="list"
          aria-label={text.conversation.timeline(summary.title)}
          className={styles.list}
          style={{ height: virtualizer.getTotalSize() }}
          onKeyDown={onKeyDown}
          onFocus={(event) => {
            const key = event.target.closest<HTMLElement>('[data-key]')?.dataset.key;
            if (key !== undefined) setActive(key);
          }}
          {...gestures.handlers}
        >
          {virtualizer.getVirtualItems().map(({ key, index, start }) => {
            const item = items[index] as TimelineItem;
            return (
              // biome-ignore lint/a11y/useSemanticElements: see the list
              <div
                key={key}
                ref={virtualizer.measureElement}
                role="listitem"
                data-index={index}
                data-key={item.key}
                data-menu-open={item.key === menuRow || undefined}
                aria-setsize={items.length}
                aria-posinset={index + 1}
                tabIndex={isFocusable(item) ? (index === tabStop ? 0 : -1) : undefined}
                className={styles.item}
                style={{ transform: `translateY(${start}px)` }}
              >
                <TimelineEntry
                  item={item}
                  summary={summary}
                  today={today}
                  isTabStop={index === tabStop}
                  onFailed={onFailed}
                />
              </div>
            );
          })}
        </div>
      </div>
      {isAway && (
        <button type="button" className={styles.jump} onClick={jump}>
          <ArrowDown aria-hidden="true" />
          {values.unread > 0 ? text.conversation.jumpNew(values.unread) : text.conversation.jump}
        </button>
      )}
    </div>
  );
}

/** The day of what stands at the top of the view, unless its own heading is there. */
function dayAtTop(
  items: readonly TimelineItem[],
  virtualizer: { scrollOffset: number | null; getVirtualItemForOffset(offset: number): { index: number } | undefined },
): number | undefined {
  const top = virtualizer.getVirtualItemForOffset((virtualizer.scrollOffset ?? 0) + 24)?.index ?? -1;
  if (items[top]?.is === 'day') return undefined;
  for (let index = top; index >= 0; index--) {
    const item = items[index];
    if (item?.is === 'day') return item.at;
  }
  return undefined;
}
