/**
 * Where each message of a document stands. A message keeps its id for ever but not its place: an edit, a deletion or a move
 * puts the server's own struct there. Most messages stand where their id says, so only the others are remembered. It also
 * counts them, so that an epoch knows when it is full.
 */
import * as Y from 'yjs';
import { isDeleted, isMessage, type Message } from '../../schema/document/message.ts';
import { type MessageId, parseMessageId, splitMessageId, type UserId } from '../../schema/ids.ts';
import type { GatedDocument } from './gated-document.ts';
import type { StructId } from './read-update.ts';

export interface Found {
  readonly at: StructId;
  readonly message: Message;
}

export class MessageIndex {
  readonly #doc: GatedDocument;
  readonly #moved = new Map<MessageId, StructId>();
  /** Writer → its highest message clock, and who it is. */
  readonly #writers = new Map<number, { clock: number; readonly author: UserId }>();
  #messages = 0;
  #bytes = 0;

  /** Reads the whole document once. */
  constructor(doc: GatedDocument) {
    this.#doc = doc;
    for (let item = doc.messages._start; item; item = item.right) {
      if (item.deleted || !(item.content instanceof Y.ContentAny)) continue;
      item.content.arr.forEach((element, offset) => {
        if (isMessage(element)) this.add(element, { client: item.id.client, clock: item.id.clock + offset });
      });
    }
  }

  /** How many messages there are, deleted ones included. */
  get messages(): number {
    return this.#messages;
  }

  /** The texts of all messages, in UTF-8. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Notes a new message that stands at `at`. */
  add(message: Message, at: StructId): void {
    const { writer, clock } = splitMessageId(message.id);
    this.#place(message.id, writer === at.client && clock === at.clock ? undefined : at);
    const known = this.#writers.get(writer);
    if (!known) this.#writers.set(writer, { clock, author: message.from });
    else if (clock > known.clock) known.clock = clock;
    this.#messages++;
    this.#bytes += textBytes(message);
  }

  /** Notes that a message became another one, or stands elsewhere now. */
  replace(former: Message, next: Message, at: StructId): void {
    this.#place(next.id, at);
    this.#bytes += textBytes(next) - textBytes(former);
  }

  #place(id: MessageId, at: StructId | undefined): void {
    if (at) this.#moved.set(id, at);
    else this.#moved.delete(id);
  }

  /** The highest message clock of a writer (base 36), −1 when it wrote no message here. */
  lastClock(writer: string): number {
    return this.#writers.get(Number.parseInt(writer, 36))?.clock ?? -1;
  }

  /** Who wrote the messages of a writer (base 36). */
  authorOf(writer: string): UserId | undefined {
    return this.#writers.get(Number.parseInt(writer, 36))?.author;
  }

  find(id: MessageId): Found | undefined {
    const own = parseMessageId(id);
    if (!own) return undefined;
    const at = this.#moved.get(id) ?? { client: own.writer, clock: own.clock };
    if (at.clock >= Y.getState(this.#doc.store, at.client)) return undefined;
    const item = Y.getItem(this.#doc.store, Y.createID(at.client, at.clock));
    if (!(item instanceof Y.Item) || item.deleted || item.parent !== this.#doc.messages) return undefined;
    const element = item.content instanceof Y.ContentAny ? item.content.arr[at.clock - item.id.clock] : undefined;
    return element && isMessage(element) && element.id === id ? { at, message: element } : undefined;
  }
}

const textBytes = (message: Message): number => (isDeleted(message) ? 0 : Buffer.byteLength(message.text));
