/** For tests: what the tabs of a browser share, locks and buses, and tabs that can crash, freeze and thaw. */
import type { Bus } from './bus.ts';
import type { Locks } from './election.ts';

interface Request {
  readonly tab: TestTab;
  readonly grant: () => void;
  readonly rob: () => void;
}

export class TestTabs {
  readonly #locks = new Map<string, Request[]>();
  readonly #buses = new Map<string, Set<{ readonly tab: TestTab; readonly bus: Bus }>>();

  open(): TestTab {
    return new TestTab(this);
  }

  /** The first of a queue holds the lock. */
  queue(name: string): Request[] {
    const queue = this.#locks.get(name) ?? [];
    this.#locks.set(name, queue);
    return queue;
  }

  leave(name: string, request: Request): void {
    const queue = this.queue(name);
    const at = queue.indexOf(request);
    if (at < 0) return;
    queue.splice(at, 1);
    if (at === 0) queue[0]?.grant();
  }

  ends(name: string): Set<{ readonly tab: TestTab; readonly bus: Bus }> {
    const ends = this.#buses.get(name) ?? new Set();
    this.#buses.set(name, ends);
    return ends;
  }

  crash(tab: TestTab): void {
    for (const ends of this.#buses.values()) for (const end of [...ends]) if (end.tab === tab) ends.delete(end);
    for (const [name, queue] of this.#locks)
      for (const request of queue.filter((one) => one.tab === tab)) this.leave(name, request);
  }
}

export class TestTab {
  readonly #tabs: TestTabs;
  /** What would have run in this tab while it was frozen. */
  #frozen: (() => void)[] | undefined;
  #isDead = false;

  constructor(tabs: TestTabs) {
    this.#tabs = tabs;
  }

  readonly locks: Locks = {
    request: (name, options, held) =>
      new Promise((resolve, reject) => {
        const tabs = this.#tabs;
        const request: Request = {
          tab: this,
          grant: () =>
            this.run(() => {
              if (tabs.queue(name)[0] !== request) return;
              // As a browser's: what fails is given back too, and its failure is the answer.
              void held()
                .finally(() => tabs.leave(name, request))
                .then(resolve, reject);
            }),
          rob: () => this.run(() => reject(new DOMException('stolen', 'AbortError'))),
        };
        options.signal?.addEventListener('abort', () => {
          // A lock that is held is not given back by aborting.
          if (tabs.queue(name)[0] === request) return;
          tabs.leave(name, request);
          reject(new DOMException('aborted', 'AbortError'));
        });
        const queue = tabs.queue(name);
        if (options.steal) queue.splice(0, 1, request).forEach((robbed) => void robbed.rob());
        else queue.push(request);
        if (queue[0] === request) request.grant();
      }),
  };

  createBus = (name: string): Bus => {
    const ends = this.#tabs.ends(name);
    const bus: Bus = {
      onmessage: null,
      postMessage: (message) => {
        const data: unknown = structuredClone(message);
        for (const end of ends)
          if (end.bus !== bus) end.tab.run(() => ends.has(end) && end.bus.onmessage?.({ data } as MessageEvent));
      },
      close: () => ends.delete(end),
    };
    const end = { tab: this as TestTab, bus };
    ends.add(end);
    return bus;
  };

  /** Runs `work` in a later task of this tab. */
  run(work: () => void): void {
    if (this.#frozen) this.#frozen.push(work);
    else
      setImmediate(() => {
        if (this.#frozen) this.#frozen.push(work);
        else if (!this.#isDead) work();
      });
  }

  freeze(): void {
    this.#frozen = [];
  }

  thaw(): void {
    const missed = this.#frozen ?? [];
    this.#frozen = undefined;
    for (const work of missed) this.run(work);
  }

  /** Gone without a word. */
  crash(): void {
    this.#isDead = true;
    this.#tabs.crash(this);
  }
}

/** Lets everything that tabs have said to each other arrive; a story has a few messages back and forth. */
export async function settled(): Promise<void> {
  for (let round = 0; round < 30; round++) await new Promise((resolve) => setImmediate(resolve));
}
