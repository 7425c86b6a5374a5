/** When an own message of a group was sent and changed, and who has read it. */
import { memo } from 'react';
import { isDeleted } from '../../../schema/document/message.ts';
import type { Conversation, ConversationSummary, TimelineRow } from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import { fullTime } from '../dates.ts';
import { useObserved } from '../observed.ts';
import { Dialog } from '../parts/Dialog.tsx';
import { PersonLine } from '../parts/PersonLine.tsx';
import { useSession } from '../session.ts';
import styles from './MessageInfo.module.css';

export const MessageInfo = memo(function MessageInfo({
  conversation,
  row,
  summary,
  onClose,
}: {
  conversation: Conversation;
  row: TimelineRow | undefined;
  summary: ConversationSummary;
  onClose: () => void;
}) {
  const { privacy } = useObserved(useSession().messenger.shared.values);
  // Receipts change the timeline, so reading it keeps the sheet up to date while it is open.
  useObserved(conversation.timeline);
  const readers = new Set(row ? conversation.readBy(row.message.id) : []);
  const others = summary.members.filter((member) => member.id !== row?.message.from);
  const read = others.filter((member) => readers.has(member.id));
  const unread = others.filter((member) => !readers.has(member.id));
  return (
    <Dialog isOpen={row !== undefined} onClose={onClose} title={t('info.title')} size="tall">
      {row && (
        <div className={styles.body}>
          <dl className={styles.times}>
            <dt>{t('info.sent')}</dt>
            <dd>{fullTime(row.message.at)}</dd>
            {!isDeleted(row.message) && row.message.editedAt !== undefined && (
              <>
                <dt>{t('info.edited')}</dt>
                <dd>{fullTime(row.message.editedAt)}</dd>
              </>
            )}
          </dl>
          {privacy.receipts ? (
            <>
              <People title={t('info.readBy', { read: read.length, of: others.length })} people={read} />
              {unread.length > 0 && <People title={t('info.notYet')} people={unread} />}
            </>
          ) : (
            <p>{t('info.hidden')}</p>
          )}
        </div>
      )}
    </Dialog>
  );
});

const People = ({ title, people }: { title: string; people: ConversationSummary['members'] }) => (
  <section>
    <h3 className={styles.title}>{title}</h3>
    <ul>
      {people.map((person) => (
        <PersonLine key={person.id} id={person.id} name={person.name} picture={person.picture} />
      ))}
    </ul>
  </section>
);
