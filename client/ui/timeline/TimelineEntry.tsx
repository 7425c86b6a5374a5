/** One entry of the timeline's flat list. */
import { memo } from 'react';
import type { Conversation, ConversationSummary, FailedText } from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import { dayLabel } from '../dates.ts';
import { UnsentRow } from '../files/UnsentRow.tsx';
import { type FailedAction, FailedRow } from './FailedRow.tsx';
import { MessageRow } from './MessageRow.tsx';
import styles from './Timeline.module.css';
import type { TimelineItem } from './timeline-items.ts';

export const TimelineEntry = memo(function TimelineEntry({
  item,
  conversation,
  summary,
  today,
  isTabStop,
  onFailed,
}: {
  item: TimelineItem;
  conversation: Conversation;
  summary: ConversationSummary;
  today: number;
  isTabStop: boolean;
  onFailed: (failed: FailedText, action: FailedAction) => void;
}) {
  switch (item.is) {
    case 'day':
      return (
        <div className={styles.day}>
          <h2>{dayLabel(item.at, today)}</h2>
        </div>
      );
    case 'unread':
      return (
        <div className={styles.unread}>
          <h2>{t('conversation.newMessages')}</h2>
        </div>
      );
    case 'unsent':
      return <UnsentRow {...{ conversation, isTabStop }} unsent={item.unsent} members={summary.members} />;
    case 'failed':
      return <FailedRow failed={item.failed} members={summary.members} isTabStop={isTabStop} onAction={onFailed} />;
    case 'message': {
      const { row, first, last, late } = item;
      return <MessageRow {...{ row, summary, first, last, late, today, isTabStop }} />;
    }
  }
});
