/** What stands at an end of the rows that is not the end of the conversation: that more is coming, or why it is not. */
import type { Edge } from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import styles from './Timeline.module.css';

export function TimelineEdge({ edge, at }: { edge: Edge; at: 'start' | 'end' }) {
  if (edge === 'none' || edge === 'more') return null;
  const isOlder = at === 'start';
  const words =
    edge === 'loading'
      ? isOlder
        ? t('conversation.loadingOlder')
        : t('conversation.loadingNewer')
      : isOlder
        ? t('conversation.olderAbsent')
        : t('conversation.newerAbsent');
  return (
    <p className={styles.edge} data-edge={edge} data-at={at} role="status">
      {edge === 'loading' ? <span className={styles.turning} role="img" aria-label={words} /> : words}
    </p>
  );
}
