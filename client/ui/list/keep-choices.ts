/** How one can keep a conversation, pinned, muted, archived, marked as unread, as menus and details offer it: what to say, and what it changes. */
import { Archive, ArchiveRestore, Bell, BellOff, type LucideIcon, Mail, MailOpen, Pin, PinOff } from 'lucide-react';
import type { ConversationSummary, SharedAccount } from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';

interface KeepChoice {
  readonly key: 'pinned' | 'muted' | 'archived' | 'unread';
  readonly label: string;
  readonly Icon: LucideIcon;
  readonly choose: () => void;
}

export function keepChoices(summary: ConversationSummary, shared: Pick<SharedAccount, 'keep'>): readonly KeepChoice[] {
  const { id, isPinned = false, isMuted = false, isArchived = false, isMarkedUnread = false } = summary;
  const choices = [
    ['pinned', isPinned, Pin, t('keep.pin'), PinOff, t('keep.unpin')],
    ['muted', isMuted, BellOff, t('keep.mute'), Bell, t('keep.unmute')],
    ['archived', isArchived, Archive, t('keep.archive'), ArchiveRestore, t('keep.unarchive')],
    ['unread', isMarkedUnread, Mail, t('keep.markUnread'), MailOpen, t('keep.markRead')],
  ] as const;
  // What is unread need not be marked.
  const possible = choices.filter(([key, is]) => key !== 'unread' || is || summary.unread === 0);
  return possible.map(([key, is, OnIcon, on, OffIcon, off]) => ({
    key,
    label: is ? off : on,
    Icon: is ? OffIcon : OnIcon,
    choose: () => shared.keep(id, { [key]: !is }),
  }));
}
