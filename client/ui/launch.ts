/**
 * What the app was started for: a shortcut of its icon, or something that another app shares. It stands in the address until it is
 * done, so that signing in and reloading keep it. Where the browser brings the window that is open to the front instead of
 * opening another one, that window goes to the address by itself, and is not loaded anew.
 */
import { createSource, useObserved } from './observed.ts';

export type Launch = { readonly is: 'new' | 'search' } | { readonly is: 'share'; readonly key: string };

const SHARED = /^\/share\/([0-9a-f-]{36})$/;

function readLaunch(): Launch | undefined {
  const { pathname } = window.location;
  if (pathname === '/new') return { is: 'new' };
  if (pathname === '/search') return { is: 'search' };
  const key = SHARED.exec(pathname)?.[1];
  return key === undefined ? undefined : { is: 'share', key };
}

const launch = createSource(readLaunch());
window.addEventListener('popstate', () => launch.set(readLaunch()));

export const useLaunch = (): Launch | undefined => useObserved(launch);

/** It is done, and the address says nothing of it any more. */
export function endLaunch(): void {
  if (readLaunch()) window.history.replaceState(null, '', '/');
  launch.set(undefined);
}

/** Not in the types of TypeScript yet: https://wicg.github.io/web-app-launch/ */
interface LaunchWindow {
  readonly launchQueue?: { setConsumer(consumer: (launched: { readonly targetURL?: string }) => void): void };
}

/** A launch without a place, such as a press on the icon, leaves the window where it is. */
export function followLaunches(): void {
  (window as LaunchWindow).launchQueue?.setConsumer(({ targetURL }) => {
    if (!targetURL) return;
    const { origin, pathname, hash } = new URL(targetURL);
    const isElsewhere = pathname !== '/' && pathname + hash !== window.location.pathname + window.location.hash;
    if (origin !== window.location.origin || !isElsewhere) return;
    window.history.pushState(null, '', pathname + hash);
    window.dispatchEvent(new PopStateEvent('popstate'));
  });
}
