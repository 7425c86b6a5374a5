/** The menu of one message, opened at its button, its bubble or the pointer; one menu serves the whole list. */
import { Menu } from '@base-ui/react/menu';
import {
  CircleCheck,
  Copy,
  EyeOff,
  Forward,
  Info,
  Link,
  Pencil,
  Pin,
  PinOff,
  Reply,
  Star,
  StarOff,
  Trash2,
} from 'lucide-react';
import { Fragment } from 'react';
import { t } from '../../language/translate.ts';
import menu from '../parts/Menu.module.css';
import { PopupMenu } from '../parts/PopupMenu.tsx';
import { groupsOf, type MenuAnchor, type MessageAction } from './message-actions.ts';
import { QuickReactions } from './QuickReactions.tsx';

const ICONS = {
  ...{ reply: Reply, copy: Copy, link: Link, forward: Forward, select: CircleCheck },
  ...{ star: Star, unstar: StarOff, pin: Pin, unpin: PinOff },
  ...{ edit: Pencil, deleteForMe: EyeOff, delete: Trash2, info: Info },
} as const;

export function MessageMenu({
  target,
  actions,
  reactions,
  onAction,
  onClose,
  returnFocus,
}: {
  target: MenuAnchor | undefined;
  actions: readonly MessageAction[];
  /** Undefined: none can be given. */
  reactions: Parameters<typeof QuickReactions>[0] | undefined;
  onAction: (action: MessageAction) => void;
  onClose: () => void;
  returnFocus: () => HTMLElement | null;
}) {
  return (
    <PopupMenu
      anchor={target ?? null}
      isOpen={target !== undefined}
      onClose={onClose}
      distance={4}
      opener={returnFocus}
    >
      {reactions && <QuickReactions {...reactions} />}
      {groupsOf(actions).map((group, index) => (
        <Fragment key={group[0]}>
          {(reactions || index > 0) && <Menu.Separator className={menu.separator} />}
          {group.map((action) => (
            <ActionItem key={action} action={action} onAction={onAction} />
          ))}
        </Fragment>
      ))}
    </PopupMenu>
  );
}

function ActionItem({ action, onAction }: { action: MessageAction; onAction: (action: MessageAction) => void }) {
  const Icon = ICONS[action];
  return (
    <Menu.Item className={`${menu.item} ${action === 'delete' ? menu.danger : ''}`} onClick={() => onAction(action)}>
      <Icon aria-hidden="true" />
      {t(`message.${action}`)}
    </Menu.Item>
  );
}
