/** Dialogs, as the rest of the app uses them: their code is loaded right after the first sight. */
import type { ReactNode } from 'react';
import styles from './Dialog.module.css';
import { isOpen, lazily } from './lazily.tsx';
import type { DialogProps } from './ModalDialog.tsx';

export const Dialog = lazily<DialogProps>(async () => (await import('./ModalDialog.tsx')).ModalDialog, isOpen);

/** The buttons that end a dialog: a row, or, where there are more than fit in one, a column. */
export const DialogActions = ({ areStacked, children }: { areStacked?: boolean; children: ReactNode }) => (
  <div className={`${styles.actions} ${areStacked ? styles.stacked : ''}`}>{children}</div>
);
