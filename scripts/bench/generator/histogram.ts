/** Latencies in buckets of 10 µs up to 4 s, so that recording costs an increment; what is above counts as 4 s. */

const BUCKET_MS = 0.01;
const BUCKETS = 400_000;

export class Histogram {
  readonly #counts = new Uint32Array(BUCKETS);
  #total = 0;

  get total(): number {
    return this.#total;
  }

  record(ms: number): void {
    const bucket = ms <= 0 ? 0 : Math.min(BUCKETS - 1, (ms / BUCKET_MS) | 0);
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1;
    this.#total++;
  }

  /** The smallest latency in ms that the given share (0 to 1) of all records does not exceed; NaN without records. */
  quantile(share: number): number {
    if (this.#total === 0) return Number.NaN;
    let left = Math.ceil(this.#total * share);
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      left -= this.#counts[bucket] as number;
      if (left <= 0) return (bucket + 1) * BUCKET_MS;
    }
    return BUCKETS * BUCKET_MS;
  }
}
