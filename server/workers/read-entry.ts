/**
 * What an entry, or a merged state, says to the projection: messages in their order, and what its user has read and given. Pure; it
 * trusts its input, because only settled updates reach the journal.
 */
import * as Y from 'yjs';
import { type Element, isMessage, MESSAGES, type Message, RECEIPTS } from '../../schema/document/message.ts';
import { parseReactionKey, REACTIONS, type Reaction } from '../../schema/document/reactions.ts';
import type { Receipt, ReceiptVector } from '../../schema/document/receipts.ts';
import { parseMessageId, type UserId } from '../../schema/ids.ts';

export interface ReadReceipt {
  readonly user: UserId;
  /** Per writer, the highest clock that was shown to the user. */
  readonly shown: ReceiptVector;
}

/** What a person now gives a message; no emoji: nothing any more. */
export interface GivenReaction extends Reaction {
  readonly user: UserId;
}

export interface EntryContents {
  /** New messages, and known ones as they became. */
  readonly messages: readonly Message[];
  readonly receipts: readonly ReadReceipt[];
  readonly reactions: readonly GivenReaction[];
}

/**
 * Reads one entry without the document it belongs to. An update omits the parent of what has an origin, so messages, receipts and
 * reactions are told apart by their shape, and the latter are the submitting user's: nobody can write another's. What was
 * deleted within the entry comes without content and says nothing.
 *
 * @param user who submitted the entry; null for a server, which submits no receipts of its own.
 */
export function readEntry(update: Uint8Array, user: UserId | null): EntryContents {
  const kept: Message[] = [];
  const moved: Message[] = [];
  const receipts: ReadReceipt[] = [];
  const reactions: GivenReaction[] = [];
  for (const item of inOrder(update)) {
    const values = (item.content as Y.ContentAny).arr as (Element | Receipt | Reaction)[];
    values.forEach((value, offset) => {
      if ('d' in value) {
        if (user) receipts.push({ user, shown: value.r });
      } else if ('on' in value) {
        if (user) reactions.push({ user, ...value });
      } else if (isMessage(value)) {
        const id = parseMessageId(value.id);
        const isInPlace = id?.writer === item.id.client && id.clock === item.id.clock + offset;
        (isInPlace ? kept : moved).push(value);
      }
    });
  }
  // What settling moved went to the end, behind what stayed; what it replaced in place is known already.
  return { messages: [...kept, ...moved], receipts, reactions };
}

/** Reads a snapshot: all messages in the order of the array, and everybody's receipts and reactions. */
export function readState(state: Uint8Array): EntryContents {
  const doc = new Y.Doc();
  try {
    Y.applyUpdate(doc, state);
    const messages = doc.getArray<Element>(MESSAGES).toArray().filter(isMessage);
    const receipts = [...doc.getMap<Receipt>(RECEIPTS)].map(([user, { r }]) => ({ user: user as UserId, shown: r }));
    const reactions = [...doc.getMap<Reaction>(REACTIONS)].flatMap(([key, reaction]) => {
      const user = parseReactionKey(key)?.user;
      return user && reaction.emoji.length > 0 ? [{ user, ...reaction }] : [];
    });
    return { messages, receipts, reactions };
  } finally {
    doc.destroy();
  }
}

/**
 * The items of an update that carry values, in the order in which Yjs can integrate them: per client by clock, and each
 * after its origin. Bytes list clients by id, which says nothing; this way a backlog typed on two pages, one after the
 * other, keeps its order.
 */
function inOrder(update: Uint8Array): Y.Item[] {
  const queues = new Map<number, Y.Item[]>();
  for (const struct of Y.decodeUpdate(update).structs) {
    if (!(struct instanceof Y.Item)) continue;
    const queue = queues.get(struct.id.client);
    if (queue) queue.push(struct);
    else queues.set(struct.id.client, [struct]);
  }
  const ordered: Y.Item[] = [];
  const next = new Map([...queues.keys()].map((client) => [client, 0]));
  for (let before = -1; before < ordered.length; ) {
    before = ordered.length;
    for (const [client, queue] of queues) {
      let index = next.get(client) as number;
      for (; index < queue.length; index++) {
        const item = queue[index] as Y.Item;
        if (item.origin && item.origin.client !== client) {
          const others = queues.get(item.origin.client) ?? [];
          const waiting = others[next.get(item.origin.client) ?? 0];
          const last = others.at(-1);
          if (
            waiting &&
            last &&
            waiting.id.clock <= item.origin.clock &&
            item.origin.clock < last.id.clock + last.length
          )
            break;
        }
        ordered.push(item);
      }
      next.set(client, index);
    }
  }
  return ordered.filter((item) => item.content instanceof Y.ContentAny);
}
