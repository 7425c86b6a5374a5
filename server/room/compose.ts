/** Composes the update that a client of this user would send for a new message, for those who have no client of their own. */
import * as Y from 'yjs';
import { type LiveMessage, MESSAGES } from '../../schema/document/message.ts';
import { MAX_CLIENT_ID, type MessageId, messageId, type UserId } from '../../schema/ids.ts';
import type { GatedDocument } from './gated-document.ts';
import { writeUpdate } from './write-update.ts';

export interface ComposeOptions {
  readonly doc: GatedDocument;
  readonly user: UserId;
  readonly text: string;
  readonly re: MessageId | undefined;
  /** The writer of this user's earlier texts in this document; a new one is drawn when undefined. */
  readonly client: number | undefined;
  readonly nowMs: number;
}

export interface Composed {
  readonly client: number;
  readonly id: MessageId;
  readonly bytes: Uint8Array;
}

export function compose({ doc, user, text, re, client, nowMs }: ComposeOptions): Composed {
  const writer = client ?? freeClient(doc);
  const clock = Y.getState(doc.store, writer);
  const id = messageId(writer, clock);
  const message: LiveMessage = { id, from: user, at: nowMs, text, ...(re && { re }) };
  let last = doc.messages._start;
  while (last?.right) last = last.right;
  const struct = {
    client: writer,
    clock,
    length: 1,
    origin: last?.lastId ?? null,
    root: MESSAGES,
    key: null,
    values: [message],
  };
  return { client: writer, id, bytes: writeUpdate(new Map([[writer, [struct]]]), []) };
}

function freeClient(doc: GatedDocument): number {
  for (;;) {
    const client = Math.floor(Math.random() * (MAX_CLIENT_ID + 1));
    if (Y.getState(doc.store, client) === 0) return client;
  }
}
