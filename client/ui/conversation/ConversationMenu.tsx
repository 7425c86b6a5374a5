/** The menu of a conversation: ways to get around in it and out of it, and how one keeps it. */
import { Menu } from '@base-ui/react/menu';
import { CalendarSearch, Download, IdCard, LogOut, MessageSquareDot, Search } from 'lucide-react';
import { type RefObject, useRef } from 'react';
import type { ConversationSummary } from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import { KeepItems } from '../list/KeepItems.tsx';
import menu from '../parts/Menu.module.css';
import { PopupMenu } from '../parts/PopupMenu.tsx';

export function ConversationMenu({
  summary,
  anchor,
  isOpen,
  onClose,
  onDetails,
  onSearch,
  onDate,
  onFirstUnread,
  onExport,
  onLeave,
}: {
  summary: ConversationSummary;
  anchor: RefObject<HTMLButtonElement | null>;
  isOpen: boolean;
  onClose: () => void;
  onDetails: () => void;
  /** Must take the focus elsewhere. */
  onSearch: () => void;
  onDate: () => void;
  onFirstUnread: () => void;
  onExport: () => void;
  /** Absent where nobody can leave. */
  onLeave?: (() => void) | undefined;
}) {
  const isFocusTaken = useRef(false);
  const opener = () => {
    const isTaken = isFocusTaken.current;
    isFocusTaken.current = false;
    return isTaken ? false : anchor.current;
  };
  return (
    <PopupMenu anchor={anchor} isOpen={isOpen} onClose={onClose} align="end" opener={opener}>
      <Menu.Item className={menu.item} onClick={onDetails}>
        <IdCard aria-hidden="true" />
        {t('details.menu')}
      </Menu.Item>
      <Menu.Item
        className={menu.item}
        onClick={() => {
          isFocusTaken.current = true;
          onSearch();
        }}
      >
        <Search aria-hidden="true" />
        {t('search.inConversation')}
      </Menu.Item>
      <Menu.Item className={menu.item} onClick={onDate}>
        <CalendarSearch aria-hidden="true" />
        {t('jump.toDate')}
      </Menu.Item>
      <Menu.Item className={menu.item} onClick={onFirstUnread}>
        <MessageSquareDot aria-hidden="true" />
        {t('jump.toFirstUnread')}
      </Menu.Item>
      <Menu.Separator className={menu.separator} />
      <KeepItems summary={summary} />
      <Menu.Separator className={menu.separator} />
      <Menu.Item className={menu.item} onClick={onExport}>
        <Download aria-hidden="true" />
        {t('export.menu')}
      </Menu.Item>
      {onLeave && (
        <Menu.Item className={`${menu.item} ${menu.danger}`} onClick={onLeave}>
          <LogOut aria-hidden="true" />
          {t('leave.menu')}
        </Menu.Item>
      )}
    </PopupMenu>
  );
}
