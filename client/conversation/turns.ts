/** Work that takes turns: each piece begins when the one before it has ended, however that ended. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** What `work` answers, or rejects with. */
  take<Value>(work: () => Promise<Value>): Promise<Value> {
    const taken = this.#last.then(work);
    this.#last = taken.catch(() => undefined);
    return taken;
  }
}
