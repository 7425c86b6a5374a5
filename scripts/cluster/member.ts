/** One app server of a cluster: started again whenever it ends by itself, as an orchestrator would, until it is stopped. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { keep } from '../../server/database/keeper.ts';
import { root } from '../../server/root.ts';

const MAIN = join(root, 'dist/server/main.js');

/** A server that fails at once is tried again, but not in a loop that burns a core. */
const PAUSE_MS = 1_000;

export interface MemberOptions {
  readonly environment: Readonly<Record<string, string>>;
  /** Hears each line the server writes. */
  readonly onLine: (line: string) => void;
}

export class Member implements AsyncDisposable {
  readonly #options: MemberOptions;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;
  /** Resolves when the server has said for the first time that it is ready. */
  readonly ready: Promise<void>;

  constructor(options: MemberOptions) {
    this.#options = options;
    let isReady: () => void = () => {};
    this.ready = new Promise((resolve) => {
      isReady = resolve;
    });
    this.#running = this.#run(isReady);
  }

  async #run(isReady: () => void): Promise<void> {
    const { environment, onLine } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const kept = keep({
        command: [process.execPath, '--enable-source-maps', MAIN],
        environment,
        user: {},
        onLine: (line) => {
          onLine(line);
          if (line.includes('Tidewire is ready')) isReady();
        },
      });
      const stop = () => void kept.stop();
      signal.addEventListener('abort', stop);
      await kept.exited;
      signal.removeEventListener('abort', stop);
      if (!signal.aborted) onLine('it has ended by itself: starting it again');
      await sleep(PAUSE_MS, undefined, { signal }).catch(() => {}); // stopped meanwhile
    }
  }

  /** Asks it to end and waits until it has. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }
}
