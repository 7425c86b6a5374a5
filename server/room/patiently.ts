/** Repeats a read until the database answers, with exponential backoff and jitter. */

/** A Postgres restart takes seconds; asking every five does not hinder it. */
const MAX_WAIT_MS = 5_000;
const FIRST_WAIT_MS = 50;

export interface PatienceOptions {
  /** Whether the answer is of no use any more. */
  readonly until: () => boolean;
  readonly onFailure: (error: unknown, waitMs: number) => void;
}

/** Undefined when nobody waits any more. Never rejects. */
export async function patiently<Result>(
  read: () => Promise<Result>,
  { until, onFailure }: PatienceOptions,
): Promise<Result | undefined> {
  for (let maxMs = FIRST_WAIT_MS; !until(); maxMs = Math.min(2 * maxMs, MAX_WAIT_MS)) {
    try {
      return await read();
    } catch (error) {
      const waitMs = Math.round(maxMs * (0.5 + Math.random() / 2));
      onFailure(error, waitMs);
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
  return undefined;
}
