/** The messages that a person has deleted for themself, read from the account document and grouped by conversation. */
import { IS_HIDDEN, parseMessageKey } from '../../schema/document/account.ts';
import type { ConversationId, MessageId } from '../../schema/ids.ts';

export type HiddenMessages = ReadonlyMap<ConversationId, ReadonlySet<MessageId>>;

/** What has not changed of the former ones stays the same objects. */
export function hiddenMessages(entries: Iterable<[string, unknown]>, former: HiddenMessages): HiddenMessages {
  const hidden = new Map<ConversationId, Set<MessageId>>();
  for (const [key, value] of entries) {
    const named = value === IS_HIDDEN ? parseMessageKey(key) : undefined;
    if (!named) continue;
    const { conversation, message } = named;
    hidden.set(conversation, (hidden.get(conversation) ?? new Set()).add(message));
  }
  for (const [conversation, messages] of hidden) {
    const before = former.get(conversation);
    if (before?.size === messages.size && [...messages].every((id) => before.has(id)))
      hidden.set(conversation, before as Set<MessageId>);
  }
  return hidden;
}

export const countHidden = (hidden: HiddenMessages): number =>
  [...hidden.values()].reduce((sum, messages) => sum + messages.size, 0);
