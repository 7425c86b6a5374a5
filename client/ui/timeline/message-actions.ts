/** What a person may do with a message. The server decides by the same rules; this only spares people refusals. */
import { isDeleted } from '../../../schema/document/message.ts';
import type { ConversationSummary, TimelineRow } from '../../conversation/conversation.ts';
import { canManage } from '../details/member-rights.ts';

/** As the menu shows them: what is done often first, what cannot be taken back last. */
const GROUPS = [
  ['reply', 'copy', 'forward'],
  ['star', 'unstar', 'pin', 'unpin', 'select'],
  ['edit', 'link', 'info'],
  ['deleteForMe', 'delete'],
] as const;

export type MessageAction = (typeof GROUPS)[number][number];

/** In the order of the menu, without groups of which nothing is allowed. */
export const groupsOf = (actions: readonly MessageAction[]): readonly (readonly MessageAction[])[] =>
  GROUPS.map((group) => group.filter((action) => actions.includes(action))).filter(({ length }) => length > 0);

/** Where a menu opens: an element, or a point as a rectangle without size. */
export type MenuAnchor = Element | { getBoundingClientRect(): DOMRect };

/** Not before it is sent: it may be moved until then. */
export const canReact = (row: TimelineRow, summary: ConversationSummary): boolean =>
  !isDeleted(row.message) && !summary.isOver && row.delivery !== 'sending';

/** In a direct conversation both pin, in a group owners and admins. */
export const canPin = (summary: ConversationSummary, me: string): boolean =>
  summary.kind === 'direct' || canManage(summary, me);

/** What this person may do with the message, in no order; empty for a tombstone. */
export function allowedActions(
  row: TimelineRow,
  summary: ConversationSummary,
  me: string,
  isStarred = false,
): MessageAction[] {
  if (isDeleted(row.message)) return [];
  const mayModerate = canManage(summary, me);
  // A file belongs to its message, so of one without words there is nothing to copy or to send on.
  const hasWords = row.message.text !== '';
  const actions: MessageAction[] = summary.isOver ? [] : ['reply'];
  if (hasWords) actions.push('copy');
  actions.push('link');
  if (hasWords) actions.push('forward');
  // Not before it is sent: nobody else has it until then.
  const isSent = row.delivery !== 'sending';
  if (isSent) actions.push(isStarred ? 'unstar' : 'star');
  if (isSent && canPin(summary, me))
    actions.push(summary.pins?.some(({ message }) => message === row.message.id) ? 'unpin' : 'pin');
  actions.push('select');
  if (row.own) actions.push('edit');
  if (row.own && summary.kind === 'group') actions.push('info');
  // What waits to be sent would still go out.
  if (row.delivery !== 'sending') actions.push('deleteForMe');
  if (row.own || mayModerate) actions.push('delete');
  return actions;
}
