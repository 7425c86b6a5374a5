/** What clients may write into a conversation's document: they append to `messages`, and write their own key in `receipts`. */
import { type Element, isMessage, MESSAGES, RECEIPTS } from '../../schema/document/message.ts';
import type { Receipt } from '../../schema/document/receipts.ts';
import { messageId, type UserId } from '../../schema/ids.ts';
import type { Grammar, NewValues, Place } from './grammar.ts';
import type { SoundUpdate } from './inspect.ts';
import type { StructId } from './read-update.ts';
import { readValue, type Value } from './read-value.ts';

/** An appended element and the Yjs id it was appended under. */
export interface Appended extends StructId {
  readonly element: Element;
}

interface ConversationContents {
  /** New elements of `messages`, in clock order per writer. */
  readonly appended: Appended[];
  /** New values of the user's own receipt. */
  readonly receipts: Receipt[];
}

export type SoundMessages = SoundUpdate<ConversationContents>;

export const CONVERSATION_GRAMMAR: Grammar<Value, ConversationContents> = {
  roots: [MESSAGES, RECEIPTS],
  hasPlace: (root, key) => (key === null ? root === MESSAGES : root === RECEIPTS),
  readValue,
  noContents: () => ({ appended: [], receipts: [] }),
  collect: ({ appended, receipts }, written, place, user) =>
    place.root === MESSAGES ? collectMessages(appended, written, user) : collectReceipt(receipts, written, place, user),
  mayDelete: ({ root, key }, user) => root === RECEIPTS && key === user,
};

function collectMessages(
  appended: Appended[],
  { client, clock: first, values }: NewValues<Value>,
  user: UserId,
): string | undefined {
  if (!values) return 'deleted content in messages';
  for (const [offset, value] of values.entries()) {
    const clock = first + offset;
    if ('d' in value) return 'a receipt in messages';
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
