/**
 * What the server itself erases from a document, with tombstones that every client takes like anybody's deletion. What somebody
 * wrote who left and asked for it: the tombstones name them, their receipt goes, and what they gave messages; a part at a time, so that no commit is long;
 * whoever is no member any more adds nothing meanwhile. And messages whose time is over: the tombstones say so.
 */
import * as Y from 'yjs';
import { BY_RETENTION, isDeleted, isMessage, type LiveMessage } from '../../schema/document/message.ts';
import { reactionKey } from '../../schema/document/reactions.ts';
import type { MessageId, UserId } from '../../schema/ids.ts';
import type { GatedDocument } from './gated-document.ts';
import type { MessageIndex } from './message-index.ts';
import { dropReactions, reactionsOf } from './reactions.ts';
import type { StructId } from './read-update.ts';
import { insertAfter, itemAt } from './server-insert.ts';

/** What of a person is to go, or which messages, some 200 of them at most; those that are gone already do not matter. */
export type Erasing =
  | { readonly of: UserId; readonly what: 'receipts' | 'everything' }
  | { readonly expired: readonly MessageId[] };

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
  readonly what: Erasing;
  readonly nowMs: number;
}

interface Placed {
  readonly at: StructId;
  readonly message: LiveMessage;
}

export function erase({ what, ...options }: EraseOptions): Erased {
  const { doc } = options;
  if ('expired' in what) {
    const placed = what.expired.flatMap((id) => liveOf(options.index, id));
    if (placed.length === 0) return { update: undefined, left: 'none' };
    return { update: replace(placed, { ...options, by: BY_RETENTION }), left: 'none' };
  }
  const user = what.of;
  const written = what.what === 'everything' ? messagesOf(doc, user) : [];
  const part = written.slice(0, MAX_MESSAGES_AT_ONCE);
  const given = what.what === 'everything' ? reactionsOf(doc, user) : [];
  const taken = given.slice(0, MAX_MESSAGES_AT_ONCE);
  if (part.length + taken.length === 0 && !doc.receipts.has(user)) return { update: undefined, left: 'none' };
  const update = replace(part, { ...options, by: user }, () => {
    doc.receipts.delete(user);
    // As if they had taken them back: the projection reads it. Of messages that have gone just now there are none left.
    for (const { on } of taken)
      if (doc.reactions?.has(reactionKey(user, on))) doc.reactions.set(reactionKey(user, on), { on, emoji: [] });
  });
  return { update, left: part.length < written.length || taken.length < given.length ? 'some' : 'none' };
}

interface ReplaceOptions extends Omit<EraseOptions, 'what'> {
  readonly by: UserId;
}

function replace(placed: readonly Placed[], options: ReplaceOptions, also = (): void => {}): Uint8Array | undefined {
  const { doc, index, by, nowMs } = options;
  return doc.hold((transaction) => {
    for (const { at, message } of placed) {
      const item = itemAt(transaction, doc, at);
      const tombstone = { id: message.id, from: message.from, at: message.at, deletedAt: nowMs, by };
      index.replace(message, tombstone, insertAfter(transaction, doc, item, tombstone));
      item.delete(transaction);
    }
    dropReactions(transaction, doc, new Set(placed.map(({ message }) => message.id)));
    also();
    return undefined;
  });
}

function liveOf(index: MessageIndex, id: MessageId): Placed[] {
  const found = index.find(id);
  return found && !isDeleted(found.message) ? [{ at: found.at, message: found.message }] : [];
}

function messagesOf(doc: GatedDocument, user: UserId): Placed[] {
  const found: Placed[] = [];
  for (let item = doc.messages._start; item; item = item.right) {
    if (item.deleted || !(item.content instanceof Y.ContentAny)) continue;
    for (const [offset, element] of item.content.arr.entries()) {
      if (!isMessage(element) || isDeleted(element) || element.from !== user) continue;
      found.push({ at: { client: item.id.client, clock: item.id.clock + offset }, message: element });
    }
  }
  return found;
}
