/** Where the choice of emoji appears: a popover beside its anchor, on phones a sheet from below. */
import { Dialog } from '@base-ui/react/dialog';
import { Popover } from '@base-ui/react/popover';
import { useRef } from 'react';
import { t } from '../../language/translate.ts';
import { isTouchOnly, useNarrow } from '../media.ts';
import dialog from '../parts/Dialog.module.css';
import type { MenuAnchor } from '../timeline/message-actions.ts';
import { EmojiChoice } from './EmojiChoice.tsx';
import styles from './EmojiPicker.module.css';

export interface EmojiPickerProps {
  /** Undefined: closed. */
  readonly anchor: MenuAnchor | undefined;
  /** It stays open; whoever wants one emoji closes it. */
  readonly onPick: (emoji: string) => void;
  readonly onClose: () => void;
  /** Where the focus goes when it has closed; by default to what had it before. */
  readonly returnFocus?: () => HTMLElement | null;
}

export function EmojiPopup({ anchor, onPick, onClose, returnFocus }: EmojiPickerProps) {
  const isNarrow = useNarrow();
  const search = useRef<HTMLInputElement>(null);
  const popup = useRef<HTMLDivElement>(null);
  const isOpen = anchor !== undefined;
  const state = { open: isOpen, onOpenChange: (open: boolean) => !open && onClose() };
  const inside = {
    ref: popup,
    'aria-label': t('emoji.title'),
    // A keyboard on the screen would cover what is to be chosen from.
    initialFocus: () => (isTouchOnly() ? popup.current : search.current),
    finalFocus: () => returnFocus?.() ?? true,
  };
  if (isNarrow)
    return (
      <Dialog.Root {...state}>
        <Dialog.Portal>
          <Dialog.Backdrop className={dialog.backdrop} />
          <Dialog.Popup {...inside} className={styles.sheet}>
            <EmojiChoice search={search} columns={8} onPick={onPick} />
          </Dialog.Popup>
        </Dialog.Portal>
      </Dialog.Root>
    );
  return (
    <Popover.Root {...state}>
      <Popover.Portal>
        <Popover.Positioner anchor={anchor ?? null} side="top" align="end" sideOffset={8} collisionPadding={8}>
          <Popover.Popup {...inside} className={styles.popover}>
            <EmojiChoice search={search} columns={9} onPick={onPick} />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
