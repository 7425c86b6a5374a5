/** Exponential backoff with full jitter: any moment up to a bound that doubles, so that clients cut off together return spread out. */

/** A restart is over in a second or two; 5,000 clients spread over the first second are what one server accepts. */
const FIRST_BOUND_MS = 1_000;
/** Long enough to be nothing for an overloaded server, short enough that people do not reload the page. */
const LAST_BOUND_MS = 30_000;

/** How long to wait before attempt number `attempt`, which counts from 0. `random` is uniform in [0, 1). */
export const fullJitterMs = (attempt: number, random: number): number =>
  random * Math.min(LAST_BOUND_MS, FIRST_BOUND_MS * 2 ** attempt);
