/**
 * What one screen holds of a conversation: the shared timeline, and where the unread messages began when it was opened.
 * Disposing of it closes the screen, not the conversation.
 */
import type { MessageId } from '../../schema/ids.ts';
import type { Conversation, Jumped, JumpTarget, Timeline } from './conversation.ts';
import type { LocalConversation, LocalView } from './local-conversation.ts';
import { isUnread } from './rows.ts';

export function openConversation(local: LocalConversation): Conversation {
  let firstUnread: MessageId | undefined;
  let isDecided = false;
  let seen: LocalView | undefined;
  let timeline: Timeline | undefined;

  /** What was unread at first; while nothing was, what the first sync brings counts as having been there. */
  const decide = (view: LocalView) => {
    if (isDecided || view.state !== 'ready') return;
    firstUnread = view.rows.find((row) => isUnread(row, view.read))?.message.id;
    isDecided = firstUnread !== undefined || view.isSynced;
  };
  const get = (): Timeline => {
    const view = local.view.get();
    if (timeline && seen === view) return timeline;
    seen = view;
    decide(view);
    const { state, rows, failed, unread } = view;
    timeline = { state, rows, older: 'none', newer: 'none', failed, unread, ...(firstUnread && { firstUnread }) };
    return timeline;
  };
  // Decided even when nobody looks yet, before `shown` makes rows read.
  const stopDeciding = local.view.subscribe(() => decide(local.view.get()));
  decide(local.view.get());

  return {
    id: local.id,
    timeline: { get, subscribe: local.view.subscribe },
    send: (text, re) => local.send(text, re),
    edit: (id, text) => local.edit(id, text),
    delete: (id) => local.delete(id),
    retry: (key, text) => local.retry(key, text),
    discard: (key) => local.discard(key),
    shown: (ids) => local.shown(ids),
    readBy: (id) => local.readBy(id),
    loadOlder: async () => undefined,
    loadNewer: async () => undefined,
    jump: async (target) => findRow(get(), target),
    [Symbol.dispose]: stopDeciding,
  };
}

function findRow({ rows, firstUnread }: Timeline, target: JumpTarget): Jumped {
  const last = rows.at(-1);
  const found =
    target === 'latest'
      ? last
      : target === 'first-unread'
        ? (rows.find((row) => row.message.id === firstUnread) ?? last)
        : 'date' in target
          ? (rows.find((row) => row.message.at >= target.date) ?? last)
          : rows.find((row) => row.message.id === target.message);
  if (found) return { ok: true, row: found.message.id };
  return typeof target === 'object' && 'message' in target ? { ok: false, why: 'unknown' } : { ok: true };
}
