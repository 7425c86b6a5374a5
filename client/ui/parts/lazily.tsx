/**
 * Components that the first sight does not need, such as dialogs and menus: their code loads once the page has nothing else
 * to do, and they render nothing until it is there. A failed load is tried again, as the network may come back.
 */
import { type ComponentType, lazy, Suspense } from 'react';

const RETRY_MS = 3_000;
/** A page that is never idle gets them all the same, before anybody has found a menu to open. */
const IDLE_WITHIN_MS = 1_000;

/** Safari knows no idle callbacks; there they load after the first frames. */
const idle = (): Promise<void> =>
  new Promise((resolve) => {
    if ('requestIdleCallback' in globalThis) requestIdleCallback(() => resolve(), { timeout: IDLE_WITHIN_MS });
    else setTimeout(resolve, IDLE_WITHIN_MS / 4);
  });

async function insist<Value>(load: () => Promise<Value>): Promise<Value> {
  await idle();
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
