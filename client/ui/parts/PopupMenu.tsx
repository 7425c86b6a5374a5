/**
 * A menu that its owner opens and closes, at an element or a point. It opens to a side where it has room; where there is none it
 * moves over what opened it, and in a window lower than itself it scrolls.
 */
import { Menu } from '@base-ui/react/menu';
import type { ComponentProps, ReactNode } from 'react';
import styles from './Menu.module.css';

/** What the focus returns to: null is what had it before, false leaves it where it is. */
export type Opener = HTMLElement | false | null | undefined;

export function PopupMenu({
  anchor,
  isOpen,
  onClose,
  side = 'bottom',
  align = 'start',
  distance = 6,
  className = '',
  opener,
  children,
}: Pick<ComponentProps<typeof Menu.Positioner>, 'anchor' | 'side' | 'align'> & {
  isOpen: boolean;
  onClose: () => void;
  /** To what it opens at, in pixels. */
  distance?: number;
  className?: string | undefined;
  /** Asked when it has gone. */
  opener: () => Opener;
  children: ReactNode;
}) {
  return (
    <Menu.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Menu.Portal>
        <Menu.Positioner
          anchor={anchor}
          side={side}
          align={align}
          sideOffset={distance}
          className={styles.positioner}
          sticky
        >
          <Menu.Popup className={`${styles.popup} ${className}`} finalFocus={() => focusAfterMenu(opener)}>
            {children}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

/** Back to what opened it, unless what the menu led to has the focus by then, or is a dialog that is about to take it. */
function focusAfterMenu(opener: () => Opener): HTMLElement | false | null {
  const { activeElement, body } = document;
  const isTaken = activeElement !== null && activeElement !== body && activeElement.closest('[role=menu]') === null;
  const isAwaited = document.querySelector('[role=dialog], [role=alertdialog]') !== null;
  return isTaken || isAwaited ? false : (opener() ?? null);
}
