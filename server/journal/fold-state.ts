/** What stands in the bytes of a state: its timeline and receipts, folded as everywhere. Pure: it knows no rows. */
import * as Y from 'yjs';
import { type Element, MESSAGES, type Message, RECEIPTS } from '../../schema/document/message.ts';
import type { Receipt } from '../../schema/document/receipts.ts';
import { foldTimeline } from '../../schema/document/timeline.ts';

interface Contents {
  readonly messages: Message[];
  /** User id → receipt. */
  readonly receipts: Record<string, Receipt>;
}

export function foldState(state: Uint8Array): Contents {
  const doc = new Y.Doc();
  try {
    Y.applyUpdate(doc, state);
    return {
      messages: foldTimeline(doc.getArray<Element>(MESSAGES).toArray()),
      receipts: Object.fromEntries(doc.getMap<Receipt>(RECEIPTS).entries()),
    };
  } finally {
    doc.destroy();
  }
}
