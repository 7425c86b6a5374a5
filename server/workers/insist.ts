/** Noting what was done outside, which cannot be taken back: not noted, it would be done again. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from '../log.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/** Tries until it succeeds; gives up, and rejects, only when the worker has stopped. */
export async function insist(
  note: () => Promise<void>,
  { isStopped, log }: { isStopped: () => boolean; log: Log },
): Promise<void> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await note();
    } catch (error) {
      if (isStopped()) throw error;
      log.warn({ err: error }, 'what was sent could not be noted; trying again');
      await pause(pauseMs);
    }
  }
}
