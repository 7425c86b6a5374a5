/**
 * Components that the first sight does not need, such as dialogs and menus: their code loads right after it, and they
 * render nothing until it is there. A failed load is tried again, as the network may come back.
 */
import { type ComponentType, lazy, Suspense } from 'react';

const RETRY_MS = 3_000;

async function insist<Value>(load: () => Promise<Value>): Promise<Value> {
  for (;;) {
    try {
      return await load();
    } catch {
      // Without the network and before the service worker has the file; nothing else waits for it.
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

export function lazily<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  const Loaded = lazy(async () => ({ default: await insist(load) }));
  // biome-ignore lint/correctness/noComponentHookFactories: called once for a component, when its module is loaded
  return function Lazily(props: Props) {
    return (
      <Suspense fallback={null}>
        <Loaded {...props} />
      </Suspense>
    );
  };
}
