/**
 * What clients may write into a conversation's document: they append to `messages`, and write their own key in `receipts` and
 * their own keys in `reactions`.
 */
import { type Element, isMessage, MESSAGES, RECEIPTS } from '../../schema/document/message.ts';
import { parseReactionKey, REACTIONS, reactionKey } from '../../schema/document/reactions.ts';
import type { Receipt } from '../../schema/document/receipts.ts';
import { type MessageId, messageId, type UserId } from '../../schema/ids.ts';
import type { Grammar, NewValues, Place } from './grammar.ts';
import type { SoundUpdate } from './inspect.ts';
import type { StructId } from './read-update.ts';
import { readValue, type Value } from './read-value.ts';

/** An appended element and the Yjs id it was appended under. */
export interface Appended extends StructId {
  readonly element: Element;
}

export interface ConversationContents {
  /** New elements of `messages`, in clock order per writer. */
  readonly appended: Appended[];
  /** New values of the user's own receipt. */
  readonly receipts: Receipt[];
  /** Messages that the user's own reactions were written for, once for each write. */
  readonly reactions: MessageId[];
}

export type SoundMessages = SoundUpdate<ConversationContents>;

export const CONVERSATION_GRAMMAR: Grammar<Value, ConversationContents> = {
  roots: [MESSAGES, RECEIPTS, REACTIONS],
  hasPlace: (root, key) => (key === null ? root === MESSAGES : root === RECEIPTS || root === REACTIONS),
  readValue,
  noContents: () => ({ appended: [], receipts: [], reactions: [] }),
  collect({ appended, receipts, reactions }, written, place, user) {
    if (place.root === MESSAGES) return collectMessages(appended, written, user);
    if (place.root === RECEIPTS) return collectReceipt(receipts, written, place, user);
    return collectReaction(reactions, written, place, user);
  },
  mayDelete({ root, key }, user) {
    if (root === RECEIPTS) return key === user;
    return root === REACTIONS && key !== null && parseReactionKey(key)?.user === user;
  },
};

function collectMessages(
  appended: Appended[],
  { client, clock: first, values }: NewValues<Value>,
  user: UserId,
): string | undefined {
  if (!values) return 'deleted content in messages';
  for (const [offset, value] of values.entries()) {
    const clock = first + offset;
    if (!('from' in value)) return 'no message in messages';
    if (value.from !== user) return 'from names somebody else';
    if (isMessage(value)) {
      if (!('text' in value) || 'editedAt' in value) return 'a key that only the server writes';
      if (value.id !== messageId(client, clock)) return 'an id that is not its own';
    }
    appended.push({ client, clock, element: value });
  }
  return undefined;
}

function collectReceipt(
  receipts: Receipt[],
  { values }: NewValues<Value>,
  { key }: Place,
  user: UserId,
): string | undefined {
  if (key !== user) return "somebody else's receipt";
  if (!values) return undefined;
  const [value] = values;
  if (values.length !== 1 || !value || !('d' in value)) return 'no receipt in receipts';
  receipts.push(value);
  return undefined;
}

function collectReaction(
  reactions: MessageId[],
  { values }: NewValues<Value>,
  { key }: Place,
  user: UserId,
): string | undefined {
  const named = parseReactionKey(key ?? '');
  if (named?.user !== user) return "somebody else's reaction";
  reactions.push(named.on);
  if (!values) return undefined;
  const [value] = values;
  if (values.length !== 1 || !value || !('on' in value)) return 'no reaction in reactions';
  return reactionKey(user, value.on) === key ? undefined : 'a reaction to another message than its key names';
}
