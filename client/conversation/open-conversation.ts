/**
 * What one screen holds of a conversation: the shared timeline, and where the unread messages began when it was opened.
 * Disposing of it closes the screen, not the conversation.
 */
import type { MessageId } from '../../schema/ids.ts';
import type { LocalView } from './chain-view.ts';
import type { Conversation, Timeline } from './conversation.ts';
import type { LocalConversation } from './local-conversation.ts';
import { isSameList } from './remember-last.ts';

const partsOf = ({ state, rows, older, newer, failed, unsent, unread, firstUnread }: Timeline): readonly unknown[] => [
  ...[state, rows, older, newer, failed, unsent, unread, firstUnread],
];

/** `signal` tells others that this person types. */
export function openConversation(local: LocalConversation, signal: { set(state: 'on' | 'off'): void }): Conversation {
  const { writing } = local;
  let firstUnread: MessageId | undefined;
  let isDecided = false;
  let seen: LocalView | undefined;
  let timeline: Timeline | undefined;

  /** What was unread at first; while nothing was, what the first sync brings counts as having been there. */
  const decide = (view: LocalView) => {
    if (isDecided || view.state !== 'ready') return;
    firstUnread = view.firstUnread;
    isDecided = firstUnread !== undefined || (view.isSynced && view.newer === 'none');
  };
  const get = (): Timeline => {
    const view = local.view.get();
    if (timeline && seen === view) return timeline;
    seen = view;
    decide(view);
    const { state, rows, older, newer, failed, unsent, unread } = view;
    const next = { state, rows, older, newer, failed, unsent, unread, ...(firstUnread && { firstUnread }) };
    // A view tells of more than a screen shows.
    if (!timeline || !isSameList(partsOf(timeline), partsOf(next))) timeline = next;
    return timeline;
  };
  const detach = local.attach();
  // Decided even when nobody looks yet, before `shown` makes rows read.
  const stopDeciding = local.view.subscribe(() => decide(local.view.get()));
  decide(local.view.get());

  return {
    id: local.id,
    timeline: { get, subscribe: local.view.subscribe },
    send: (text, re) => writing.send(text, re),
    sendFiles: (text, files, re) => writing.sendFiles(text, files, re),
    retryFiles: (key) => writing.retryFiles(key),
    discardFiles: (key) => writing.discardFiles(key),
    edit: (id, text) => writing.edit(id, text),
    delete: (id) => writing.delete(id),
    react: (id, emoji) => writing.react(id, emoji),
    retry: (key, text) => writing.retry(key, text),
    discard: (key) => writing.discard(key),
    shown: (ids) => local.shown(ids),
    readBy: (id) => local.readBy(id),
    loadOlder: () => local.loadOlder(),
    loadNewer: () => local.loadNewer(),
    lookUp: (id) => local.lookUp(id),
    jump: (target) => local.jump(target),
    typing: (state) => signal.set(state),
    [Symbol.dispose]() {
      stopDeciding();
      detach();
    },
  };
}
