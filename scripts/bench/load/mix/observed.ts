/** What all people of the mix saw while the window was open. */
import { Histogram } from '../../generator/histogram.ts';
import { Tally } from '../../generator/tally.ts';

export class Observed extends Tally {
  /** Answers to HTTP requests, from when the action was due. */
  answers = new Histogram();
  /** Until a document, or after a reconnect everything, was there, from when the action was due. */
  openings = new Histogram();
  actions = 0;
  messages = 0;
  /** Deliveries to those who had the conversation open when its message was written. */
  expected = 0;
  /** People that watchers were told of. */
  presence = 0;
  #window: readonly [number, number] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];

  override openWindow(fromMs: number, toMs: number): void {
    super.openWindow(fromMs, toMs);
    this.#window = [fromMs, toMs];
    this.answers = new Histogram();
    this.openings = new Histogram();
    this.actions = 0;
    this.messages = 0;
    this.expected = 0;
    this.presence = 0;
    this.failures.clear();
  }

  wrote(dueMs: number, listeners: number): void {
    if (!this.#isCounted(dueMs)) return;
    this.messages++;
    this.expected += listeners;
  }

  acted(dueMs: number, what: 'answer' | 'opening' | 'word'): void {
    if (!this.#isCounted(dueMs)) return;
    this.actions++;
    if (what === 'answer') this.answers.record(performance.now() - dueMs);
    else if (what === 'opening') this.openings.record(performance.now() - dueMs);
  }

  #isCounted(dueMs: number): boolean {
    const [fromMs, toMs] = this.#window;
    return dueMs >= fromMs && dueMs < toMs;
  }
}
