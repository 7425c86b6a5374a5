/**
 * Points that are spent and come back with time: a token bucket that may go into debt, because what was read is read. Whoever
 * owes waits here, and is told one after the other when nothing is owed any more. It knows no sockets.
 */
import type { Rate } from '../../schema/limits.ts';
import type { Clock } from '../clock.ts';

/** The clock may be set back while somebody waits; who looks again after this has lost nothing. */
const MAX_SLEEP_MS = 1_000;

/** What all budgets of a kind share. */
interface Terms {
  /** Whose it is, for metrics. */
  readonly by: string;
  readonly rate: Rate;
  readonly clock: Clock;
}

export class Budget {
  /** How many connections spend from it. */
  holders = 0;
  readonly #terms: Terms;
  #points: number;
  #atMs: number;
  #waiting: Set<() => void> | undefined;
  #isLooking = false;

  constructor(terms: Terms) {
    this.#terms = terms;
    this.#points = terms.rate.burst;
    this.#atMs = terms.clock.now();
  }

  get by(): string {
    return this.#terms.by;
  }

  /** Whether it may go on afterwards. */
  spend(points: number, nowMs: number): boolean {
    const { burst, perSecond } = this.#terms.rate;
    const passedMs = Math.max(0, nowMs - this.#atMs);
    this.#atMs = nowMs;
    this.#points = Math.min(burst, this.#points + (passedMs / 1_000) * perSecond) - points;
    return this.#points >= 0;
  }

  /** Whether it says no more than a new one would. */
  isWhole(nowMs: number): boolean {
    return this.spend(0, nowMs) && this.#points === this.#terms.rate.burst;
  }

  /** Calls back when nothing is owed. The returned function gives up waiting. */
  wait(callback: () => void): () => void {
    this.#waiting ??= new Set();
    this.#waiting.add(callback);
    if (!this.#isLooking) this.#lookLater();
    return () => this.#waiting?.delete(callback);
  }

  #lookLater(): void {
    this.#isLooking = true;
    const owedMs = (-this.#points / this.#terms.rate.perSecond) * 1_000;
    setTimeout(() => this.#look(), Math.min(MAX_SLEEP_MS, Math.max(1, owedMs))).unref();
  }

  /** One a turn of the event loop: what that one sends is read and paid for before the next one is let on. */
  #look(): void {
    this.#isLooking = false;
    const [first] = this.#waiting ?? [];
    if (!first) {
      this.#waiting = undefined;
      return;
    }
    if (!this.spend(0, this.#terms.clock.now())) return this.#lookLater();
    this.#waiting?.delete(first);
    this.#isLooking = true;
    setImmediate(() => this.#look());
    first();
  }
}
