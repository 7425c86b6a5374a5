/**
 * Loads what comes before or after the rows when the reader comes near an end of them. Whether the timeline may follow what
 * is appended is decided here too: a page that the reader scrolled to must not carry them to its end.
 */
import { type RefObject, useCallback, useEffect, useRef } from 'react';
import type { Conversation, Timeline } from '../../conversation/conversation.ts';
import { afterPaint } from '../after-paint.ts';

/** Three screens: an epoch comes from the local store or the server before a wheel has got that far. */
const LOAD_WITHIN_PX = 2_400;
/** Of all rows: where pages are short, dropping one end must not bring the reader near it and load it again. */
const LOAD_WITHIN_PART = 0.2;

export function useFollowing({ newer }: Timeline): { isFollowing: boolean; pageNewer: (load: Promise<void>) => void } {
  const isPaging = useRef(false);
  const pageNewer = useCallback((load: Promise<void>) => {
    if (isPaging.current) return;
    isPaging.current = true;
    const end = () =>
      // The rows are rendered by then.
      requestAnimationFrame(() => {
        isPaging.current = false;
      });
    void load.finally(end);
  }, []);
  return { isFollowing: !isPaging.current && (newer === 'none' || newer === 'loading'), pageNewer };
}

export function usePaging({
  conversation,
  values,
  scroller,
  isOpened,
  isPaused,
  pageNewer,
}: {
  conversation: Conversation;
  values: Timeline;
  scroller: RefObject<HTMLDivElement | null>;
  isOpened: RefObject<boolean>;
  isPaused: boolean;
  pageNewer: (load: Promise<void>) => void;
}): void {
  const look = useRef(() => {});
  const cancel = useRef<() => void>(undefined);
  // After each render: the virtualizer renders when other rows come into view.
  useEffect(() => {
    look.current = () => {
      const element = scroller.current;
      if (!isOpened.current || isPaused || !element?.checkVisibility() || element.clientHeight === 0) return;
      const { scrollTop, scrollHeight, clientHeight } = element;
      const near = Math.min(LOAD_WITHIN_PX, scrollHeight * LOAD_WITHIN_PART);
      const below = scrollHeight - clientHeight - scrollTop;
      if (values.older === 'more' && scrollTop <= near) void conversation.loadOlder();
      if (values.newer === 'more' && below <= near) pageNewer(conversation.loadNewer());
    };
    // Whoever scrolls renders each frame, and must not put it off each time.
    cancel.current ??= afterPaint(() => {
      cancel.current = undefined;
      look.current();
    });
  });
  useEffect(
    () => () => {
      cancel.current?.();
      cancel.current = undefined;
    },
    [],
  );
}
