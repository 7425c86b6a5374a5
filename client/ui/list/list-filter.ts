/** Which conversations the list shows. */
import type { ConversationSummary } from '../../conversation/conversation.ts';

export type ListFilter = 'all' | 'unread' | 'groups';

/** Something in it was not read, or its owner wants to come back to it. */
export const isUnread = ({ unread, isMarkedUnread = false }: ConversationSummary): boolean =>
  unread > 0 || isMarkedUnread;

export function passes(summary: ConversationSummary, filter: ListFilter): boolean {
  if (filter === 'unread') return isUnread(summary);
  return filter === 'all' || summary.kind === 'group';
}
