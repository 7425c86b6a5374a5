/**
 * The app's service worker: keeps the app shell, so that the app starts without a network, and nothing else. Answers of
 * the server are never cached here; messages live in IndexedDB, which this file never touches. A new version waits
 * until the person asks for it.
 */
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';

/** The few members used here: the library of worker types contradicts that of pages, and both would be global. */
interface WorkerScope {
  readonly __WB_MANIFEST: { readonly url: string; readonly revision: string | null }[];
  skipWaiting(): Promise<void>;
  addEventListener(type: 'message', listener: (event: MessageEvent<unknown>) => void): void;
}

/** Pages of the server, not of the app. */
const SERVER_PATHS = /^\/(?:api|sync|documents|healthz|readyz|metrics)(?:\/|$)/;

// The build replaces this very expression by the list of files.
precacheAndRoute((self as unknown as WorkerScope).__WB_MANIFEST);
cleanupOutdatedCaches();
registerRoute(new NavigationRoute(createHandlerBoundToURL('/index.html'), { denylist: [SERVER_PATHS] }));

(self as unknown as WorkerScope).addEventListener('message', ({ data }) => {
  const isTakeOver = typeof data === 'object' && data !== null && 'type' in data && data.type === 'SKIP_WAITING';
  if (isTakeOver) void (self as unknown as WorkerScope).skipWaiting();
});
