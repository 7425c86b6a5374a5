/** A secret that is shown this once, with a button that copies it, and what became of that. */
import { Copy } from 'lucide-react';
import { useState } from 'react';
import { t } from '../../language/translate.ts';
import { copyText } from '../clipboard.ts';
import { Button } from '../parts/Button.tsx';
import { DialogActions } from '../parts/Dialog.tsx';
import styles from './Programs.module.css';

export function ShownOnce({ label, secret, onDone }: { label: string; secret: string; onDone: () => void }) {
  const [said, setSaid] = useState('');
  const copy = async () => {
    setSaid('');
    setSaid((await copyText(secret)) ? t('programs.copied') : t('programs.notCopied'));
  };
  return (
    <div className={styles.form}>
      <textarea
        className={`${styles.secret} ${styles.code}`}
        aria-label={label}
        value={secret}
        rows={2}
        readOnly
        spellCheck={false}
        onFocus={(event) => event.currentTarget.select()}
      />
      <p role="status" className={styles.copied}>
        {said}
      </p>
      <DialogActions>
        <Button onClick={onDone}>{t('programs.done')}</Button>
        <Button look="primary" autoFocus onClick={() => void copy()}>
          <Copy aria-hidden="true" />
          {t('programs.copy')}
        </Button>
      </DialogActions>
    </div>
  );
}
