/** Where the person is: `/` or `/c/<conversationId>`, in the browser's history so that Back works. */
import type { ConversationId } from '../../schema/ids.ts';
import { createSource, useObserved } from './observed.ts';

const CONVERSATION = /^\/c\/([A-Za-z0-9_-]{1,64})$/;

const readLocation = (): ConversationId | undefined =>
  CONVERSATION.exec(window.location.pathname)?.[1] as ConversationId | undefined;

const route = createSource(readLocation());
window.addEventListener('popstate', () => route.set(readLocation()));

/** The conversation that is open, if any. */
export const useRoute = (): ConversationId | undefined => useObserved(route);

export const conversationPath = (id: ConversationId): string => `/c/${id}`;

export function openConversation(id: ConversationId): void {
  if (route.get() === id) return;
  // From the list a conversation is one step deeper; from one conversation to the next it is the same depth.
  if (route.get()) window.history.replaceState(window.history.state, '', conversationPath(id));
  else window.history.pushState({ fromList: true }, '', conversationPath(id));
  route.set(id);
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
