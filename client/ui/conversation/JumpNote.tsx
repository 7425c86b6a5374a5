/** What is said of a jump that takes a while, or leads nowhere. */
import { SearchX, X } from 'lucide-react';
import { IconButton } from '../parts/Button.tsx';
import { text } from '../text.ts';
import styles from './JumpNote.module.css';
import type { Jumping } from './use-jump.ts';

export function JumpNote({ jumping }: { jumping: Jumping }) {
  return (
    <div role="status" className={styles.place}>
      {jumping.miss && (
        <div className={styles.note}>
          <SearchX aria-hidden="true" />
          <p>{text.jump[jumping.miss]}</p>
          <IconButton label={text.jump.dismiss} onClick={jumping.dismiss}>
            <X />
          </IconButton>
        </div>
      )}
      {jumping.isUnderWay && <p className={styles.underWay}>{text.jump.searching}</p>}
    </div>
  );
}
