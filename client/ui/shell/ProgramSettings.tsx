/** The doors in Settings to what programs may do here. What is behind them is loaded after the first sight. */
import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { t } from '../../language/translate.ts';
import { isOpen, lazily } from '../parts/lazily.tsx';
import styles from './SettingsDialog.module.css';

const KeysDialog = lazily(async () => (await import('../programs/KeysDialog.tsx')).KeysDialog, isOpen);

export function ProgramSettings() {
  const [open, setOpen] = useState<'keys'>();
  return (
    <fieldset className={styles.group}>
      <legend className={styles.legend}>{t('programs.title')}</legend>
      <button type="button" className={`${styles.setting} ${styles.door}`} onClick={() => setOpen('keys')}>
        <span>
          {t('keys.title')}
          <span className={styles.hint}>{t('keys.open')}</span>
        </span>
        <ChevronRight aria-hidden="true" />
      </button>
      <KeysDialog isOpen={open === 'keys'} onClose={() => setOpen(undefined)} />
    </fieldset>
  );
}
