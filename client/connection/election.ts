/**
 * Which tab leads: the one that holds a Web Lock. The browser gives the lock on at once when its holder ends in whatever way,
 * so nobody counts heartbeats of the dead. A leader that is only frozen keeps it; then somebody else steals it, and the
 * robbed one learns it when it wakes up.
 */

/** What is used of `navigator.locks`. */
export interface Locks {
  request(name: string, options: LockOptions, held: () => Promise<void>): Promise<void>;
}

export interface ElectionOptions {
  readonly locks: Locks;
  readonly name: string;
  readonly onElected: () => void;
  /** Another tab leads from now on; this one stands again by itself. */
  readonly onRobbed: () => void;
}

export class Election implements Disposable {
  readonly #options: ElectionOptions;
  /** The newest request for the lock; what happens to an older one does not matter any more. */
  #attempt: AbortController | undefined;
  #release: (() => void) | undefined;

  constructor(options: ElectionOptions) {
    this.#options = options;
    this.#stand('wait');
  }

  get isLeading(): boolean {
    return this.#release !== undefined;
  }

  /** Takes the lock from whoever has it. */
  steal(): void {
    if (!this.isLeading) this.#stand('steal');
  }

  [Symbol.dispose](): void {
    this.#attempt?.abort();
    this.#attempt = undefined;
    this.#release?.();
    this.#release = undefined;
  }

  #stand(how: 'wait' | 'steal'): void {
    this.#attempt?.abort();
    const attempt = new AbortController();
    this.#attempt = attempt;
    const { locks, name } = this.#options;
    const options = how === 'steal' ? { steal: true } : { signal: attempt.signal };
    // Rejects when it was aborted, when the lock was stolen, and where the browser has locks but does not give them.
    const ended = locks.request(name, options, () => this.#hold(attempt)).catch(() => undefined);
    void ended.then(() => this.#ended(attempt));
  }

  #hold(attempt: AbortController): Promise<void> {
    if (attempt !== this.#attempt) return Promise.resolve();
    const held = new Promise<void>((release) => {
      this.#release = release;
    });
    this.#options.onElected();
    return held;
  }

  #ended(attempt: AbortController): void {
    if (attempt !== this.#attempt) return;
    const { onElected, onRobbed } = this.#options;
    // Never held, never withdrawn: without locks every tab leads itself.
    if (!this.isLeading) return onElected();
    this.#release = undefined;
    onRobbed();
    this.#stand('wait');
  }
}
