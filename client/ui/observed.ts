/** Bridges the seam's observed values to React: a component renders again when the value becomes another object. */
import { type RefObject, useCallback, useSyncExternalStore } from 'react';
import type { Observed } from '../conversation/conversation.ts';

/** What changes while `isAwake` is false is seen at the next rendering. */
export function useObserved<Value>(observed: Observed<Value>, isAwake?: RefObject<boolean>): Value {
  const subscribe = useCallback(
    (listener: () => void) =>
      observed.subscribe(() => {
        if (isAwake?.current !== false) listener();
      }),
    [observed, isAwake],
  );
  return useSyncExternalStore(subscribe, () => observed.get());
}

/** An observed value that the user interface itself owns, such as the route or the theme. */
export interface Source<Value> extends Observed<Value> {
  set(value: Value): void;
}

export function createSource<Value>(initial: Value): Source<Value> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
