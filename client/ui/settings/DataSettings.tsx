/** What is this person's own: a copy of all of it, and the end of the account. */

import { ChevronRight } from 'lucide-react';
import { useRef, useState } from 'react';
import { t } from '../../language/translate.ts';
import { AccountExportDialog } from '../export/AccountExportDialog.tsx';
import { DeleteAccountDialog } from './DeleteAccountDialog.tsx';
import styles from './Settings.module.css';

export function DataSettings() {
  const exporting = useRef<HTMLButtonElement>(null);
  const deleting = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState<'export' | 'delete'>();
  const close = () => setOpen(undefined);
  return (
    <>
      <button ref={exporting} type="button" className={styles.door} onClick={() => setOpen('export')}>
        <span>
          {t('export.account')}
          <span className={styles.hint}>{t('settings.exportHint')}</span>
        </span>
        <ChevronRight aria-hidden="true" />
      </button>
      <button
        ref={deleting}
        type="button"
        className={`${styles.door} ${styles.danger}`}
        onClick={() => setOpen('delete')}
      >
        <span>
          {t('account.delete')}
          <span className={styles.hint}>{t('settings.deleteHint')}</span>
        </span>
        <ChevronRight aria-hidden="true" />
      </button>
      <AccountExportDialog isOpen={open === 'export'} onClose={close} opener={exporting} />
      <DeleteAccountDialog isOpen={open === 'delete'} onClose={close} opener={deleting} />
    </>
  );
}
