/**
 * Components that the first sight does not need, such as dialogs and menus: their code loads once the page has nothing else
 * to do, and they render nothing until it is there and they are needed. A failed load is tried again, as the network may
 * come back.
 */
import { type ComponentType, lazy, Suspense, useEffect, useState } from 'react';
import { whenIdle } from '../idle.ts';

const RETRY_MS = 3_000;
/** Loads code or data of the app's own that nothing else waits for, until it is there. */
export async function insist<Value>(load: () => Promise<Value>): Promise<Value> {
  for (;;) {
    try {
      return await load();
    } catch {
      // Without the network and before the service worker has the file; nothing else waits for it.
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/** What is opened and closed says when it `isNeeded`. Once it was, it stays: it may have something to show while it closes. */
export function lazily<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  isNeeded: (props: Props) => boolean = () => true,
): ComponentType<Props> {
  let loading: Promise<{ default: ComponentType<Props> }> | undefined;
  const begin = () => {
    loading ??= new Promise<void>((resolve) => whenIdle(resolve))
      .then(() => insist(load))
      .then((component) => ({ default: component }));
    return loading;
  };
  const Loaded = lazy(begin);
  // biome-ignore lint/correctness/noComponentHookFactories: called once for a component, when its module is loaded
  return function Lazily(props: Props) {
    const [wasNeeded, setNeeded] = useState(false);
    useEffect(() => void begin(), []);
    const isShown = wasNeeded || isNeeded(props);
    if (isShown && !wasNeeded) setNeeded(true);
    return (
      isShown && (
        <Suspense fallback={null}>
          <Loaded {...props} />
        </Suspense>
      )
    );
  };
}

/** Of what is opened and closed. */
export const isOpen = (props: { isOpen: boolean }): boolean => props.isOpen;
