/** What can wait until the page has nothing else to do. */
import { startTransition, useEffect, useState } from 'react';

/** A page that is never idle gets to it all the same, before anybody has found a menu to open. */
const IDLE_WITHIN_MS = 1_000;

/** Calls `work` when the page is idle, unless the answer is called before. Safari knows no idle callbacks; there it is after the first frames. */
export function whenIdle(work: () => void): () => void {
  if ('requestIdleCallback' in globalThis) {
    const handle = requestIdleCallback(work, { timeout: IDLE_WITHIN_MS });
    return () => cancelIdleCallback(handle);
  }
  const timer = setTimeout(work, IDLE_WITHIN_MS / 4);
  return () => clearTimeout(timer);
}

/** The value, but its changes only once the page is idle. */
export function useWhenIdle<Value>(value: Value): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => whenIdle(() => startTransition(() => setSettled(value))), [value]);
  return settled;
}
