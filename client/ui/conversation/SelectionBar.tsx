/** In the place of the composer while messages are selected: how many, and what can be done with all of them. Escape ends it. */
import { Copy, Forward, Trash2, X } from 'lucide-react';
import { t } from '../../language/translate.ts';
import { IconButton } from '../parts/Button.tsx';
import styles from './SelectionBar.module.css';

export function SelectionBar({
  count,
  hasWords,
  onCopy,
  onForward,
  onDelete,
  onEnd,
}: {
  count: number;
  /** Of files alone there is nothing to copy or to send on. */
  hasWords: boolean;
  onCopy: () => void;
  onForward: () => void;
  onDelete: () => void;
  onEnd: () => void;
}) {
  return (
    <div
      role="toolbar"
      aria-label={t('selection.label')}
      className={styles.bar}
      onKeyDown={(event) => event.key === 'Escape' && onEnd()}
    >
      <div className={styles.column}>
        <IconButton label={t('selection.end')} onClick={onEnd}>
          <X />
        </IconButton>
        <span role="status" className={styles.count}>
          {t('selection.count', { count })}
        </span>
        <IconButton label={t('selection.copy')} disabled={!hasWords} onClick={onCopy}>
          <Copy />
        </IconButton>
        <IconButton label={t('selection.forward')} disabled={!hasWords} onClick={onForward}>
          <Forward />
        </IconButton>
        <IconButton label={t('selection.delete')} disabled={count === 0} onClick={onDelete}>
          <Trash2 />
        </IconButton>
      </div>
    </div>
  );
}
