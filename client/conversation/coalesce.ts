/** Runs work at once after a quiet moment, and at most once a frame while things keep changing. */
import type { Clock } from '../connection/clock.ts';

/** A frame of a 60 Hz display: nobody sees more. Not an animation frame: those stop in hidden tabs. */
const FRAME_MS = 16;

export function coalesce(clock: Clock, work: () => void): (() => void) & Disposable {
  let lastAt = Number.NEGATIVE_INFINITY;
  let cancel: (() => void) | undefined;
  let isDisposed = false;
  const run = () => {
    cancel = undefined;
    if (isDisposed) return;
    lastAt = clock.now();
    work();
  };
  const ask = () => {
    if (cancel || isDisposed) return;
    const waitMs = lastAt + FRAME_MS - clock.now();
    if (waitMs > 0) {
      cancel = clock.after(waitMs, run);
    } else {
      // Changes of the same turn belong together.
      cancel = () => undefined;
      queueMicrotask(run);
    }
  };
  return Object.assign(ask, {
    [Symbol.dispose]: () => {
      isDisposed = true;
      cancel?.();
    },
  });
}
