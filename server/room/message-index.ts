/**
 * Where each message of a document stands. A message keeps its id for ever but not its place: an edit, a deletion or a move
 * puts the server's own struct there. Most messages stand where their id says, so only the others are remembered.
 */
import * as Y from 'yjs';
import { isMessage, type Message } from '../../schema/document/message.ts';
import { type MessageId, parseMessageId, splitMessageId } from '../../schema/ids.ts';
import type { GatedDocument } from './gated-document.ts';
import type { StructId } from './read-update.ts';

export interface Found {
  readonly at: StructId;
  readonly message: Message;
}

export class MessageIndex {
  readonly #doc: GatedDocument;
  readonly #moved = new Map<MessageId, StructId>();
  /** Writer → its highest message clock. */
  readonly #clocks = new Map<number, number>();

  /** Reads the whole document once. */
  constructor(doc: GatedDocument) {
    this.#doc = doc;
    for (let item = doc.messages._start; item; item = item.right) {
      if (item.deleted || !(item.content instanceof Y.ContentAny)) continue;
      item.content.arr.forEach((element, offset) => {
        if (isMessage(element)) this.place(element.id, { client: item.id.client, clock: item.id.clock + offset });
      });
    }
  }

  /** Notes that the message stands at `at`. */
  place(id: MessageId, at: StructId): void {
    const { writer, clock } = splitMessageId(id);
    if (writer === at.client && clock === at.clock) this.#moved.delete(id);
    else this.#moved.set(id, at);
    if (clock > (this.#clocks.get(writer) ?? -1)) this.#clocks.set(writer, clock);
  }

  /** The highest message clock of a writer (base 36), −1 when it wrote no message here. */
  lastClock(writer: string): number {
    return this.#clocks.get(Number.parseInt(writer, 36)) ?? -1;
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
