/**
 * What a server is made of, taken down in the reverse order of its making, because each part may use those before it. A part
 * that fails to end is logged and keeps no other from ending.
 */
import type { Log } from './log.ts';

export class Parts implements AsyncDisposable {
  readonly #log: Log;
  readonly #parts: { readonly name: string; readonly end: () => PromiseLike<void> }[] = [];
  #ended: Promise<void> | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  add<Part extends AsyncDisposable>(name: string, part: Part): Part {
    this.defer(name, () => part[Symbol.asyncDispose]());
    return part;
  }

  defer(name: string, end: () => PromiseLike<void>): void {
    this.#parts.push({ name, end });
  }

  /** Idempotent: whoever asks again waits for the same end. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<void> {
    for (const { name, end } of this.#parts.reverse()) {
      try {
        await end();
      } catch (error) {
        this.#log.error({ err: error }, `${name} did not end well`);
      }
    }
  }
}
