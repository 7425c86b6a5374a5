/** Dialogs, as the rest of the app uses them: their code is loaded right after the first sight. */
import type { ReactNode } from 'react';
import styles from './Dialog.module.css';
import { isOpen, lazily } from './lazily.tsx';
import type { DialogProps } from './ModalDialog.tsx';

export const Dialog = lazily<DialogProps>(async () => (await import('./ModalDialog.tsx')).ModalDialog, isOpen);

/** The row of buttons that ends a dialog. */
export const DialogActions = ({ children }: { children: ReactNode }) => (
  <div className={styles.actions}>{children}</div>
);
