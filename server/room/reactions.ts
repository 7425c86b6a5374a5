/**
 * Reactions in a room: settling what was written, and taking them away with what they belong to. Of a message that can be read, a key
 * once written keeps a value, without emoji when the reaction was taken back or refused: the projection reads entries without their
 * documents, and a deletion does not say what it deletes.
 */
import type * as Y from 'yjs';
import { isDeleted } from '../../schema/document/message.ts';
import { isSoundReaction, parseReactionKey, REACTIONS, type Reaction } from '../../schema/document/reactions.ts';
import type { MessageId, UserId } from '../../schema/ids.ts';
import { MAX_REACTIONS, MAX_REACTIONS_OF_ONE } from '../../schema/limits.ts';
import type { RefusalKind } from '../../schema/refusals.ts';
import type { GatedDocument } from './gated-document.ts';
import type { MessageIndex } from './message-index.ts';
import type { StructId } from './read-update.ts';

type Changing = Parameters<Y.Transaction['changed']['get']>[0];

interface SettleReactions {
  readonly transaction: Y.Transaction;
  readonly doc: GatedDocument;
  readonly index: MessageIndex;
  /** The conversation takes nothing new. */
  readonly isReadOnly: boolean;
  readonly refuse: (at: StructId, kind: RefusalKind) => void;
}

/** To be called before an update with reactions is applied: Yjs notes its changes by the map there was then. */
export const expectReactions = (doc: GatedDocument): unknown => doc.getMap(REACTIONS);

/** Whether `user` would then have keys for more messages than a document has. Counted only where that is possible at all. */
export function isTooMany(doc: GatedDocument, user: UserId, written: readonly MessageId[]): boolean {
  const { reactions } = doc;
  if (written.length + (reactions?._map.size ?? 0) <= MAX_REACTIONS_OF_ONE) return false;
  const own = new Set<string>(written);
  for (const key of reactions?._map.keys() ?? []) {
    const named = parseReactionKey(key);
    if (named?.user === user) own.add(named.on);
  }
  return own.size > MAX_REACTIONS_OF_ONE;
}

/** After the messages of the same update were settled. Every key that has changed is the user's own. */
export function settleReactions({ transaction, doc, index, isReadOnly, refuse }: SettleReactions): void {
  const { reactions } = doc;
  const changed = reactions && transaction.changed.get(reactions as unknown as Changing);
  if (!reactions || !changed) return;
  for (const key of changed) {
    const item = key === null ? undefined : reactions._map.get(key);
    const named = key === null ? undefined : parseReactionKey(key);
    if (key === null || !item || !named) continue;
    const message = index.find(named.on)?.message;
    const kind = refusalOf();
    if (kind) {
      refuse({ client: item.id.client, clock: item.id.clock }, kind);
      item.delete(transaction);
    }
    const isGone = item.deleted && message !== undefined && !isDeleted(message);
    if (isGone && wasThere(item)) reactions.set(key, { on: named.on, emoji: [] });

    function refusalOf(): RefusalKind | undefined {
      if (!item || item.deleted || !reactions) return undefined;
      if (!message) return 'not-found';
      if (isDeleted(message)) return 'deleted';
      if (isReadOnly) return 'read-only';
      const [value] = item.content.getContent() as [Reaction];
      if (!isSoundReaction(value)) return 'bad-text';
      return reactions._map.size > MAX_REACTIONS && !wasThere(item) ? 'too-large' : undefined;
    }
  }

  function wasThere(item: Y.Item): boolean {
    for (let each: Y.Item | null = item; each; each = each.left)
      if (each.id.clock < (transaction.beforeState.get(each.id.client) ?? 0)) return true;
    return false;
  }
}

/** Takes away everybody's reactions to messages that are being deleted. */
export function dropReactions(transaction: Y.Transaction, doc: GatedDocument, messages: ReadonlySet<MessageId>): void {
  const { reactions } = doc;
  if (!reactions || messages.size === 0) return;
  for (const [key, item] of reactions._map) {
    const on = parseReactionKey(key)?.on;
    if (on && messages.has(on) && !item.deleted) item.delete(transaction);
  }
}

/** The reactions of a person who wants theirs erased. */
export function reactionsOf(doc: GatedDocument, user: UserId): Reaction[] {
  const found: Reaction[] = [];
  for (const [key, reaction] of doc.reactions?.entries() ?? [])
    if (reaction.emoji.length > 0 && parseReactionKey(key)?.user === user) found.push(reaction);
  return found;
}
