/**
 * How large a full epoch gets when everybody writes, everybody reads every message at once, and some is edited and deleted:
 * what a person who opens the conversation downloads.
 */
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { type Element, MESSAGES, RECEIPTS } from '../../schema/document/message.ts';
import { cover, NO_RECEIPT, type Receipt } from '../../schema/document/receipts.ts';
import { type MessageId, messageId } from '../../schema/ids.ts';
import { EPOCH_LIMITS } from '../../schema/limits.ts';
import { BareRoom } from '../testing/bare-room.ts';

const PEOPLE = 10;
/** Two lines on a phone; measured in chats, half of all messages are shorter. */
const TEXT = 'Shall we meet at the corner at half past seven, or is that late?';

/** One page of a person has two writers: one appends, the other writes receipts. */
class Page {
  readonly user: string;
  readonly #room: BareRoom;
  readonly #appends = new Y.Doc();
  /** Needs nothing but what it wrote itself. */
  readonly #receipts = new Y.Doc();

  constructor(room: BareRoom, user: string) {
    this.#room = room;
    this.user = user;
  }

  append(make: (id: MessageId) => Element): MessageId {
    const doc = this.#appends;
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(this.#room.doc, Y.encodeStateVector(doc)));
    const id = messageId(doc.clientID, Y.getState(doc.store, doc.clientID));
    this.#write(doc, () => doc.getArray<Element>(MESSAGES).push([make(id)]));
    return id;
  }

  read(id: MessageId): void {
    const receipts = this.#receipts.getMap<Receipt>(RECEIPTS);
    const { d, r } = receipts.get(this.user) ?? NO_RECEIPT;
    this.#write(this.#receipts, () => receipts.set(this.user, { d: cover(d, [id]), r: cover(r, [id]) }));
  }

  #write(doc: Y.Doc, change: () => void): void {
    const before = Y.encodeStateVector(doc);
    change();
    const judged = this.#room.submit({ user: this.user, bytes: Y.encodeStateAsUpdate(doc, before) });
    expect(judged).toMatchObject({ is: 'sound', refused: [] });
  }
}

test('[P5] a full epoch of ten people who all read everything stays below 200 KiB', () => {
  const room = new BareRoom();
  const pages = Array.from({ length: PEOPLE }, (_, index) => new Page(room, `person${index}aaaaaaaaaa`));
  for (let count = 0; count < EPOCH_LIMITS.messages; count++) {
    const author = pages[count % PEOPLE] as Page;
    const from = author.user as Element['from'];
    const at = room.nowMs + count * 1_000;
    const id = author.append((id) => ({ id, from, at: room.nowMs, text: TEXT }));
    for (const page of pages) if (page !== author) page.read(id);
    if (count % 10 === 0) author.append(() => ({ edit: id, from, at, text: `${TEXT} No.` }));
    if (count % 20 === 0) author.append(() => ({ del: id, from, at }));
  }
  expect(room.index.messages).toBe(EPOCH_LIMITS.messages);
  const bytes = Y.encodeStateAsUpdate(room.doc).length;
  expect(bytes).toBeGreaterThan(EPOCH_LIMITS.messages * TEXT.length * 0.9);
  expect(bytes).toBeLessThan(200 * 1_024);
}, 30_000);
