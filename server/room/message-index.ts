/**
 * Where each message of a document stands. A message keeps its id for ever but not its place: an edit, a deletion or a move
 * puts the server's own struct there. Most messages stand where their id says, so only the others are remembered. It also
 * counts them, so that an epoch knows when it is full.
 */
import * as Y from 'yjs';
import { isDeleted, isMessage, type Message } from '../../schema/document/message.ts';
import { type MessageId, messageId, parseMessageId, splitMessageId, type UserId } from '../../schema/ids.ts';
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
    this.#read();
  }

  /** Notes what another server did in a transaction. New messages are most of it; for anything else all is read again. */
  follow({ beforeState, afterState }: Y.Transaction): void {
    const fresh: Found[] = [];
    for (const [client, end] of afterState) {
      const start = beforeState.get(client) ?? 0;
      if (start === end) continue;
      const structs = this.#doc.store.clients.get(client) ?? [];
      for (let i = Y.findIndexSS(structs, start); i < structs.length; i++) {
        for (const each of messagesOf(structs[i] as Y.Item | Y.GC, this.#doc)) {
          if (each.at.clock < start) continue;
          if (each.message.id !== messageId(client, each.at.clock)) return this.#read();
          fresh.push(each);
        }
      }
    }
    for (const { message, at } of fresh) this.add(message, at);
  }

  #read(): void {
    this.#moved.clear();
    this.#writers.clear();
    this.#messages = 0;
    this.#bytes = 0;
    for (let item = this.#doc.messages._start; item; item = item.right)
      for (const { message, at } of messagesOf(item, this.#doc)) this.add(message, at);
  }

  /** How many messages there are, deleted ones included. */
  get messages(): number {
    return this.#messages;
  }

  /** The texts of all messages, and what they say of their files, in UTF-8. */
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

/** The messages that stand in a struct. */
function* messagesOf(struct: Y.Item | Y.GC, doc: GatedDocument): Iterable<Found> {
  if (!(struct instanceof Y.Item) || struct.deleted || struct.parent !== doc.messages) return;
  if (!(struct.content instanceof Y.ContentAny)) return;
  const { client, clock } = struct.id;
  for (const [offset, element] of struct.content.arr.entries())
    if (isMessage(element)) yield { message: element, at: { client, clock: clock + offset } };
}

function textBytes(message: Message): number {
  if (isDeleted(message)) return 0;
  const { text, files } = message;
  // Previews and names make a message as long as a text does.
  return Buffer.byteLength(text) + (files ? Buffer.byteLength(JSON.stringify(files)) : 0);
}
