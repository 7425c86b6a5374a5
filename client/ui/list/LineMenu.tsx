/** The menu of a line of the list, where it was asked for: by the second mouse button, a long press, or the keyboard. */
import { Menu } from '@base-ui/react/menu';
import type { ConversationSummary } from '../../conversation/conversation.ts';
import menu from '../parts/Menu.module.css';
import { focusAfterMenu } from '../parts/menu-focus.ts';
import { KeepItems } from './KeepItems.tsx';

export interface LineMenuProps {
  readonly summary: ConversationSummary | undefined;
  /** Where it opens; the focus returns to the line. */
  readonly at: { readonly x: number; readonly y: number; readonly line: HTMLElement } | undefined;
  readonly onClose: () => void;
}

export function LineMenu({ summary, at, onClose }: LineMenuProps) {
  const anchor = { getBoundingClientRect: () => new DOMRect(at?.x, at?.y, 0, 0) };
  return (
    <Menu.Root open={summary !== undefined} onOpenChange={(open) => !open && onClose()}>
      <Menu.Portal>
        <Menu.Positioner anchor={anchor} sideOffset={2} align="start" className={menu.positioner}>
          <Menu.Popup className={menu.popup} finalFocus={() => focusAfterMenu(at?.line)}>
            {summary && <KeepItems summary={summary} />}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
