/**
 * Erasing what somebody wrote in a document, because they left and asked for it: their messages become tombstones that they
 * are named in, their receipt goes. A part of it at a time, so that no commit is long; whoever is no member any more adds nothing
 * meanwhile.
 */
import * as Y from 'yjs';
import { isDeleted, isMessage, type LiveMessage } from '../../schema/document/message.ts';
import type { UserId } from '../../schema/ids.ts';
import type { GatedDocument } from './gated-document.ts';
import type { MessageIndex } from './message-index.ts';
import type { StructId } from './read-update.ts';
import { insertAfter, itemAt } from './server-insert.ts';

/** What of a person is to go. */
export type Erasing = 'receipts' | 'everything';

/** About 10 ms of work, and an entry of 20 kB. */
const MAX_MESSAGES_AT_ONCE = 200;

export interface Erased {
  /** Undefined when there was nothing. */
  readonly update: Uint8Array | undefined;
  readonly left: 'some' | 'none';
}

interface EraseOptions {
  readonly doc: GatedDocument;
  readonly index: MessageIndex;
  readonly user: UserId;
  readonly what: Erasing;
  readonly nowMs: number;
}

export function erase({ doc, index, user, what, nowMs }: EraseOptions): Erased {
  const written = what === 'everything' ? messagesOf(doc, user) : [];
  const part = written.slice(0, MAX_MESSAGES_AT_ONCE);
  if (part.length === 0 && !doc.receipts.has(user)) return { update: undefined, left: 'none' };
  const update = doc.hold((transaction) => {
    for (const { at, message } of part) {
      const item = itemAt(transaction, doc, at);
      const tombstone = { id: message.id, from: user, at: message.at, deletedAt: nowMs, by: user };
      index.replace(message, tombstone, insertAfter(transaction, doc, item, tombstone));
      item.delete(transaction);
    }
    doc.receipts.delete(user);
    return undefined;
  });
  return { update, left: part.length < written.length ? 'some' : 'none' };
}

function messagesOf(doc: GatedDocument, user: UserId): { at: StructId; message: LiveMessage }[] {
  const found: { at: StructId; message: LiveMessage }[] = [];
  for (let item = doc.messages._start; item; item = item.right) {
    if (item.deleted || !(item.content instanceof Y.ContentAny)) continue;
    for (const [offset, element] of item.content.arr.entries()) {
      if (!isMessage(element) || isDeleted(element) || element.from !== user) continue;
      found.push({ at: { client: item.id.client, clock: item.id.clock + offset }, message: element });
    }
  }
  return found;
}
