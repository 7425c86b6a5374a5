/**
 * Where the person is: `/`, `/c/<conversationId>` or `/c/<conversationId>/<messageId>`, in the browser's history so that
 * Back works.
 */
import { type ConversationId, type MessageId, parseMessageId } from '../../schema/ids.ts';
import { createSource, useObserved } from './observed.ts';

export interface Route {
  readonly conversation: ConversationId;
  /** To be shown; each visit is another object, so that the same one can be visited again. */
  readonly message?: MessageId;
}

const CONVERSATION = /^\/c\/([A-Za-z0-9_-]{1,64})(?:\/([^/]*))?$/;

function readLocation(): Route | undefined {
  const match = CONVERSATION.exec(window.location.pathname);
  if (!match) return undefined;
  const conversation = match[1] as ConversationId;
  const message = match[2];
  return { conversation, ...(message && parseMessageId(message) && { message: message as MessageId }) };
}

const route = createSource(readLocation());
window.addEventListener('popstate', () => route.set(readLocation()));

/** The conversation that is open, if any, and the message that was asked for. */
export const presentRoute = (): Route | undefined => route.get();
export const useRoute = (): Route | undefined => useObserved(route);

export const conversationPath = (id: ConversationId, message?: MessageId): string =>
  message ? `/c/${id}/${message}` : `/c/${id}`;

export function openConversation(id: ConversationId, message?: MessageId): void {
  const present = route.get();
  if (present?.conversation === id && !message) return;
  const path = conversationPath(id, message);
  // From the list a conversation is one step deeper; from one conversation to the next it is the same depth.
  if (present) window.history.replaceState(window.history.state, '', path);
  else window.history.pushState({ fromList: true }, '', path);
  route.set({ conversation: id, ...(message && { message }) });
}

/** Back to the list: a step back when the list is what lies behind, else in place, so that the app is never left. */
export function closeConversation(): void {
  const state: unknown = window.history.state;
  if (typeof state === 'object' && state !== null && 'fromList' in state) window.history.back();
  else {
    window.history.replaceState(null, '', '/');
    route.set(undefined);
  }
}
