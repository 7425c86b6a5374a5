/** How far an export is, in a bar and in words, or how it ended. */
import type { ExportState } from '../../conversation/conversation.ts';
import { formatMegabytes } from '../../language/format.ts';
import { t } from '../../language/translate.ts';
import { describeRequest } from '../problems.ts';
import styles from './ExportProgress.module.css';

export function ExportProgress({ state }: { state: ExportState }) {
  if (state.is === 'failed')
    return (
      <p role="alert" className={styles.failed}>
        {describeRequest(state.failure)}
      </p>
    );
  if (state.is === 'done')
    return (
      <div role="status" className={styles.done}>
        <p className={styles.name} dir="auto">
          {t('export.saved', { name: state.name })}
        </p>
        {state.covers === 'device' && <p className={styles.hint}>{t('export.device')}</p>}
      </div>
    );
  const { bytes, messages, of } = state;
  const words =
    of !== undefined && messages !== undefined
      ? t('export.progress', { done: messages, count: of })
      : bytes === 0
        ? t('export.waiting')
        : formatMegabytes(bytes);
  return (
    <div className={styles.progress}>
      {/* Without a value it shows that something goes on. */}
      <progress
        className={styles.bar}
        aria-label={t('export.busy')}
        aria-valuetext={words}
        {...(of !== undefined && messages !== undefined && { value: messages, max: Math.max(of, 1) })}
      />
      <p className={styles.hint}>{words}</p>
    </div>
  );
}
