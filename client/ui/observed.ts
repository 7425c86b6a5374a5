/** Bridges the seam's observed values to React: a component renders again when the value becomes another object. */
import { useCallback, useSyncExternalStore } from 'react';
import type { Observed } from '../conversation/conversation.ts';

export function useObserved<Value>(observed: Observed<Value>): Value {
  const subscribe = useCallback((listener: () => void) => observed.subscribe(listener), [observed]);
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
