/** A step that is done again and again: at once while there is work, after a rest when there was none, later when it failed. */
import { Rest } from './rest.ts';

interface LoopOptions {
  /** Whether there may be more to do. */
  readonly step: () => Promise<boolean>;
  readonly restMs: number;
  readonly onFailure: (error: unknown) => void;
}

/** Postgres restarts within seconds. */
const LONGEST_PAUSE_MS = 10_000;

export class Loop implements AsyncDisposable {
  readonly #options: LoopOptions;
  readonly #rest = new Rest();
  readonly #run: Promise<void>;
  #isStopped = false;

  constructor(options: LoopOptions) {
    this.#options = options;
    this.#run = this.#go();
  }

  async #go(): Promise<void> {
    const { step, restMs, onFailure } = this.#options;
    let failures = 0;
    while (!this.#isStopped) {
      let hasMore = false;
      try {
        hasMore = await step();
        failures = 0;
      } catch (error) {
        failures++;
        if (!this.#isStopped) onFailure(error);
      }
      if (this.#isStopped) return;
      if (failures > 0) await this.#rest.for(Math.min(restMs * 2 ** failures, Math.max(restMs, LONGEST_PAUSE_MS)));
      else if (!hasMore) await this.#rest.for(restMs);
    }
  }

  /** There may be work: does not rest any longer. */
  wake(): void {
    this.#rest.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    this.#rest.end();
    await this.#run;
  }
}
