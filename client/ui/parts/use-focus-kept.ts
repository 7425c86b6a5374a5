/** Keyboard and screen reader keep their place when what had the focus goes with a change, such as a form that was sent. */
import { type RefObject, useLayoutEffect, useRef } from 'react';

/** When `cause` changed and nothing has the focus any more, `next` gets it. */
export function useFocusKept(next: RefObject<HTMLElement | null>, cause: unknown): void {
  const before = useRef(cause);
  useLayoutEffect(() => {
    if (before.current === cause) return;
    before.current = cause;
    if (document.activeElement === document.body) next.current?.focus();
  }, [next, cause]);
}
