/** One conversation in the list: who, the last message with its state, when, and how much is unread. */
import { BellOff, Pin } from 'lucide-react';
import { type MouseEvent, memo, type ReactNode, useRef } from 'react';
import { plainText } from '../../../schema/document/plain-text.ts';
import type { ConversationId } from '../../../schema/ids.ts';
import type { ConversationSummary } from '../../conversation/conversation.ts';
import { formatBadge } from '../../language/format.ts';
import { direction } from '../../language/locale.ts';
import { t } from '../../language/translate.ts';
import { useDraft } from '../drafts.ts';
import { otherOf, usePresence, useTyping, useWatchInView } from '../presence.ts';
import { sayPreview } from '../preview.ts';
import { firstName, nameOf, useSession } from '../session.ts';
import { MessageStatus } from '../timeline/MessageStatus.tsx';
import styles from './ConversationLine.module.css';
import { Line } from './Line.tsx';
import { isUnread } from './list-filter.ts';

export const ConversationLine = memo(function ConversationLine({
  summary,
  isOpen,
  today,
  onMenu,
}: {
  summary: ConversationSummary;
  isOpen: boolean;
  today: number;
  onMenu?: (id: ConversationId, event: MouseEvent<HTMLElement>) => void;
}) {
  const { messenger } = useSession();
  const { last, unread } = summary;
  const me = messenger.account.id;
  const line = useRef<HTMLLIElement>(null);
  const other = otherOf(summary, me);
  useWatchInView(line, other);
  const isOnline = usePresence(other)?.online ?? false;

  return (
    <Line
      ref={line}
      {...{ summary, today, isOpen, isOnline }}
      at={last?.at}
      isUnread={isUnread(summary)}
      onMenu={(event) => onMenu?.(summary.id, event)}
    >
      <span className={styles.bottom} data-unread={isUnread(summary) || undefined}>
        <Preview summary={summary} me={me} isOpen={isOpen} />
        {summary.isPinned && <Mark icon={<Pin />} label={t('list.pinned')} />}
        {summary.isMuted && <Mark icon={<BellOff />} label={t('list.muted')} />}
        {summary.isMentioned && unread > 0 && (
          <span className={styles.badge}>
            <span aria-hidden="true">@</span>
            <span className="visually-hidden">{t('list.mentioned')}</span>
          </span>
        )}
        {unread === 0 && summary.isMarkedUnread && (
          <span className={styles.dot} data-muted={summary.isMuted}>
            <span className="visually-hidden">{t('list.marked')}</span>
          </span>
        )}
        {unread > 0 && (
          <span className={styles.badge} data-muted={summary.isMuted}>
            <span aria-hidden="true">{formatBadge(unread)}</span>
            <span className="visually-hidden">{t('list.unread', { count: unread })}</span>
          </span>
        )}
      </span>
    </Line>
  );
});

const Mark = ({ icon, label }: { icon: ReactNode; label: string }) => (
  <span className={styles.mark}>
    {icon}
    <span className="visually-hidden">{label}</span>
  </span>
);

function Preview({ summary, me, isOpen }: { summary: ConversationSummary; me: string; isOpen: boolean }) {
  const { drafts } = useSession();
  const draft = useDraft(drafts, summary.id).text.trim();
  const typing = useTyping(summary);
  const { last } = summary;
  if (typing) return <span className={`${styles.preview} ${styles.typing}`}>{typing}</span>;
  if (draft && !isOpen) {
    return (
      <span className={styles.preview}>
        <span className={styles.draft}>{t('list.draft')}</span> <bdi>{draft}</bdi>
      </span>
    );
  }
  if (!last) return <span className={styles.preview}>{t('list.noMessages')}</span>;
  const isOwn = last.from === me;
  const sender = summary.kind === 'group' && !isOwn ? `${firstName(nameOf(summary, last.from))}: ` : '';
  return (
    <>
      {isOwn && last.text !== null && last.delivery && (
        <span className={styles.status}>
          <MessageStatus delivery={last.delivery} />
        </span>
      )}
      {/* Runs as the text does: one that runs the other way would be cut off where it begins. */}
      <span className={styles.preview} dir="auto">
        {isOwn && (
          <span className="visually-hidden" dir={direction()}>
            {t('list.own')}{' '}
          </span>
        )}
        {sender}
        {last.text === null ? <em>{t('list.deleted')}</em> : plainText(sayPreview(last.text))}
      </span>
    </>
  );
}
