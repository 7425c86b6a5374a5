/**
 * Questions for what a document has, put to rooms in turn. Twelve bytes of question may ask for megabytes of answer, so only
 * a few are under way at a time, and none while the connection's reader is behind: a device that opens hundreds of
 * documents over a slow line gets all of them, and one that asks without reading costs nothing.
 */
import { MAX_ANSWERS_UNDER_WAY, MAX_BACKLOG_BYTES } from './limits.ts';

export interface QuestionsOptions {
  /** Bytes written that the reader has not taken yet. */
  readonly backlogBytes: () => number;
  /** Calls back once, when the reader has taken everything. */
  readonly whenDrained: (resume: () => void) => void;
}

export class Questions<Asker> {
  readonly #options: QuestionsOptions;
  /** In order of arrival; of one asker only the latest. */
  readonly #waiting = new Map<Asker, () => void>();
  readonly #underWay = new Set<Asker>();
  #isDraining = false;

  constructor(options: QuestionsOptions) {
    this.#options = options;
  }

  /** `put` hands the question to the room, whose answer is to be reported by `answered`. */
  ask(asker: Asker, put: () => void): void {
    this.#waiting.set(asker, put);
    this.#next();
  }

  answered(asker: Asker): void {
    this.#underWay.delete(asker);
    this.#next();
  }

  /** Whether nobody waits for anything. */
  get isIdle(): boolean {
    return this.#waiting.size === 0 && this.#underWay.size === 0;
  }

  /** The asker is gone, and with it its questions. */
  forget(asker: Asker): void {
    this.#waiting.delete(asker);
    this.answered(asker);
  }

  #next(): void {
    if (this.#isDraining) return;
    for (const [asker, put] of this.#waiting) {
      if (this.#underWay.size >= MAX_ANSWERS_UNDER_WAY) return;
      if (this.#options.backlogBytes() > MAX_BACKLOG_BYTES) return this.#drain();
      if (this.#underWay.has(asker)) continue;
      this.#waiting.delete(asker);
      this.#underWay.add(asker);
      put();
    }
  }

  #drain(): void {
    this.#isDraining = true;
    this.#options.whenDrained(() => {
      this.#isDraining = false;
      this.#next();
    });
  }
}
