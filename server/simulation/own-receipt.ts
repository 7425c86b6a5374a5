/** A person's own receipt as one page knows it: written now and then, always as the union with what is there. */
import type * as Y from 'yjs';
import type { Message } from '../../schema/document/message.ts';
import { cover, NO_RECEIPT, type Receipt, sameReceipt, union } from '../../schema/document/receipts.ts';
import type { MessageId, UserId } from '../../schema/ids.ts';

export class OwnReceipt {
  /** The document has changed since it was written last. */
  isDue = true;
  readonly #user: UserId;
  readonly #receipts: Y.Map<Receipt>;
  #wanted: Receipt = NO_RECEIPT;

  constructor(user: UserId, receipts: Y.Map<Receipt>) {
    this.#user = user;
    this.#receipts = receipts;
  }

  /** Messages of others are on screen. */
  shown(messages: readonly Message[]): void {
    this.#wanted = { ...this.#wanted, r: cover(this.#wanted.r, this.#ofOthers(messages)) };
    this.isDue = true;
  }

  /** What is to be written when the page holds `messages`; undefined when that stands there already. */
  next(messages: readonly Message[]): Receipt | undefined {
    this.isDue = false;
    const present = this.#receipts.get(this.#user) ?? NO_RECEIPT;
    this.#wanted = {
      d: cover(union(present.d, this.#wanted.d), this.#ofOthers(messages)),
      r: union(present.r, this.#wanted.r),
    };
    return sameReceipt(this.#wanted, present) ? undefined : this.#wanted;
  }

  #ofOthers(messages: readonly Message[]): MessageId[] {
    return messages.filter(({ from }) => from !== this.#user).map(({ id }) => id);
  }
}
