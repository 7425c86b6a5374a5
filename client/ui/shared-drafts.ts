/**
 * Drafts of this device and those that a person's devices share. What is typed stands here first, durably, and is shared when
 * the typing pauses; the last writer wins, but nothing that comes from elsewhere replaces a text while it is being typed.
 */
import type { ConversationId } from '../../schema/ids.ts';
import type { SharedAccount } from '../conversation/conversation.ts';
import { type Drafts, NO_DRAFT } from './drafts.ts';

/** A pause between words; every save is a commit. */
const SHARE_AFTER_MS = 1_000;
/** Who typed here so recently is not done. */
const TYPING_MS = 30_000;

interface SharedDraftsOptions {
  readonly drafts: Drafts;
  readonly account: Pick<SharedAccount, 'values' | 'setDraft'>;
  readonly now?: () => number;
}

/** Joins the two until the returned function is called. */
export function shareDrafts({ drafts, account, now = Date.now }: SharedDraftsOptions): () => void {
  /** What is being shared and is not stored yet: a page that ends now must find its draft typed, not deleted elsewhere. */
  const keeping = new Map<ConversationId, string>();
  const timers = new Map<ConversationId, ReturnType<typeof setTimeout>>();

  const share = (conversation: ConversationId) => {
    clearTimeout(timers.get(conversation));
    timers.delete(conversation);
    const { text, re } = drafts.get(conversation);
    keeping.set(conversation, text);
    const shared = text === '' ? undefined : { text, at: now(), ...(re && { re }) };
    void account.setDraft(conversation, shared).then((isKept) => {
      if (!isKept || keeping.get(conversation) !== text) return;
      keeping.delete(conversation);
      drafts.agree(conversation, text);
    });
  };

  const typed = (conversation: ConversationId) => {
    clearTimeout(timers.get(conversation));
    timers.delete(conversation);
    // Sent or cleared: the other devices should not show it any longer.
    if (drafts.get(conversation).text === '') return share(conversation);
    timers.set(
      conversation,
      setTimeout(() => share(conversation), SHARE_AFTER_MS),
    );
  };

  let next: ReturnType<typeof setTimeout> | undefined;
  const later = (ms: number) => {
    clearTimeout(next);
    next = setTimeout(adopt, ms);
  };

  const adopt = () => {
    const { isComplete, drafts: shared } = account.values.get();
    for (const conversation of new Set([...drafts.all(), ...shared.keys()]) as Set<ConversationId>) {
      const there = shared.get(conversation) ?? NO_DRAFT;
      const theirs = there.text;
      const { text, agreed = '', at = Number.NEGATIVE_INFINITY } = drafts.get(conversation);
      // It may lie ahead, when the clock was set back.
      const idleMs = Math.abs(now() - at);
      if (keeping.get(conversation) === theirs) continue;
      // Not here is not deleted, until this device has had everything once.
      if (theirs === agreed || (theirs === '' && !isComplete)) {
        // Typed before drafts were shared, or on a page that ended before it paused; but another tab may be about to share it.
        const isLeft = isComplete && theirs === '' && text !== agreed;
        if (isLeft && !timers.has(conversation) && !keeping.has(conversation)) {
          if (idleMs >= TYPING_MS) share(conversation);
          else later(TYPING_MS - idleMs);
        }
        continue;
      }
      const isTyping = idleMs < TYPING_MS;
      // All that was typed here was there when it was sent or cleared: to keep it would be to send it twice.
      const isOver = theirs === '';
      if (text === agreed && (isOver || !isTyping)) drafts.adopt(conversation, there);
      else drafts.agree(conversation, theirs);
    }
  };

  const hide = () => {
    for (const conversation of [...timers.keys()]) share(conversation);
  };

  const stop = [drafts.onTyped(typed), account.values.subscribe(adopt)];
  globalThis.addEventListener?.('pagehide', hide);
  adopt();
  return () => {
    for (const each of stop) each();
    clearTimeout(next);
    globalThis.removeEventListener?.('pagehide', hide);
    hide();
  };
}
