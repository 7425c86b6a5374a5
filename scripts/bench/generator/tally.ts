/**
 * What all peers of a run count together. A message belongs to the measured window by the time it was due, so that what a
 * slow server delivers late still counts against it.
 */
import { Histogram } from './histogram.ts';

/** What a client tells; ten thousand clients may have a count each, but not a histogram. */
export type Counts = Pick<Tally, 'delivered' | 'acknowledged' | 'failed' | 'refusals'>;

export class Tally {
  /** From the time the schedule wanted the message sent: includes what a late generator adds. */
  fromDue = new Histogram();
  /** From the write to the socket. */
  fromSent = new Histogram();
  acknowledgement = new Histogram();
  /** Deliveries since the start, in any window. */
  deliveries = 0;
  acknowledgements = 0;
  refusals = 0;
  /** Reasons of connections and channels that ended by themselves. */
  readonly failures = new Map<string, number>();
  #fromMs = Number.POSITIVE_INFINITY;
  #toMs = Number.POSITIVE_INFINITY;

  openWindow(fromMs: number, toMs: number): void {
    this.#fromMs = fromMs;
    this.#toMs = toMs;
    this.fromDue = new Histogram();
    this.fromSent = new Histogram();
    this.acknowledgement = new Histogram();
  }

  delivered(dueMs: number, sentMs: number, nowMs: number): void {
    this.deliveries++;
    if (dueMs < this.#fromMs || dueMs >= this.#toMs) return;
    this.fromDue.record(nowMs - dueMs);
    this.fromSent.record(nowMs - sentMs);
  }

  acknowledged(sentMs: number, nowMs: number): void {
    this.acknowledgements++;
    if (sentMs >= this.#fromMs && sentMs < this.#toMs) this.acknowledgement.record(nowMs - sentMs);
  }

  failed(reason: string): void {
    this.failures.set(reason, (this.failures.get(reason) ?? 0) + 1);
  }
}
