/** A modal dialog with a title: focus moves in, stays in and returns; Escape and a press outside close it. */
import { Dialog as Base } from '@base-ui/react/dialog';
import { ArrowLeft, X } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import { t } from '../../language/translate.ts';
import { IconButton } from './Button.tsx';
import styles from './Dialog.module.css';

export interface DialogProps {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  hint?: string | undefined;
  /** `tall` and `wide` fill a phone's screen and scroll inside. */
  size?: 'small' | 'tall' | 'wide';
  /** One of several pages: before the title stands a way to the one before. */
  back?: { readonly label: string; readonly onBack: () => void };
  /** A press outside closes it; `stays` when something would be lost. */
  onPressOutside?: 'closes' | 'stays';
  initialFocus?: ComponentProps<typeof Base.Popup>['initialFocus'];
  finalFocus?: ComponentProps<typeof Base.Popup>['finalFocus'];
  children: ReactNode;
}

export function ModalDialog({
  isOpen,
  onClose,
  title,
  hint,
  size = 'small',
  back,
  onPressOutside = 'closes',
  initialFocus,
  finalFocus,
  children,
}: DialogProps) {
  return (
    <Base.Root
      open={isOpen}
      onOpenChange={(open) => !open && onClose()}
      disablePointerDismissal={onPressOutside === 'stays'}
    >
      <Base.Portal>
        <Base.Backdrop className={styles.backdrop} />
        <Base.Popup
          className={`${styles.popup} ${size === 'small' ? '' : styles.tall} ${size === 'wide' ? styles.wide : ''}`}
          initialFocus={initialFocus}
          finalFocus={finalFocus}
        >
          <div className={styles.head}>
            {back && (
              <IconButton className={styles.back} label={back.label} onClick={back.onBack}>
                <ArrowLeft />
              </IconButton>
            )}
            <Base.Title className={styles.title}>{title}</Base.Title>
            {size !== 'small' && (
              <IconButton label={t('close')} onClick={onClose}>
                <X />
              </IconButton>
            )}
          </div>
          {hint && <Base.Description className={styles.hint}>{hint}</Base.Description>}
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
