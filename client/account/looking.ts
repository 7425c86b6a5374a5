/**
 * Says which conversation is before this person's eyes: when that changes, on every new connection, and again as long as it goes
 * on, because what is not said again lapses at the server. It spares them notifications of it on their other devices.
 */
import type { ConversationId } from '../../schema/ids.ts';
import { LOOKING_INTERVAL_MS } from '../../schema/limits.ts';
import type { ClientControl } from '../../schema/wire/control.ts';
import type { Clock } from '../connection/clock.ts';

export class Looking implements Disposable {
  readonly #clock: Clock;
  readonly #send: (message: ClientControl) => void;
  #conversation: ConversationId | undefined;
  #isLinked = false;
  #cancel: (() => void) | undefined;

  constructor({ clock, send }: { clock: Clock; send: (message: ClientControl) => void }) {
    this.#clock = clock;
    this.#send = send;
  }

  set(conversation: ConversationId | undefined): void {
    if (conversation === this.#conversation) return;
    this.#conversation = conversation;
    this.#say();
  }

  linked(state: 'open' | 'lost'): void {
    const wasLinked = this.#isLinked;
    this.#isLinked = state === 'open';
    if (this.#isLinked && !wasLinked && this.#conversation) this.#say();
  }

  [Symbol.dispose](): void {
    this.#cancel?.();
  }

  #say(): void {
    this.#cancel?.();
    const conversation = this.#conversation;
    this.#send({ t: 'looking', ...(conversation && { conversation }) });
    this.#cancel = conversation && this.#clock.after(LOOKING_INTERVAL_MS, () => this.#say());
  }
}
