/** One entry of the timeline's flat list, and how high it probably is before it was ever shown. */
import type { ConversationSummary, FailedText } from '../../conversation/conversation.ts';
import { dayLabel } from '../dates.ts';
import { text } from '../text.ts';
import { type FailedAction, FailedRow } from './FailedRow.tsx';
import { MessageRow } from './MessageRow.tsx';
import styles from './Timeline.module.css';
import type { TimelineItem } from './timeline-items.ts';

/** First guesses, close enough that the scroll bar does not jump; every row is measured once it is rendered. */
export function estimateHeight(item: TimelineItem): number {
  if (item.is === 'day') return 48;
  if (item.is === 'unread') return 44;
  if (item.is === 'failed') return 112;
  const { message } = item.row;
  const lines = 'text' in message ? Math.ceil(message.text.length / 62) : 1;
  return 16 + lines * 21 + (item.first ? 12 : 4);
}

export function TimelineEntry({
  item,
  summary,
  today,
  isTabStop,
  onFailed,
}: {
  item: TimelineItem;
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
          <h2>{text.conversation.newMessages}</h2>
        </div>
      );
    case 'failed':
      return <FailedRow failed={item.failed} isTabStop={isTabStop} onAction={onFailed} />;
    case 'message': {
      const { row, first, last, late } = item;
      return <MessageRow {...{ row, summary, first, last, late, today, isTabStop }} />;
    }
  }
}
