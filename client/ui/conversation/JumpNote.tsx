/** What is said of a jump that takes a while, or leads nowhere. */
import { SearchX, X } from 'lucide-react';
import { t } from '../../language/translate.ts';
import { IconButton } from '../parts/Button.tsx';
import styles from './JumpNote.module.css';
import type { Jumping } from './use-jump.ts';

export function JumpNote({ jumping }: { jumping: Jumping }) {
  return (
    <div role="status" className={styles.place}>
      {jumping.miss && (
        <div className={styles.note}>
          <SearchX aria-hidden="true" />
          <p>{t(`jump.${jumping.miss}`)}</p>
          <IconButton label={t('jump.dismiss')} onClick={jumping.dismiss}>
            <X />
          </IconButton>
        </div>
      )}
      {jumping.isUnderWay && <p className={styles.underWay}>{t('jump.searching')}</p>}
    </div>
  );
}
