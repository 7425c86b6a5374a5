/**
 * The messages of one conversation: virtualized, anchored at the end, one Tab stop with arrow keys inside. It opens at the
 * first unread message or at the end, loads more at both ends while the row under the eye stays where it is, follows new
 * messages only when already at the end, and tells the conversation which messages were really seen.
 */
import { observeElementOffset, useVirtualizer, type Virtualizer } from '@tanstack/react-virtual';
import { ArrowDown } from 'lucide-react';
import {
  type Ref,
  startTransition,
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type {
  Conversation,
  ConversationSummary,
  FailedText,
  TimelineRow,
  Timeline as Values,
} from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import type { Jumping } from '../conversation/use-jump.ts';
import { dayLabel, useToday } from '../dates.ts';
import { viewed } from '../files/viewed.ts';
import { prefersReducedMotion } from '../media.ts';
import { useObserved } from '../observed.ts';
import type { FailedAction } from './FailedRow.tsx';
import { dayAtTop } from './floating-day.ts';
import type { MenuAnchor } from './message-actions.ts';
import { openingMetrics, openingOffset, openingRect } from './opening-place.ts';
import { estimateHeight } from './row-height.ts';
import { SelectionMark } from './SelectionMark.tsx';
import { SteadyRows } from './steady-rows.ts';
import styles from './Timeline.module.css';
import { TimelineEdge } from './TimelineEdge.tsx';
import { TimelineEntry } from './TimelineEntry.tsx';
import { findFocusable, isFocusable, type TimelineItem, timelineItems } from './timeline-items.ts';
import { useEndAnchor } from './use-end-anchor.ts';
import { useGoal } from './use-goal.ts';
import { useMenuGestures } from './use-menu-gestures.ts';
import { useFollowing, usePaging } from './use-paging.ts';
import { useReacting } from './use-reacting.ts';
import { useReading } from './use-reading.ts';
import { useReplying } from './use-replying.ts';
import { useRovingFocus } from './use-roving-focus.ts';
import { useSelecting } from './use-selecting.ts';

/** Nearer to the end than this counts as at the end. More than `PADDING_END`, or the end would never be reached. */
const AT_END_PX = 48;
const PADDING_END = 10;
/** Rows made beyond the screen, at each end. */
const OVERSCAN = 8;
/** Room for what is said at an end of the rows where more is to come. */
const EDGE_PX = 40;

/** In px, of what is known: the virtualizer asks the page, which would be laid out for that in the middle of rendering. */
const distanceFromEnd = (virtualizer: Virtualizer<HTMLDivElement, Element>): number =>
  virtualizer.getTotalSize() - (virtualizer.scrollOffset ?? 0) - (virtualizer.scrollRect?.height ?? 0);

export interface TimelineHandle {
  scrollToEnd(): void;
  focus(): void;
  focusRow(key: string): void;
}

export function Timeline({
  ref,
  conversation,
  visit,
  values,
  summary,
  isNarrow,
  jumping,
  menuRow,
  selected,
  onSelect,
  onMenu,
  onReact,
  onOffer,
  onReply,
  onFailed,
  onLeave,
}: {
  ref: Ref<TimelineHandle>;
  conversation: Conversation;
  /** Another number each time it is shown. */
  visit: number;
  values: Values;
  summary: ConversationSummary;
  isNarrow: boolean;
  jumping: Jumping;
  /** The message whose menu is open. */
  menuRow: string | undefined;
  /** While messages are being selected, a press on one selects it. */
  selected: ReadonlySet<string> | undefined;
  onSelect: (row: TimelineRow) => void;
  onMenu: (row: TimelineRow, anchor: MenuAnchor) => void;
  onReact: (row: TimelineRow, emoji: string) => void;
  /** Reactions to the message are to be offered. */
  onOffer: (row: TimelineRow, anchor: MenuAnchor) => void;
  onReply: (row: TimelineRow) => void;
  onFailed: (failed: FailedText, action: FailedAction) => void;
  /** Escape was pressed: focus goes back to the composer. */
  onLeave: () => void;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const isOpened = useRef(false);
  const isScrolledByPerson = useRef(false);
  const isPlacedAtUnread = useRef(false);
  const { isFollowing, pageNewer } = useFollowing(values);
  const today = useToday();
  const items = useMemo(() => timelineItems(values), [values]);
  const [active, setActive] = useState<string>();
  // What is on screen comes first; the rows around it are made once that is painted.
  const [overscan, setOverscan] = useState(0);
  useEffect(() => {
    const frame = requestAnimationFrame(() => startTransition(() => setOverscan(OVERSCAN)));
    return () => cancelAnimationFrame(frame);
  }, []);

  const lastFocusable = items.findLastIndex(isFocusable);
  const activeIndex = active === undefined ? -1 : items.findIndex((item) => item.key === active && isFocusable(item));
  const tabStop = activeIndex >= 0 ? activeIndex : lastFocusable;

  const [opening] = useState(() => ({
    rect: openingRect(isNarrow),
    metrics: openingMetrics(isNarrow, summary.kind === 'group'),
  }));
  const tellOffset = useRef<(offset: number, isScrolling: boolean) => void>(undefined);
  const [steady] = useState(() => new SteadyRows());

  // Another function would make it measure all rows anew.
  const keyOf = useCallback((index: number) => (items[index] as TimelineItem).key, [items]);
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => estimateHeight(items[index] as TimelineItem, opening.metrics),
    getItemKey: keyOf,
    // Rows that were measured are moved without rendering the list once more.
    directDomUpdates: true,
    directDomUpdatesMode: 'position',
    initialRect: opening.rect,
    initialOffset: () => openingOffset(items, opening.metrics, opening.rect.height),
    observeElementOffset: (instance, tell) => {
      tellOffset.current = tell;
      return observeElementOffset(instance, (...scroll) => {
        steady.scrolls(instance);
        tell(...scroll);
      });
    },
    overscan,
    anchorTo: 'end',
    followOnAppend: isFollowing,
    scrollEndThreshold: AT_END_PX,
    paddingStart: values.older === 'none' ? 8 : EDGE_PX,
    paddingEnd: values.newer === 'none' ? PADDING_END : EDGE_PX,
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

  virtualizer.shouldAdjustScrollPositionOnItemSizeChange = steady.movesUpwards;

  // Mounted anew (as strict mode does), the virtualizer begins at the top again.
  useLayoutEffect(
    () => () => {
      isOpened.current = false;
      isPlacedAtUnread.current = false;
    },
    [],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: who comes back is where they were, unless something is unread
  useLayoutEffect(() => {
    isPlacedAtUnread.current = false;
    isScrolledByPerson.current = false;
  }, [visit]);
  useLayoutEffect(() => {
    if (values.state !== 'ready' || items.length === 0) return;
    const isOpening = !isOpened.current;
    isOpened.current = true;
    // What was unread may be known only when the first sync brings it; until the person scrolls, that is where to begin.
    const isToBePlaced = !isPlacedAtUnread.current && !isScrolledByPerson.current && !jumping.goal;
    const unread = isToBePlaced ? items.findIndex((item) => item.is === 'unread') : -1;
    if (unread >= 0) {
      isPlacedAtUnread.current = true;
      virtualizer.scrollToIndex(unread, { align: 'start' });
    } else if (isOpening) virtualizer.scrollToEnd();
    else return;
    // The browser tells of it a frame later; told at once, the rows of the exact place are made in this one.
    if (scroller.current) tellOffset.current?.(scroller.current.scrollTop, false);
  });

  useEndAnchor({ scroller, virtualizer, startsAtEnd: values.firstUnread === undefined });
  useReading({ conversation, items, virtualizer, scroller });
  const focusIndex = useRovingFocus({ items, scroller, virtualizer, setActive });
  const { marked, unmark } = useGoal({ goal: jumping.goal, items, virtualizer, focusIndex });
  // The gallery loads what it looks for, and what lies behind it would load the other end again.
  const isCovered = useObserved(viewed) !== undefined;
  usePaging({ conversation, values, scroller, isOpened, isPaused: jumping.isUnderWay || isCovered, pageNewer });
  const gestures = useMenuGestures({ items, onMenu });
  const reacting = useReacting({ items, onReact, onOffer });
  const replying = useReplying({
    ...{ items, canReply: !summary.isOver, onReply },
    onQuote: (message) => void jumping.jump({ message }),
  });

  const selecting = useSelecting({ items, onSelect });

  const isDetached = values.newer === 'more' || values.newer === 'absent';
  const scrollToEnd = () => {
    isScrolledByPerson.current = true;
    if (isDetached) jumping.jump('latest');
    else virtualizer.scrollToEnd();
  };
  useImperativeHandle(ref, () => ({
    scrollToEnd,
    focus: () => focusIndex(tabStop),
    focusRow: (key) => focusIndex(items.findIndex((item) => item.key === key)),
  }));

  const onKeyDown = (event: React.KeyboardEvent) => {
    if (selected ? selecting.onKeyDown(event) : gestures.onKeyDown(event) || replying.onKeyDown(event)) return;
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
    if (isDetached) return scrollToEnd();
    const isNear = virtualizer.getDistanceFromEnd() < 3000;
    virtualizer.scrollToEnd({ behavior: isNear && !prefersReducedMotion() ? 'smooth' : 'auto' });
  };

  // Where the end is can be asked only once all is laid out.
  const isPainted = overscan > 0;
  const isAway = items.length > 0 && isPainted && (isDetached || distanceFromEnd(virtualizer) > AT_END_PX * 3);
  const day = virtualizer.isScrolling && isScrolledByPerson.current ? dayAtTop(items, virtualizer) : undefined;

  return (
    <div className={styles.timeline} {...replying.handlers}>
      <p className={styles.floatingDay} aria-hidden="true" data-shown={day !== undefined || undefined}>
        {day === undefined ? '' : dayLabel(day, today)}
      </p>
      <div
        ref={scroller}
        className={styles.scroller}
        // A press on a reaction means its message, too.
        {...(selected ? undefined : reacting)}
        // Following new messages scrolls too, and needs no day to float by.
        onWheel={() => {
          isScrolledByPerson.current = true;
        }}
        onPointerDown={() => {
          isScrolledByPerson.current = true;
        }}
      >
        {/* biome-ignore lint/a11y/useSemanticElements: the rows of a virtualized list are placed one by one, which li markers and resets only disturb */}
        <div
          ref={virtualizer.containerRef}
          role="list"
          aria-label={t('conversation.timeline', { title: summary.title })}
          className={styles.list}
          onKeyDown={onKeyDown}
          onFocus={(event) => {
            const key = event.target.closest<HTMLElement>('[data-key]')?.dataset.key;
            if (key !== undefined) setActive(key);
          }}
          onAnimationEnd={unmark}
          {...(selected ? selecting.handlers : gestures.handlers)}
          data-selecting={selected !== undefined || undefined}
        >
          <TimelineEdge edge={values.older} at="start" />
          {virtualizer.getVirtualItems().map(({ key, index }) => {
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
                data-marked={item.key === marked || undefined}
                // How many there are in all is not known here while there are more.
                aria-setsize={values.older === 'none' && values.newer === 'none' ? items.length : -1}
                aria-posinset={index + 1}
                tabIndex={isFocusable(item) ? (index === tabStop ? 0 : -1) : undefined}
                className={styles.item}
              >
                {selected && item.is === 'message' && (
                  <SelectionMark
                    item={item}
                    isSelected={selected.has(item.key)}
                    isTabStop={index === tabStop}
                    onSelect={onSelect}
                  />
                )}
                <TimelineEntry
                  item={item}
                  conversation={conversation}
                  summary={summary}
                  today={today}
                  isTabStop={index === tabStop}
                  onFailed={onFailed}
                />
              </div>
            );
          })}
          <TimelineEdge edge={values.newer} at="end" />
        </div>
      </div>
      {isAway && (
        <button type="button" className={styles.jump} onClick={jump}>
          <ArrowDown aria-hidden="true" />
          {values.unread > 0 ? t('conversation.jumpNew', { count: values.unread }) : t('conversation.jump')}
        </button>
      )}
    </div>
  );
}
