/**
 * The waveform of a recording while it is made, however long it becomes: levels go into steps of equal length, and when there are too
 * many, two become one. Pure.
 */
import { MAX_VOICE_MS, VOICE_PEAKS } from '../../../schema/limits.ts';

/** Twice as many as are wanted in the end, so that halving never leaves too few. */
const MAX_STEPS = 2 * VOICE_PEAKS;
const FIRST_STEP_MS = 50;
const HIGHEST = 31;
/** Less is noise, which is not to look like speech. */
const QUIET = 0.04;

export class Loudness {
  #steps: number[] = [];
  #stepMs = FIRST_STEP_MS;

  /** `level` from 0 to 1, at `ms` from the beginning; never earlier than the one before. */
  add(level: number, ms: number): void {
    const at = Math.min(Math.max(0, ms), MAX_VOICE_MS);
    while (at >= MAX_STEPS * this.#stepMs) this.#halve();
    const step = Math.floor(at / this.#stepMs);
    const last = this.#steps.at(-1) ?? 0;
    // A page in the background is asked rarely.
    while (this.#steps.length <= step) this.#steps.push(this.#steps.length === step ? 0 : last);
    this.#steps[step] = Math.max(this.#steps[step] ?? 0, Math.min(1, Math.max(0, level)));
  }

  /** As a message carries them; the loudest is as high as may be. */
  get peaks(): string {
    const steps = this.#steps.length > 0 ? this.#steps : [0];
    const scale = HIGHEST / Math.max(QUIET, ...steps);
    return Array.from({ length: VOICE_PEAKS }, (_, index) => {
      const from = Math.floor((index * steps.length) / VOICE_PEAKS);
      const end = Math.ceil(((index + 1) * steps.length) / VOICE_PEAKS);
      return Math.round(Math.max(...steps.slice(from, end)) * scale).toString(32);
    }).join('');
  }

  #halve(): void {
    this.#stepMs *= 2;
    const former = this.#steps;
    this.#steps = [];
    for (let index = 0; index < former.length; index += 2)
      this.#steps.push(Math.max(former[index] ?? 0, former[index + 1] ?? 0));
  }
}

/** The heights of the bars, from 0 to 1. */
export const peakHeights = (peaks: string): number[] => [...peaks].map((step) => Number.parseInt(step, 32) / HIGHEST);
