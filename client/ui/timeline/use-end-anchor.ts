/**
 * Keeps what stands above the composer in place when the view changes its height: the composer grows, a phone's keyboard
 * opens. At the end it stays at the end; elsewhere the lower edge stays where it was.
 */
import type { Virtualizer } from '@tanstack/react-virtual';
import { type RefObject, useEffect, useRef } from 'react';

export function useEndAnchor({
  scroller,
  virtualizer,
}: {
  scroller: RefObject<HTMLDivElement | null>;
  virtualizer: Virtualizer<HTMLDivElement, Element>;
}): void {
  const current = useRef(virtualizer);
  current.current = virtualizer;

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    let height = element.clientHeight;
    let isAtEnd = current.current.isAtEnd();
    // A view that shrinks does not scroll, so the last scroll event tells how things stood before.
    const onScroll = () => {
      isAtEnd = current.current.isAtEnd();
    };
    const observer = new ResizeObserver(() => {
      const lost = height - element.clientHeight;
      height = element.clientHeight;
      if (lost === 0 || height === 0) return;
      if (isAtEnd) current.current.scrollToEnd();
      else current.current.scrollBy(lost);
    });
    element.addEventListener('scroll', onScroll, { passive: true });
    observer.observe(element);
    return () => {
      element.removeEventListener('scroll', onScroll);
      observer.disconnect();
    };
  }, [scroller]);
}
