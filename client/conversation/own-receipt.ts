/**
 * This person's receipt in one document: `d` grows when messages of others are stored on this device, `r` when they are
 * shown. It is written at most once a second, always as the union with what other devices of this person wrote, so it
 * never shrinks. What is shown while receipts are off stays among those devices, also when they are on again.
 */
import { isMessage } from '../../schema/document/message.ts';
import {
  cover,
  covers,
  NO_RECEIPT,
  type Receipt,
  type ReceiptVector,
  sameReceipt,
  union,
} from '../../schema/document/receipts.ts';
import type { MessageId, UserId } from '../../schema/ids.ts';
import type { Clock } from '../connection/clock.ts';
import type { LocalCopy } from './local-copy.ts';
import type { Reading } from './reading.ts';
import { rememberLast } from './remember-last.ts';

/** Messages that arrive or are scrolled past together are one write. */
const FIRST_AFTER_MS = 100;
const AT_MOST_EVERY_MS = 1_000;

const NOTHING: ReceiptVector = {};

export class OwnReceipt implements Disposable {
  readonly #me: UserId;
  readonly #copy: LocalCopy;
  readonly #clock: Clock;
  readonly #reading: Reading;
  readonly #epoch: number;
  #wanted: Receipt = NO_RECEIPT;
  /** Shown while receipts were off. */
  #kept = NOTHING;
  /** Shown before this device knew whether others may be told. */
  #undecided = NOTHING;
  #writtenAt = Number.NEGATIVE_INFINITY;
  #cancel: (() => void) | undefined;
  #isDisposed = false;

  constructor(options: { me: UserId; copy: LocalCopy; clock: Clock; reading: Reading; epoch: number }) {
    this.#me = options.me;
    this.#copy = options.copy;
    this.#clock = options.clock;
    this.#reading = options.reading;
    this.#epoch = options.epoch;
    this.changed();
  }

  /** What this person has been shown, here or elsewhere, written or not, told or not. */
  get read(): ReceiptVector {
    const { r } = this.#copy.receiptOf(this.#me);
    return this.#unite(r, this.#wanted.r, this.#reading.keptIn(this.#epoch), this.#kept, this.#undecided);
  }

  readonly #unite = rememberLast((...vectors: readonly ReceiptVector[]) => vectors.reduce(union, NOTHING));

  /** Messages of others that are on screen. */
  shown(ids: Iterable<MessageId>): void {
    const { read } = this;
    const unread = [...ids].filter((id) => !covers(read, id));
    if (unread.length === 0) return;
    this.#undecided = cover(this.#undecided, unread);
    this.#decide();
    this.changed();
  }

  /**
   * The document has changed: new messages, or a receipt of another device that lacks what this one knows; or likewise what is
   * kept from others, and whether it is.
   */
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

  /** What was shown is told, or not, as its person wanted it at that moment. */
  #decide(): void {
    const isTold = this.#reading.isTold();
    if (isTold === undefined) return;
    if (isTold) this.#wanted = { ...this.#wanted, r: union(this.#wanted.r, this.#undecided) };
    else this.#kept = union(this.#kept, this.#undecided);
    this.#undecided = NOTHING;
  }

  async #write(): Promise<void> {
    this.#cancel = undefined;
    this.#decide();
    const stored = this.#copy.receiptOf(this.#me);
    const others: MessageId[] = [];
    for (const element of this.#copy.elements())
      if (isMessage(element) && element.from !== this.#me) others.push(element.id);
    const d = (await this.#copy.flushed())
      ? cover(union(stored.d, this.#wanted.d), others)
      : union(stored.d, this.#wanted.d);
    if (this.#isDisposed) return;
    const kept = this.#reading.keptIn(this.#epoch);
    if (union(kept, this.#kept) !== kept) {
      this.#writtenAt = this.#clock.now();
      this.#reading.keep(this.#epoch, this.#kept);
    }
    // Read again: another device may have written while the store was busy.
    const present = this.#copy.receiptOf(this.#me);
    this.#wanted = { d: union(present.d, d), r: union(present.r, this.#wanted.r) };
    if (sameReceipt(this.#wanted, present)) return;
    this.#writtenAt = this.#clock.now();
    this.#copy.receipts.set(this.#me, this.#wanted);
  }
}
