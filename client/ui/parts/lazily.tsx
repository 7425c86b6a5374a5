/**
 * Components that the first sight does not need, such as dialogs and menus: their code loads once the page has nothing else
 * to do, and they render nothing until it is there and they are needed. A failed load is tried again, as the network may
 * come back.
 */
import { type ComponentType, useEffect, useState } from 'react';
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

/**
 * What is opened and closed says when it `isNeeded`, and then waits for nothing. Once it was, it stays: it may have something
 * to show while it closes. What does not say so is wanted always, and waits until the page is idle. (`Suspense` would show
 * what has come up to 300 ms after it has shown that something is missing.)
 */
export function lazily<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  isNeeded: (props: Props) => boolean | undefined = () => undefined,
): ComponentType<Props> {
  let loaded: ComponentType<Props> | undefined;
  let loading: Promise<void> | undefined;
  const begin = (): Promise<void> => {
    loading ??= insist(load).then((component) => {
      loaded = component;
    });
    return loading;
  };
  // biome-ignore lint/correctness/noComponentHookFactories: called once for a component, when its module is loaded
  return function Lazily(props: Props) {
    const [wasNeeded, setNeeded] = useState(false);
    const [, setLoaded] = useState(false);
    const need = isNeeded(props);
    const isShown = wasNeeded || need !== false;
    const isUrgent = wasNeeded || need === true;
    if (isUrgent && !wasNeeded) setNeeded(true);
    useEffect(() => {
      const show = () => void begin().then(() => setLoaded(true));
      if (!isUrgent) return whenIdle(show);
      show();
    }, [isUrgent]);
    const Loaded = loaded;
    return isShown && Loaded && <Loaded {...props} />;
  };
}

/** Of what is opened and closed. */
export const isOpen = (props: { isOpen: boolean }): boolean => props.isOpen;
