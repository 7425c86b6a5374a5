/** Who types and who is online, for components: what they read, and how they say whom they show. */
import { type RefObject, useCallback, useEffect, useSyncExternalStore } from 'react';
import type { ConversationId, UserId } from '../../schema/ids.ts';
import type { ConversationSummary, Observed, Presence } from '../conversation/conversation.ts';
import { t } from '../language/translate.ts';
import { lastSeenTime } from './dates.ts';
import { firstName, nameOf, useSession } from './session.ts';

/** One entry of an observed map: only its own changes draw the component again. */
function useEntry<Key, Value>(observed: Observed<ReadonlyMap<Key, Value>>, key: Key | undefined): Value | undefined {
  const subscribe = useCallback((listener: () => void) => observed.subscribe(listener), [observed]);
  return useSyncExternalStore(subscribe, () => (key === undefined ? undefined : observed.get().get(key)));
}

/** "Ana is typing…", while somebody else types in the conversation. */
export function useTyping(summary: ConversationSummary): string | undefined {
  const typists = useEntry<ConversationId, readonly UserId[]>(useSession().messenger.typists, summary.id);
  if (!typists) return undefined;
  if (typists.length > 2) return t('presence.typingMany');
  const names = typists.map((user) => firstName(nameOf(summary, user)));
  return t('presence.typing', { names, count: names.length });
}

/** Undefined while nothing is known, or nothing may be. */
export function usePresence(user: UserId | undefined): Presence | undefined {
  return useEntry<UserId, Presence>(useSession().messenger.presence, user);
}

/** "online", "last seen at 14:05". */
export function describePresence({ online, lastSeen }: Presence, today: number): string {
  return online ? t('presence.online') : t('presence.lastSeen', { when: lastSeenTime(lastSeen, today) });
}

/** The other person of a direct conversation. */
export const otherOf = (summary: ConversationSummary, me: UserId): UserId | undefined =>
  summary.kind === 'direct' ? summary.members.find((member) => member.id !== me)?.id : undefined;

/** This person is on screen as long as the component is. */
export function useWatch(user: UserId | undefined): void {
  const { messenger } = useSession();
  useEffect(() => (user === undefined ? undefined : messenger.watch([user])), [messenger, user]);
}

/** This person is on screen as long as the element is in view. */
export function useWatchInView(element: RefObject<Element | null>, user: UserId | undefined): void {
  const { messenger } = useSession();
  useEffect(() => {
    const { current } = element;
    if (!current || user === undefined) return;
    let stop: (() => void) | undefined;
    const leave = () => {
      stop?.();
      stop = undefined;
    };
    const stopObserving = observeView(current, (isInView) => {
      leave();
      if (isInView) stop = messenger.watch([user]);
    });
    return () => {
      stopObserving();
      leave();
    };
  }, [element, messenger, user]);
}

const listeners = new WeakMap<Element, (isInView: boolean) => void>();
let observer: IntersectionObserver | undefined;

/** One observer for all lines. */
function observeView(element: Element, listener: (isInView: boolean) => void): () => void {
  observer ??= new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) listeners.get(target)?.(isIntersecting);
  });
  listeners.set(element, listener);
  observer.observe(element);
  return () => {
    listeners.delete(element);
    observer?.unobserve(element);
  };
}
