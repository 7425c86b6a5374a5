/** How the server itself puts a message into a document: behind an item, as its own struct, known to the index by the caller. */
import * as Y from 'yjs';
import type { Message } from '../../schema/document/message.ts';
import type { GatedDocument } from './gated-document.ts';
import type { StructId } from './read-update.ts';

/** Inserts behind `left`, or at the start of an empty document; answers where the message stands. */
export function insertAfter(
  transaction: Y.Transaction,
  doc: GatedDocument,
  left: Y.Item | null,
  message: Message,
): StructId {
  const at = { client: doc.clientID, clock: Y.getState(doc.store, doc.clientID) };
  const right = left ? left.right : null;
  const id = Y.createID(at.client, at.clock);
  const content = new Y.ContentAny([message]);
  new Y.Item(id, left, left?.lastId ?? null, right, right?.id ?? null, doc.messages, null, content).integrate(
    transaction,
    0,
  );
  return at;
}

/** The item that holds exactly the element at `at`, split out of its neighbours. */
export function itemAt(transaction: Y.Transaction, doc: GatedDocument, { client, clock }: StructId): Y.Item {
  const id = Y.createID(client, clock);
  Y.getItemCleanStart(transaction, id);
  return Y.getItemCleanEnd(transaction, doc.store, id);
}

/** The last item of the array, deleted or not; null in an empty one. */
export function lastItem(doc: GatedDocument): Y.Item | null {
  let item = doc.messages._start;
  while (item?.right) item = item.right;
  return item;
}
