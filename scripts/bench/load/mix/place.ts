/**
 * A conversation as one person of the mix has it: what they write there and have read. It keeps no document: it knows the last message,
 * which all people of the conversation share, and where this person's receipt is written.
 */
import * as Y from 'yjs';
import { MESSAGES, RECEIPTS } from '../../../../schema/document/message.ts';
import { messageId } from '../../../../schema/ids.ts';
import { encodeFrame, encodeSync, SYNC } from '../../../../schema/wire/frame.ts';
import { type WritableStruct, writeUpdate } from '../../../../server/room/write-update.ts';
import type { ElementId } from '../../generator/message.ts';
import type { MixConversation } from './conversations.ts';

export interface PlaceOptions {
  readonly conversation: MixConversation;
  readonly user: string;
  /** Sends a frame on the person's connection. */
  readonly send: (frame: Uint8Array) => void;
}

// As the app's (`client/conversation/own-receipt.ts`).
const FIRST_RECEIPT_AFTER_MS = 100;
const RECEIPT_AT_MOST_EVERY_MS = 1_000;

export class Place {
  readonly conversation: MixConversation;
  /** Of the present connection. */
  channel = 0;
  readonly #user: string;
  readonly #send: (frame: Uint8Array) => void;
  readonly #writer = Math.floor(Math.random() * 2 ** 32);
  #clock = 0;
  #acknowledged = 0;
  #isOpen = false;
  /** By writer, what this person has stored and been shown. */
  readonly #stored: Record<string, number>;
  #shown: Readonly<Record<string, number>>;
  /** Where that is written. */
  #receipt: ElementId | undefined;
  #receiptAtMs = Number.NEGATIVE_INFINITY;
  #isReceiptDue = false;
  /** The newest message of this person. */
  #own: ElementId | undefined;

  constructor({ conversation, user, send }: PlaceOptions) {
    this.conversation = conversation;
    this.#user = user;
    this.#send = send;
    this.#receipt = conversation.history?.receiptOf(conversation.people.indexOf(user));
    this.#shown = conversation.history?.receiptOf(conversation.people.indexOf(user)).vector ?? {};
    this.#stored = { ...this.#shown };
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Whether nothing is under way, so that a new connection has nothing to send again. */
  get isSettled(): boolean {
    return this.#clock === this.#acknowledged && !this.#isReceiptDue;
  }

  became(state: 'open' | 'closed'): void {
    const isOpen = state === 'open';
    if (this.#isOpen === isOpen) return;
    this.#isOpen = isOpen;
    this.conversation.listeners += isOpen ? 1 : -1;
  }

  acknowledged(writer: number, clock: number): void {
    if (writer === this.#writer) this.#acknowledged = Math.max(this.#acknowledged, clock);
  }

  write(text: string): void {
    const { writer, clock } = { writer: this.#writer, clock: this.#clock };
    this.#append({ id: messageId(writer, clock), from: this.#user, at: Date.now(), text });
    this.#own = { writer, clock };
  }

  edit(text: string): void {
    if (!this.#isOpen || !this.#own) return;
    const { writer, clock } = this.#own;
    this.#append({ edit: messageId(writer, clock), from: this.#user, at: Date.now(), text });
  }

  erase(): void {
    if (!this.#isOpen || !this.#own) return;
    const { writer, clock } = this.#own;
    this.#append({ del: messageId(writer, clock), from: this.#user, at: Date.now() });
    this.#own = undefined;
  }

  /** Has been shown all that is there. */
  read(): void {
    if (Object.entries(this.#stored).every(([writer, clock]) => (this.#shown[writer] ?? -1) >= clock)) return;
    this.#shown = { ...this.#stored };
    this.#tell();
  }

  /** Messages have come: the next one is appended after the last of them, and that they are here is told. */
  take(update: Uint8Array): void {
    for (const struct of Y.decodeUpdate(update).structs) {
      if (!(struct instanceof Y.Item) || !(struct.content instanceof Y.ContentAny)) continue;
      if (!struct.content.arr.some((element) => element?.id)) continue;
      const { client: writer, clock } = struct.id;
      const newest = clock + struct.length - 1;
      this.conversation.last = { writer, clock: newest };
      if (writer !== this.#writer) this.#stored[writer.toString(36)] = newest;
    }
    this.#tell();
  }

  #append(element: object): void {
    const { last } = this.conversation;
    // After its own while that is under way: the server may not know it yet.
    const origin = this.#clock > this.#acknowledged && this.#own ? this.#own : last;
    this.#update({ root: MESSAGES, key: null, values: [element], origin: origin ?? null }, undefined);
  }

  #tell(): void {
    if (this.#isReceiptDue) return;
    this.#isReceiptDue = true;
    const earliestMs = this.#receiptAtMs + RECEIPT_AT_MOST_EVERY_MS - performance.now();
    setTimeout(() => this.#writeReceipt(), Math.max(FIRST_RECEIPT_AFTER_MS, earliestMs));
  }

  #writeReceipt(): void {
    this.#isReceiptDue = false;
    if (!this.#isOpen) return;
    this.#receiptAtMs = performance.now();
    const former = this.#receipt;
    this.#receipt = { writer: this.#writer, clock: this.#clock };
    const values = [{ d: { ...this.#stored }, r: this.#shown }];
    this.#update({ root: RECEIPTS, key: this.#user, values, origin: former ?? null }, former);
  }

  #update(
    struct: Pick<WritableStruct, 'root' | 'key' | 'values'> & { origin: ElementId | null },
    deleted: ElementId | undefined,
  ): void {
    const { origin: after } = struct;
    const origin = after && { client: after.writer, clock: after.clock };
    const deletes = deleted ? [{ client: deleted.writer, clock: deleted.clock, length: 1 }] : [];
    const id = { client: this.#writer, clock: this.#clock++ };
    const update = writeUpdate(new Map([[id.client, [{ ...struct, ...id, origin, length: 1 }]]]), deletes);
    this.#send(encodeFrame(this.channel, encodeSync(SYNC.update, update)));
  }
}
