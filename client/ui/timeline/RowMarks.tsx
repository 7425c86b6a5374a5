/** In the line of a message's time: that it is pinned, or starred. A row is made again for a star only when its own comes or goes. */
import { type LucideIcon, Pin, Star } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import type { MessageId } from '../../../schema/ids.ts';
import type { ConversationSummary } from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import { useSession } from '../session.ts';
import styles from './RowMarks.module.css';

export function RowMarks({ message, summary: { id, pins } }: { message: MessageId; summary: ConversationSummary }) {
  const { values } = useSession().messenger.shared;
  const isStarred = useSyncExternalStore(values.subscribe, () => values.get().stars.get(id)?.has(message) ?? false);
  const isPinned = pins?.some((pin) => pin.message === message);
  return (
    <>
      {isPinned && <RowMark Icon={Pin} label={t('message.pinned')} />}
      {isStarred && <RowMark Icon={Star} label={t('message.starred')} />}
    </>
  );
}

const RowMark = ({ Icon, label }: { Icon: LucideIcon; label: string }) => (
  <span role="img" aria-label={label} title={label} className={styles.mark}>
    <Icon aria-hidden="true" />
  </span>
);
