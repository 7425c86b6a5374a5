/** The box before a message that says, while messages are being selected, whether this one is. */
import { isDeleted } from '../../../schema/document/message.ts';
import type { TimelineRow } from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import styles from './Timeline.module.css';
import type { MessageItem } from './timeline-items.ts';

export function SelectionMark({
  item,
  isSelected,
  isTabStop,
  onSelect,
}: {
  item: MessageItem;
  isSelected: boolean;
  isTabStop: boolean;
  onSelect: (row: TimelineRow) => void;
}) {
  if (isDeleted(item.row.message)) return null;
  return (
    <input
      type="checkbox"
      className={styles.check}
      aria-label={t('selection.toggle')}
      tabIndex={isTabStop ? 0 : -1}
      checked={isSelected}
      onChange={() => onSelect(item.row)}
    />
  );
}
