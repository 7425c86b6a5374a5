/** What stands in place of a timeline without rows; "not on this device" is never shown as "empty". */
import { CloudOff, MessageCircle } from 'lucide-react';
import type { ConversationSummary, Timeline } from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import { Notice } from '../parts/Notice.tsx';
import { firstName } from '../session.ts';
import styles from './ConversationPane.module.css';

export function TimelineState({ values, summary }: { values: Timeline; summary: ConversationSummary }) {
  if (values.state === 'loading') {
    return (
      <div className={styles.state}>
        <span role="status" aria-label={t('conversation.loading')} className={styles.spinner} />
      </div>
    );
  }
  const title = summary.kind === 'direct' ? firstName(summary.title) : summary.title;
  return (
    <div className={styles.state}>
      {values.state === 'absent' ? (
        <Notice icon={<CloudOff />} title={t('conversation.absentTitle')} hint={t('conversation.absentHint')} />
      ) : (
        <Notice
          icon={<MessageCircle />}
          title={t('conversation.emptyTitle')}
          hint={t('conversation.emptyHint', { title })}
        />
      )}
    </div>
  );
}
