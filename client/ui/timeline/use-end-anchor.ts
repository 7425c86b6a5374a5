/**
 * Keeps what stands above the composer in place when the view changes its height: the composer grows, a phone's keyboard
 * opens. At the end it stays at the end; elsewhere the lower edge stays where it was.
 */
import type { Virtualizer } from '@tanstack/react-virtual';
import { type RefObject, useEffect, useRef } from 'react';

export function useEndAnchor({
  scroller,
  virtualizer,
  startsAtEnd,
}: {
  scroller: RefObject<HTMLDivElement | null>;
  virtualizer: Virtualizer<HTMLDivElement, Element>;
  /** Where the timeline is opened: nothing has scrolled yet to tell. */
  startsAtEnd: boolean;
}): void {
  const current = useRef(virtualizer);
  current.current = virtualizer;
  const isAtEnd = useRef(startsAtEnd);
  const isScrolled = useRef(false);

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    let height = element.clientHeight;
    // A view that shrinks does not scroll, so the last scroll event tells how things stood before.
    const onScroll = () => {
      isScrolled.current = true;
      isAtEnd.current = current.current.isAtEnd();
    };
    const observer = new ResizeObserver(() => {
      const lost = height - element.clientHeight;
      height = element.clientHeight;
      if (lost === 0 || height === 0) return;
      if (isAtEnd.current) current.current.scrollToEnd();
      else if (isScrolled.current) current.current.scrollBy(lost);
    });
    element.addEventListener('scroll', onScroll, { passive: true });
    observer.observe(element);
    return () => {
      element.removeEventListener('scroll', onScroll);
      observer.disconnect();
    };
  }, [scroller]);
}
