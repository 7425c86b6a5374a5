/** Waiting for a condition without polling: whoever changes something rings, and whoever waits looks again. */

/** Longer than anything honest takes on a busy machine, shorter than a test's own deadline: the message says what was missing. */
const PATIENCE_MS = 15_000;

interface Waiting {
  look(): void;
}

export class Bell {
  readonly #waiting = new Set<Waiting>();

  ring(): void {
    for (const each of this.#waiting) each.look();
  }

  /** Resolves with what `check` returns as soon as it is truthy; rejects, naming `what`, when it never is. */
  until<Result>(check: () => Result | undefined | false | null | 0 | '', what: string): Promise<Result> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => end(() => reject(new Error(`Waited in vain for ${what}`))), PATIENCE_MS);
      const waiting: Waiting = {
        look: () => {
          let result: ReturnType<typeof check>;
          try {
            result = check();
          } catch (error) {
            return end(() => reject(error));
          }
          if (result) end(() => resolve(result as Result));
        },
      };
      const end = (settle: () => void): void => {
        clearTimeout(timer);
        this.#waiting.delete(waiting);
        settle();
      };
      this.#waiting.add(waiting);
      waiting.look();
    });
  }
}
