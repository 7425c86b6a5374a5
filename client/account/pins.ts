/**
 * What this person pins and unpins. It is kept on this device until the server has heard it, so it needs no network and outlives the page;
 * of several wishes for one message the last counts, and it shows at once. What the server refuses is dropped: its own list of
 * pins says what holds.
 */
import type { Conversation, Pin } from '../../schema/http/conversations.ts';
import type { ConversationId, MessageId, UserId } from '../../schema/ids.ts';
import { fullJitterMs } from '../connection/backoff.ts';
import type { Clock } from '../connection/clock.ts';
import type { Locks } from '../connection/election.ts';
import type { PinnedMessage, Pins, RequestFailure } from '../conversation/conversation.ts';
import { Source } from '../conversation/source.ts';
import type { AccountStore } from '../storage/account-store.ts';
import type { PinWish } from '../storage/records.ts';
import type { Tabs } from '../storage/tabs.ts';
import type { Request } from './http.ts';

export interface WaitingPinsOptions {
  readonly store: AccountStore;
  readonly tabs: Tabs;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Undefined where there are none: then two tabs may send the same wish, which does no harm. */
  readonly locks: Locks | undefined;
  /** Of the account on this device. */
  readonly name: string;
  readonly request: Request;
  /** What the server says of a conversation. */
  readonly take: (conversation: Conversation) => Promise<void>;
}

const KEY = 'pins';

export class WaitingPins implements Pins, Disposable {
  /** The oldest first. */
  readonly wishes = new Source<readonly PinWish[]>([]);
  readonly #options: WaitingPinsOptions;
  readonly #end = new AbortController();
  readonly #stopListening: () => void;
  /** One after the other: a wish must not overtake the one before it. */
  #turn: Promise<void> = Promise.resolve();
  #failures = 0;
  #cancelRetry: (() => void) | undefined;

  constructor(options: WaitingPinsOptions) {
    this.#options = options;
    this.#stopListening = options.tabs.subscribe((message) => {
      if (message.t === 'pins') void this.load();
    });
  }

  /** Reads what waits. */
  async load(): Promise<void> {
    const stored = await this.#options.store.read(['meta'], (transaction) => transaction.objectStore('meta').get(KEY));
    this.wishes.set(typeof stored === 'object' ? stored : []);
  }

  async set(conversation: ConversationId, message: MessageId, isPinned: boolean): Promise<void> {
    const wish: PinWish = { conversation, message, isPinned, at: this.#options.clock.now() };
    await this.#change((wishes) => [...wishes.filter((other) => !isSame(other, wish)), wish]);
    void this.send();
  }

  /** The server can be asked, or may be by now. */
  send(): Promise<void> {
    const { locks, name } = this.#options;
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    const work = () => this.#sendAll();
    const run = locks ? () => locks.request(`${name}/pins`, { signal: this.#end.signal }, work) : work;
    // It ends with the page; what fails here is shown by the store, and waits for the next time.
    this.#turn = this.#turn.then(run).catch(() => undefined);
    return this.#turn;
  }

  [Symbol.dispose](): void {
    this.#end.abort();
    this.#cancelRetry?.();
    this.#stopListening();
  }

  async #sendAll(): Promise<void> {
    const { request, take, clock, random } = this.#options;
    // Another tab may have sent them.
    await this.load();
    for (;;) {
      const [wish] = this.wishes.get();
      if (!wish || this.#end.signal.aborted) return;
      const path = `/api/conversations/${wish.conversation}/pins/${wish.message}`;
      const answer = await request<Conversation>(wish.isPinned ? 'PUT' : 'DELETE', path);
      // Signed out: whoever signs in again still wants it.
      if (!answer.ok && answer.failure.is === 'problem' && answer.failure.status === 401) return;
      if (!answer.ok && mayPass(answer.failure)) {
        this.#cancelRetry = clock.after(fullJitterMs(this.#failures++, random()), () => void this.send());
        return;
      }
      this.#failures = 0;
      if (answer.ok) await take(answer.value);
      // Not one that was wished meanwhile.
      await this.#change((wishes) =>
        wishes.filter((other) => !isSame(other, wish) || other.at !== wish.at || other.isPinned !== wish.isPinned),
      );
    }
  }

  async #change(change: (wishes: readonly PinWish[]) => readonly PinWish[]): Promise<void> {
    const { store, tabs } = this.#options;
    const wishes = await store.write(['meta'], async (transaction) => {
      const meta = transaction.objectStore('meta');
      const stored = await meta.get(KEY);
      const changed = change(typeof stored === 'object' ? stored : []);
      await meta.put(changed, KEY);
      return changed;
    });
    this.wishes.set(wishes);
    tabs.post({ t: 'pins' });
  }
}

const isSame = (a: PinWish, b: PinWish): boolean => a.conversation === b.conversation && a.message === b.message;

/** Unlike a refusal. */
const mayPass = (failure: RequestFailure): boolean =>
  failure.is === 'network' || failure.status >= 500 || [408, 429].includes(failure.status);

/** The pins of a conversation as the server knows them, with what this device wishes; the newest first. Undefined: none. */
export function pinsOf(
  { id, pins = [] }: { readonly id: string; readonly pins?: readonly Pin[] | undefined },
  wishes: readonly PinWish[],
  me: UserId,
): readonly PinnedMessage[] | undefined {
  const wished = wishes.filter(({ conversation }) => conversation === id);
  const known = pins.filter(({ message }) => wished.every((wish) => wish.isPinned || wish.message !== message));
  const added = wished.filter(({ message, isPinned }) => isPinned && known.every((pin) => pin.message !== message));
  const all = [
    ...added.toReversed().map(({ message }) => ({ message, by: me })),
    ...known.map(({ message, by }) => ({ message: message as MessageId, by: by as UserId })),
  ];
  return all.length > 0 ? all : undefined;
}

export const isSamePins = (a: readonly PinnedMessage[] = [], b: readonly PinnedMessage[] = []): boolean =>
  a.length === b.length && a.every((pin, place) => pin.message === b[place]?.message && pin.by === b[place]?.by);
