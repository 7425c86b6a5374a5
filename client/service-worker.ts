/**
 * The app's one service worker. It keeps the app shell, so that the app starts without a network, takes what other apps share,
 * and shows what is pushed. Answers of the server are never cached here; messages live in IndexedDB, which this file never touches. A new version
 * waits until the person asks for it.
 */
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';
import { handlePushes } from './push/worker.ts';
import type { WorkerScope } from './push/worker-scope.ts';
import { keepShared, SHARE_PATH, sharedPath } from './share/inbox.ts';

type Manifest = { readonly url: string; readonly revision: string | null }[];

/** Pages of the server, not of the app. */
const SERVER_PATHS = /^\/(?:api|sync|documents|healthz|readyz|metrics)(?:\/|$)/;

// The build replaces this very expression by the list of files.
precacheAndRoute((self as unknown as { readonly __WB_MANIFEST: Manifest }).__WB_MANIFEST);
cleanupOutdatedCaches();
registerRoute(new NavigationRoute(createHandlerBoundToURL('/index.html'), { denylist: [SERVER_PATHS] }));

// The only thing that is sent here and not to the server: what other apps share, also without a network.
registerRoute(
  ({ url }) => url.pathname === SHARE_PATH,
  async ({ request, url: { origin } }) =>
    Response.redirect(sharedPath(await keepShared(request, { caches, origin })), 303),
  'POST',
);

const scope = self as unknown as WorkerScope;
handlePushes(scope, SERVER_PATHS);

scope.addEventListener('message', ({ data }) => {
  const isTakeOver = typeof data === 'object' && data !== null && 'type' in data && data.type === 'SKIP_WAITING';
  if (isTakeOver) void scope.skipWaiting();
});
