/** When a delivery that failed is tried again: the schedule of Standard Webhooks, three days in all, and what receivers ask for. */

/** Seconds after each attempt: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
const RETRIES_S = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400] as const;

/** A part of each wait is random, so that what failed together does not come back together. */
const JITTER = 0.2;

/** What a receiver asks for beyond a day is not believed. */
export const MAX_RETRY_AFTER_MS = 24 * 3_600_000;

/** After so many attempts; undefined: it is given up. `random`: from 0 to 1. */
export function retryMs(attempts: number, random: number): number | undefined {
  const seconds = RETRIES_S[attempts - 1];
  return seconds && seconds * 1_000 * (1 + JITTER * random);
}
