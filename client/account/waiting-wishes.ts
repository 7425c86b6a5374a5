/**
 * What this person wants and only the server can do: kept on this device until the server has heard it, so it needs no network and
 * outlives the page. Of several wishes for one thing the last counts. What the server refuses stays, marked, until the person has
 * seen it. It knows neither what is wished nor how it is told.
 */
import { fullJitterMs } from '../connection/backoff.ts';
import type { Clock } from '../connection/clock.ts';
import type { Locks } from '../connection/election.ts';
import type { Answer, RequestFailure } from '../conversation/conversation.ts';
import { Source } from '../conversation/source.ts';
import { Turns } from '../conversation/turns.ts';
import type { AccountStore } from '../storage/account-store.ts';
import type { Wish, Wishes } from '../storage/records.ts';
import type { Tabs } from '../storage/tabs.ts';

/** Where wishes are kept, and what they share with whoever else waits on this device. */
export interface WishSurroundings {
  readonly store: AccountStore;
  readonly tabs: Tabs;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Undefined where there are none: then two tabs may send the same wish, which does no harm. */
  readonly locks: Locks | undefined;
  /** Of the account on this device. */
  readonly name: string;
}

interface WaitingWishesOptions<One extends Wish> extends WishSurroundings {
  readonly of: keyof Wishes;
  /** Whether the later of the two takes the place of the other. */
  readonly isSame: (a: One, b: One) => boolean;
  /** Tells the server. What it answered is shown when this resolves: only then the wish is forgotten. */
  readonly tell: (wish: One) => Promise<Answer<unknown>>;
}

export class WaitingWishes<One extends Wish> implements Disposable {
  /** The oldest first, with those that were refused. */
  readonly all = new Source<readonly One[]>([]);
  readonly #options: WaitingWishesOptions<One>;
  readonly #end = new AbortController();
  readonly #stopListening: () => void;
  /** One after the other: a wish must not overtake the one before it. */
  readonly #turns = new Turns();
  #failures = 0;
  #cancelRetry: (() => void) | undefined;

  constructor(options: WaitingWishesOptions<One>) {
    this.#options = options;
    this.#stopListening = options.tabs.subscribe((message) => {
      if (message.t === 'wishes' && message.of === options.of) void this.load();
    });
  }

  /** Reads what waits. */
  async load(): Promise<void> {
    const stored = await this.#options.store.read(['meta'], (transaction) =>
      transaction.objectStore('meta').get(this.#options.of),
    );
    this.all.set(wishesIn<One>(stored));
  }

  /** Resolves when this device will not forget them. Rejects with a `StorageFailure`. */
  async add(...added: readonly One[]): Promise<void> {
    const { isSame } = this.#options;
    await this.#change((wishes) =>
      added.reduce((all, wish) => {
        const former = all.find((one) => isSame(one, wish));
        // Its time tells it from the former one, which may be on its way at this moment.
        const at = Math.max(wish.at, former ? former.at + 1 : 0);
        return [...all.filter((one) => one !== former), { ...wish, at }];
      }, wishes),
    );
    void this.send();
  }

  /** The person has seen that these were refused. */
  async dismiss(seen: (wish: One) => boolean): Promise<void> {
    await this.#change((wishes) => wishes.filter((wish) => wish.refused === undefined || !seen(wish)));
  }

  /** The server can be asked, or may be by now. */
  send(): Promise<void> {
    const { locks, name, of } = this.#options;
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    const work = () => this.#sendAll();
    const run = locks ? () => locks.request(`${name}/${of}`, { signal: this.#end.signal }, work) : work;
    // It ends with the page; what fails here is shown by the store, and waits for the next time.
    return this.#turns.take(run).catch(() => undefined);
  }

  [Symbol.dispose](): void {
    this.#end.abort();
    this.#cancelRetry?.();
    this.#stopListening();
  }

  async #sendAll(): Promise<void> {
    const { tell, isSame, clock, random } = this.#options;
    // Another tab may have sent them.
    await this.load();
    for (;;) {
      const wish = this.all.get().find(({ refused }) => refused === undefined);
      if (!wish || this.#end.signal.aborted) return;
      const answer = await tell(wish);
      const refused = answer.ok ? undefined : refusalOf(answer.failure);
      // Signed out: whoever signs in again still wants it.
      if (refused === 401) return;
      if (!answer.ok && refused === undefined) {
        this.#cancelRetry = clock.after(fullJitterMs(this.#failures++, random()), () => void this.send());
        return;
      }
      this.#failures = 0;
      // Not one that was wished meanwhile.
      const isIt = (one: One): boolean => isSame(one, wish) && one.at === wish.at;
      await this.#change((wishes) =>
        wishes.flatMap((one) => (isIt(one) ? (refused === undefined ? [] : { ...one, refused }) : one)),
      );
    }
  }

  async #change(change: (wishes: readonly One[]) => readonly One[]): Promise<void> {
    const { store, tabs, of } = this.#options;
    const wishes = await store.write(['meta'], async (transaction) => {
      const meta = transaction.objectStore('meta');
      const changed = change(wishesIn<One>(await meta.get(of)));
      await meta.put(changed as readonly (One & Wishes[keyof Wishes])[], of);
      return changed;
    });
    this.all.set(wishes);
    tabs.post({ t: 'wishes', of });
  }
}

const wishesIn = <One extends Wish>(stored: unknown): readonly One[] =>
  Array.isArray(stored) ? (stored as readonly One[]) : [];

/** The status of a refusal; undefined when it may go well another time. */
const refusalOf = (failure: RequestFailure): number | undefined =>
  failure.is === 'network' || failure.status >= 500 || [408, 429].includes(failure.status) ? undefined : failure.status;
