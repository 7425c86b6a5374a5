/**
 * This person's receipt in one document: `d` grows when messages of others are stored on this device, `r` when they are
 * shown. It is written at most once a second, always as the union with what other devices of this person wrote, so it
 * never shrinks.
 */
import { isMessage } from '../../schema/document/message.ts';
import {
  cover,
  NO_RECEIPT,
  type Receipt,
  type ReceiptVector,
  sameReceipt,
  union,
} from '../../schema/document/receipts.ts';
import type { MessageId, UserId } from '../../schema/ids.ts';
import type { Clock } from '../connection/clock.ts';
import type { LocalCopy } from './local-copy.ts';

/** Messages that arrive or are scrolled past together are one write. */
const FIRST_AFTER_MS = 100;
const AT_MOST_EVERY_MS = 1_000;

export class OwnReceipt implements Disposable {
  readonly #me: UserId;
  readonly #copy: LocalCopy;
  readonly #clock: Clock;
  #wanted: Receipt = NO_RECEIPT;
  #writtenAt = Number.NEGATIVE_INFINITY;
  #cancel: (() => void) | undefined;
  #isDisposed = false;

  constructor(options: { me: UserId; copy: LocalCopy; clock: Clock }) {
    this.#me = options.me;
    this.#copy = options.copy;
    this.#clock = options.clock;
    this.changed();
  }

  /** What this person has been shown, here or elsewhere, written or not. */
  get read(): ReceiptVector {
    return union(this.#copy.receiptOf(this.#me).r, this.#wanted.r);
  }

  /** Messages of others that are on screen. */
  shown(ids: Iterable<MessageId>): void {
    const r = cover(this.read, ids);
    if (r === this.#wanted.r) return;
    this.#wanted = { ...this.#wanted, r };
    this.changed();
  }

  /** The document has changed: new messages, or a receipt of another device that lacks what this one knows. */
  changed(): void {
    if (this.#isDisposed) return;
    const at = Math.max(this.#clock.now() + FIRST_AFTER_MS, this.#writtenAt + AT_MOST_EVERY_MS);
    this.#cancel ??= this.#clock.after(at - this.#clock.now(), () => void this.#write());
  }

  /** Writes at once what is wanted: the document is about to be closed. */
  async flush(): Promise<void> {
    if (!this.#cancel) return;
    this.#cancel();
    await this.#write();
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#cancel?.();
  }

  async #write(): Promise<void> {
    this.#cancel = undefined;
    const stored = this.#copy.receiptOf(this.#me);
    const others: MessageId[] = [];
    for (const element of this.#copy.elements())
      if (isMessage(element) && element.from !== this.#me) others.push(element.id);
    const d = (await this.#copy.flushed())
      ? cover(union(stored.d, this.#wanted.d), others)
      : union(stored.d, this.#wanted.d);
    if (this.#isDisposed) return;
    // Read again: another device may have written while the store was busy.
    const present = this.#copy.receiptOf(this.#me);
    this.#wanted = { d: union(present.d, d), r: union(present.r, this.#wanted.r) };
    if (sameReceipt(this.#wanted, present)) return;
    this.#writtenAt = this.#clock.now();
    this.#copy.receipts.set(this.#me, this.#wanted);
  }
}
