/** The menu of a conversation: ways to get around in it. */
import { Menu } from '@base-ui/react/menu';
import { CalendarSearch, MessageSquareDot, Search } from 'lucide-react';
import { type RefObject, useRef } from 'react';
import menu from '../parts/Menu.module.css';
import { text } from '../text.ts';

export function ConversationMenu({
  anchor,
  isOpen,
  onClose,
  onSearch,
  onDate,
  onFirstUnread,
}: {
  anchor: RefObject<HTMLButtonElement | null>;
  isOpen: boolean;
  onClose: () => void;
  /** Must take the focus elsewhere. */
  onSearch: () => void;
  onDate: () => void;
  onFirstUnread: () => void;
}) {
  const isFocusTaken = useRef(false);
  const finalFocus = () => {
    const isTaken = isFocusTaken.current;
    isFocusTaken.current = false;
    return isTaken ? false : anchor.current;
  };
  return (
    <Menu.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Menu.Portal>
        <Menu.Positioner anchor={anchor} sideOffset={6} align="end" className={menu.positioner}>
          <Menu.Popup className={menu.popup} finalFocus={finalFocus}>
            <Menu.Item
              className={menu.item}
              onClick={() => {
                isFocusTaken.current = true;
                onSearch();
              }}
            >
              <Search aria-hidden="true" />
              {text.search.inConversation}
            </Menu.Item>
            <Menu.Item className={menu.item} onClick={onDate}>
              <CalendarSearch aria-hidden="true" />
              {text.jump.toDate}
            </Menu.Item>
            <Menu.Item className={menu.item} onClick={onFirstUnread}>
              <MessageSquareDot aria-hidden="true" />
              {text.jump.toFirstUnread}
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
