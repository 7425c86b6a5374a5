/** The messages that this person has starred, as the account document has them. Pure. */
import { parseMessageKey } from '../../schema/document/account.ts';
import type { ConversationId, MessageId } from '../../schema/ids.ts';
import type { Stars } from '../conversation/conversation.ts';
import { isObject } from './is-object.ts';

/** Any client of this person may have written them. */
export function starsOf(entries: Iterable<readonly [key: string, value: unknown]>): Stars {
  const stars = new Map<ConversationId, Map<MessageId, number>>();
  for (const [key, value] of entries) {
    const star = parseMessageKey(key);
    const at = isObject(value) && 'at' in value ? value.at : undefined;
    if (!star || typeof at !== 'number') continue;
    const known = stars.get(star.conversation);
    if (known) known.set(star.message, at);
    else stars.set(star.conversation, new Map([[star.message, at]]));
  }
  return stars;
}
