/** What a person may do with a message. The server decides by the same rules; this only spares people refusals. */
import { isDeleted } from '../../../schema/document/message.ts';
import type { ConversationSummary, TimelineRow } from '../../conversation/conversation.ts';

export type MessageAction = 'reply' | 'copy' | 'link' | 'forward' | 'select' | 'edit' | 'delete' | 'info';

/** Where a menu opens: an element, or a point as a rectangle without size. */
export type MenuAnchor = Element | { getBoundingClientRect(): DOMRect };

/** Not before it is sent: it may be moved until then. */
export const canReact = (row: TimelineRow, summary: ConversationSummary): boolean =>
  !isDeleted(row.message) && !summary.isOver && row.delivery !== 'sending';

/** What this person may do with the message; empty for a tombstone. */
export function allowedActions(row: TimelineRow, summary: ConversationSummary, me: string): MessageAction[] {
  if (isDeleted(row.message)) return [];
  const role = summary.members.find((member) => member.id === me)?.role;
  const mayModerate = summary.kind === 'group' && (role === 'owner' || role === 'admin');
  // A file belongs to its message, so of one without words there is nothing to copy or to send on.
  const hasWords = row.message.text !== '';
  const actions: MessageAction[] = summary.isOver ? [] : ['reply'];
  if (hasWords) actions.push('copy');
  actions.push('link');
  if (hasWords) actions.push('forward');
  actions.push('select');
  if (row.own) actions.push('edit');
  if (row.own && summary.kind === 'group') actions.push('info');
  if (row.own || mayModerate) actions.push('delete');
  return actions;
}
