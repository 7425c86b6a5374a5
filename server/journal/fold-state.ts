/** What stands in the bytes of a state: its timeline, receipts and reactions, folded as everywhere. Pure: it knows no rows. */
import * as Y from 'yjs';
import { type Element, MESSAGES, type Message, RECEIPTS } from '../../schema/document/message.ts';
import { REACTIONS, type Reaction } from '../../schema/document/reactions.ts';
import type { Receipt } from '../../schema/document/receipts.ts';
import { foldTimeline } from '../../schema/document/timeline.ts';

interface Contents {
  readonly messages: Message[];
  /** User id → receipt. */
  readonly receipts: Record<string, Receipt>;
  /** By key. */
  readonly reactions: ReadonlyMap<string, Reaction>;
}

export function foldState(state: Uint8Array): Contents {
  const doc = new Y.Doc();
  try {
    Y.applyUpdate(doc, state);
    return {
      messages: foldTimeline(doc.getArray<Element>(MESSAGES).toArray()),
      receipts: Object.fromEntries(doc.getMap<Receipt>(RECEIPTS).entries()),
      reactions: new Map(doc.getMap<Reaction>(REACTIONS).entries()),
    };
  } finally {
    doc.destroy();
  }
}
