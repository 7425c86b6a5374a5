/** The items of a menu that say how one keeps a conversation: pinned, muted, archived. */
import { Menu } from '@base-ui/react/menu';
import { Archive, ArchiveRestore, Bell, BellOff, Pin, PinOff } from 'lucide-react';
import type { ConversationSummary } from '../../conversation/conversation.ts';
import menu from '../parts/Menu.module.css';
import { useSession } from '../session.ts';
import { text } from '../text.ts';

export function KeepItems({ summary }: { summary: ConversationSummary }) {
  const { shared } = useSession().messenger;
  const { id, isPinned = false, isMuted = false, isArchived = false } = summary;
  const [pin, mute, archive] = [
    isPinned ? PinOff : Pin,
    isMuted ? Bell : BellOff,
    isArchived ? ArchiveRestore : Archive,
  ];
  const items = [
    ['pinned', isPinned, pin, isPinned ? text.keep.unpin : text.keep.pin],
    ['muted', isMuted, mute, isMuted ? text.keep.unmute : text.keep.mute],
    ['archived', isArchived, archive, isArchived ? text.keep.unarchive : text.keep.archive],
  ] as const;
  return items.map(([key, is, Icon, label]) => (
    <Menu.Item key={key} className={menu.item} onClick={() => shared.keep(id, { [key]: !is })}>
      <Icon aria-hidden="true" />
      {label}
    </Menu.Item>
  ));
}
