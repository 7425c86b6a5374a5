/** The browser's hints that the network or the person is back: each is a reason to look at the connection at once. */

export interface Wake {
  /** False only when the device says that it has no network at all. */
  isOnline(): boolean;
  /** Somebody may be looking at this tab. */
  isVisible(): boolean;
  /** Calls `listener` on every hint, `online` and `offline` included; the returned function ends it. */
  subscribe(listener: () => void): () => void;
}

/** `offline` is a hint too: the ping that follows finds out whether the connection really is gone. */
const WINDOW_EVENTS = ['online', 'offline', 'pageshow'] as const;

export const browserWake: Wake = {
  isOnline: () => navigator.onLine,
  isVisible: () => document.visibilityState === 'visible',
  subscribe(listener) {
    const whenVisible = () => {
      if (browserWake.isVisible()) listener();
    };
    for (const name of WINDOW_EVENTS) addEventListener(name, listener);
    document.addEventListener('visibilitychange', whenVisible);
    return () => {
      for (const name of WINDOW_EVENTS) removeEventListener(name, listener);
      document.removeEventListener('visibilitychange', whenVisible);
    };
  },
};
