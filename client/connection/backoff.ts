/** Exponential backoff with full jitter: any moment up to a bound that doubles, so that clients cut off together return spread out. */

/** A restart is over in a second or two; 5,000 clients spread over the first second are what one server accepts. */
const FIRST_BOUND_MS = 1_000;
/**
 * After a restart of some seconds nearly all are back within this time. The 10,000 clients of a server that is down knock
 * 4,000 times a second, which costs it nothing; one that is up takes 2,000 of them a second off the queue.
 */
const LAST_BOUND_MS = 5_000;

/** How long to wait before attempt number `attempt`, which counts from 0. `random` is uniform in [0, 1). */
export const fullJitterMs = (attempt: number, random: number): number =>
  random * Math.min(LAST_BOUND_MS, FIRST_BOUND_MS * 2 ** attempt);
