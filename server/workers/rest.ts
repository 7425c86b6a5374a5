/** A pause that can be cut short. One at a time. */
export class Rest {
  #end: (() => void) | undefined;

  for(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.end(), ms);
      this.#end = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Ends the pause that is going on, if any. */
  end(): void {
    this.#end?.();
    this.#end = undefined;
  }
}
