/**
 * In which epoch a message stands, or the first one of a date: asked of what is open, of the server, and, without a network,
 * of what is stored on this device. It opens documents only to look into them.
 */
import { type Element, isMessage, type Message } from '../../schema/document/message.ts';
import { foldTimeline } from '../../schema/document/timeline.ts';
import type { MessageId } from '../../schema/ids.ts';
import type { Chain } from './chain.ts';

/** What the server says of a message. */
export type Located =
  | { readonly is: 'found'; readonly message: Message; readonly epoch: number }
  | { readonly is: 'nowhere' }
  | { readonly is: 'unreachable' };

/** How the server is asked. */
export interface Locator {
  message(id: MessageId): Promise<Located>;
  /** The first message at this time or later, else the last one. In ms since 1970. */
  at(time: number): Promise<Located>;
}

/** A place in the chain; `unreachable` when this device does not have it and the server cannot be asked. */
export type Place = { readonly epoch: number; readonly id: MessageId } | 'nowhere' | 'unreachable';

export class Whereabouts {
  readonly #chain: Chain;
  readonly #locator: Locator;

  constructor({ chain, locator }: { chain: Chain; locator: Locator }) {
    this.#chain = chain;
    this.#locator = locator;
  }

  async ofMessage(id: MessageId): Promise<Place> {
    const isIt = (element: Element) => isMessage(element) && element.id === id;
    for (const { epoch, replica } of this.#chain.opened.toReversed())
      if (replica.elements().some(isIt)) return { epoch, id };
    const answer = await this.#locator.message(id);
    if (answer.is === 'found') return { epoch: answer.epoch, id };
    if (answer.is === 'nowhere') return 'nowhere';
    for (const epoch of (await this.#chain.stored()).toReversed())
      if ((await this.#lookInto(epoch)).some(isIt)) return { epoch, id };
    return 'unreachable';
  }

  /** The message as it is now, wherever it stands. */
  async find(id: MessageId): Promise<Message | 'nowhere' | 'unreachable'> {
    const answer = await this.#locator.message(id);
    if (answer.is === 'found') return answer.message;
    if (answer.is === 'nowhere') return 'nowhere';
    for (const epoch of (await this.#chain.stored()).toReversed()) {
      const here = foldTimeline(await this.#lookInto(epoch)).find((message) => message.id === id);
      if (here) return here;
    }
    return 'unreachable';
  }

  async ofDate(time: number): Promise<Place> {
    const answer = await this.#locator.at(time);
    if (answer.is === 'found') return { epoch: answer.epoch, id: answer.message.id };
    if (answer.is === 'nowhere') return 'nowhere';
    let last: Place = 'unreachable';
    for (const epoch of await this.#chain.stored()) {
      const messages = (await this.#lookInto(epoch)).filter(isMessage);
      const first = messages.find((message) => message.at >= time);
      if (first) return { epoch, id: first.id };
      const end = messages.at(-1);
      if (end) last = { epoch, id: end.id };
    }
    return last;
  }

  #lookInto(epoch: number): Promise<readonly Element[]> {
    return this.#chain.use(epoch, (replica) => this.#chain.until(() => replica.copy?.elements()));
  }
}
