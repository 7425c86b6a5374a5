/** Everything the signed-in app takes from the browser, in one place, so that tests bring their own. */
import type { ConversationId } from '../../schema/ids.ts';
import type { Bus } from '../connection/bus.ts';
import { type Clock, systemClock } from '../connection/clock.ts';
import type { Locks } from '../connection/election.ts';
import type { Socket } from '../connection/socket-connection.ts';
import { browserWake, type Wake } from '../connection/wake.ts';
import { findPushBrowser, type PushBrowser } from '../push/push-browser.ts';
import type { SearchWorker } from '../search/device-search.ts';

/** What is used of `localStorage`. */
export type Notes = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** `usageDetails`: by kind, in Chromium only. */
export interface BrowserStorage {
  estimate(): Promise<{ usage?: number; quota?: number; usageDetails?: { indexedDB?: number } }>;
  persist(): Promise<boolean>;
  persisted(): Promise<boolean>;
}

export interface Environment {
  /** Where the server is, such as `https://chat.example`. */
  readonly origin: string;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly createSocket: (url: string, protocol: string) => Socket;
  /** A channel between the tabs of this browser. */
  readonly createBus: (name: string) => Bus;
  /** Locks between the tabs; undefined where there are none, as on insecure addresses: then each tab has its own socket. */
  readonly locks: Locks | undefined;
  /** A worker that searches what is stored; undefined where there are none. */
  readonly createSearchWorker: () => SearchWorker | undefined;
  /** A few short facts that are known before IndexedDB is open. */
  readonly notes: Notes;
  /** How much is stored, and the promise not to evict it; undefined where there is none, as on insecure addresses. */
  readonly storage: BrowserStorage | undefined;
  /** Where pictures are kept; undefined where there is none, as on insecure addresses. */
  readonly caches: CacheStorage | undefined;
  readonly pushBrowser: PushBrowser;
  readonly clock: Clock;
  readonly wake: Wake;
  /** Calls `listener` when nobody sees the page any more, which may be its end; the returned function stops that. */
  readonly onHidden: (listener: () => void) => () => void;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** What the address of the page asks for. */
  readonly firstConversation: () => ConversationId | undefined;
  /** Begins the names of all databases. */
  readonly storagePrefix: string;
}

export const browserEnvironment = (firstConversation: Environment['firstConversation']): Environment => ({
  firstConversation,
  origin: location.origin,
  fetch: (url, init) => fetch(url, init),
  createSocket: (url, protocol) => new WebSocket(url, protocol),
  createBus: (name) => new BroadcastChannel(name),
  locks: browserLocks(),
  createSearchWorker: () =>
    globalThis.Worker && new Worker(new URL('../search/search-worker.ts', import.meta.url), { type: 'module' }),
  notes: browserNotes(),
  storage: navigator.storage as StorageManager | undefined,
  caches: globalThis.caches as CacheStorage | undefined,
  pushBrowser: findPushBrowser(),
  clock: systemClock,
  wake: browserWake,
  onHidden: listenToHiding,
  random: Math.random,
  storagePrefix: 'tidewire',
});

function listenToHiding(listener: () => void): () => void {
  const whenHidden = () => {
    if (document.visibilityState === 'hidden') listener();
  };
  document.addEventListener('visibilitychange', whenHidden);
  addEventListener('pagehide', listener);
  return () => {
    document.removeEventListener('visibilitychange', whenHidden);
    removeEventListener('pagehide', listener);
  };
}

function browserLocks(): Locks | undefined {
  const locks = navigator.locks as LockManager | undefined;
  return locks && { request: (name, options, held) => locks.request(name, options, held) };
}

/** Where site data are switched off or full, `localStorage` throws: those notes then last as long as the page. */
function browserNotes(): Notes {
  const here = new Map<string, string>();
  return {
    getItem(key) {
      try {
        return localStorage.getItem(key) ?? here.get(key) ?? null;
      } catch {
        return here.get(key) ?? null;
      }
    },
    setItem(key, value) {
      try {
        localStorage.setItem(key, value);
      } catch {
        here.set(key, value);
      }
    },
    removeItem(key) {
      here.delete(key);
      try {
        localStorage.removeItem(key);
      } catch {
        // What cannot be removed could not be written either.
      }
    },
  };
}
