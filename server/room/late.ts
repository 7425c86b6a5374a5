/**
 * Late messages: written for an epoch that was closed when they arrived. Settling takes them out of the closed document; here
 * the open one takes them in, at its end and under their ids. Both documents are committed together or not at all.
 */
import * as Y from 'yjs';
import type { Message } from '../../schema/document/message.ts';
import type { UserId } from '../../schema/ids.ts';
import type { GatedDocument } from './gated-document.ts';
import type { MessageIndex } from './message-index.ts';
import { insertAfter, lastItem } from './server-insert.ts';

/** What one submission brought too late, settled and in the order of writing. */
export interface LateMessages {
  readonly user: UserId;
  readonly messages: readonly Message[];
}

/**
 * Appends the messages. Should one be here already, because another server was faster, the closed document has moved on as well,
 * and the commit of both fails.
 */
export function takeIn(
  messages: readonly Message[],
  { doc, index }: { doc: GatedDocument; index: MessageIndex },
): Uint8Array | undefined {
  return doc.hold((transaction) => {
    let last = lastItem(doc);
    for (const message of messages) {
      const at = insertAfter(transaction, doc, last, message);
      index.add(message, at);
      last = Y.getItem(doc.store, Y.createID(at.client, at.clock));
    }
    // The server's own insertions in a remote transaction would make Yjs pick a new clientID every time.
    transaction.local = true;
    return undefined;
  });
}
