/**
 * Says that this person types: with the first change of the text, then seldom as long as it goes on. After a pause, or when
 * the text was sent or left, the next change is a first one again.
 */
import { TYPING_INTERVAL_MS } from '../../schema/limits.ts';
import type { Clock } from '../connection/clock.ts';

/** The server drops what comes sooner. */
const LEAST_PAUSE_MS = 1_100;

export class TypingSignal {
  readonly #clock: Clock;
  readonly #send: () => void;
  #saidAt = Number.NEGATIVE_INFINITY;
  #pauseMs = LEAST_PAUSE_MS;

  constructor({ clock, send }: { clock: Clock; send: () => void }) {
    this.#clock = clock;
    this.#send = send;
  }

  set(state: 'on' | 'off'): void {
    if (state === 'off') {
      this.#pauseMs = LEAST_PAUSE_MS;
      return;
    }
    const now = this.#clock.now();
    if (now - this.#saidAt < this.#pauseMs) return;
    this.#saidAt = now;
    this.#pauseMs = TYPING_INTERVAL_MS;
    this.#send();
  }
}
