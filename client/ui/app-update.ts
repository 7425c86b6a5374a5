/**
 * Notices when a new version of the app is installed and changes to it when the person asks. The new service worker
 * takes over only then, the page reloads once it has, and no stored data are touched.
 */
import { createSource, type Source, useObserved } from './observed.ts';

export interface AppUpdate {
  readonly isReady: Source<boolean>;
  reload(): void;
  dismiss(): void;
}

/** The message that the waiting worker obeys; see client/service-worker.ts. */
const TAKE_OVER = { type: 'SKIP_WAITING' };
/** Long-lived tabs ask for a new version this often, and when they are looked at again. */
const CHECK_INTERVAL_MS = 60 * 60_000;

export const useUpdate = (update: AppUpdate): boolean => useObserved(update.isReady);

export function watchForUpdates(container: ServiceWorkerContainer | undefined): AppUpdate {
  const isReady = createSource(false);
  let waiting: ServiceWorker | undefined;

  const offer = (worker: ServiceWorker) => {
    waiting = worker;
    isReady.set(true);
  };

  const watch = (registration: ServiceWorkerRegistration) => {
    if (registration.waiting && container?.controller) offer(registration.waiting);
    registration.addEventListener('updatefound', () => {
      const worker = registration.installing;
      worker?.addEventListener('statechange', () => {
        // Without a controller this is the first installation: there is no older version to leave.
        if (worker.state === 'installed' && container?.controller) offer(worker);
      });
    });
    const check = () => {
      // Being offline is no reason to complain: the next check comes.
      if (document.visibilityState === 'visible') registration.update().catch(() => {});
    };
    setInterval(check, CHECK_INTERVAL_MS);
    document.addEventListener('visibilitychange', check);
  };

  // Private windows of some browsers refuse service workers; the app then works while the server can be reached.
  container?.register('/service-worker.js').then(watch, () => {});

  return {
    isReady,
    reload() {
      container?.addEventListener('controllerchange', () => window.location.reload(), { once: true });
      // Another tab may have changed already; then this one only has to load again.
      if (waiting?.state === 'installed') waiting.postMessage(TAKE_OVER);
      else window.location.reload();
    },
    dismiss: () => isReady.set(false),
  };
}
