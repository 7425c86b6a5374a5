/** The menu of one message, opened at its button, its bubble or the pointer; one menu serves the whole list. */
import { Menu } from '@base-ui/react/menu';
import { Copy, Info, Pencil, Trash2 } from 'lucide-react';
import { isDeleted } from '../../../schema/document/message.ts';
import type { ConversationSummary, TimelineRow } from '../../conversation/conversation.ts';
import menu from '../parts/Menu.module.css';
import { text } from '../text.ts';

export type MessageAction = 'copy' | 'edit' | 'delete' | 'info';

/** Where a menu opens: an element, or a point as a rectangle without size. */
export type MenuAnchor = Element | { getBoundingClientRect(): DOMRect };

const ICONS = { copy: Copy, edit: Pencil, delete: Trash2, info: Info } as const;

/** What this person may do with the message; empty for a tombstone. */
export function allowedActions(row: TimelineRow, summary: ConversationSummary, me: string): MessageAction[] {
  if (isDeleted(row.message)) return [];
  const role = summary.members.find((member) => member.id === me)?.role;
  const mayModerate = summary.kind === 'group' && (role === 'owner' || role === 'admin');
  const actions: MessageAction[] = ['copy'];
  if (row.own) actions.push('edit');
  if (row.own && summary.kind === 'group') actions.push('info');
  if (row.own || mayModerate) actions.push('delete');
  return actions;
}

export function MessageMenu({
  target,
  actions,
  onAction,
  onClose,
  returnFocus,
}: {
  target: MenuAnchor | undefined;
  actions: readonly MessageAction[];
  onAction: (action: MessageAction) => void;
  onClose: () => void;
  returnFocus: () => HTMLElement | null;
}) {
  return (
    <Menu.Root open={target !== undefined} onOpenChange={(open) => !open && onClose()}>
      <Menu.Portal>
        <Menu.Positioner anchor={target ?? null} side="bottom" align="start" sideOffset={4} className={menu.positioner}>
          <Menu.Popup className={menu.popup} finalFocus={() => returnFocus() ?? true}>
            {actions.map((action) => {
              const Icon = ICONS[action];
              return (
                <Menu.Item
                  key={action}
                  className={`${menu.item} ${action === 'delete' ? menu.danger : ''}`}
                  onClick={() => onAction(action)}
                >
                  <Icon aria-hidden="true" />
                  {text.message[action]}
                </Menu.Item>
              );
            })}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
