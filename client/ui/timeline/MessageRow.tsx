/**
 * One message: who (in groups, at the start of a run), the bubble with text, time and state, and the button of its menu.
 * Rendered again only when its row or its place in the run changes; all events are handled once, by the list.
 */
import { Ban, ChevronDown, SmilePlus } from 'lucide-react';
import { memo } from 'react';
import { BY_RETENTION, isDeleted, type Tombstone } from '../../../schema/document/message.ts';
import type { ConversationSummary, TimelineRow } from '../../conversation/conversation.ts';
import { direction } from '../../language/locale.ts';
import { t } from '../../language/translate.ts';
import { clockTime, fullTime, shortTime } from '../dates.ts';
import { MessageFiles } from '../files/MessageFiles.tsx';
import { isOnlyEmoji, MessageText } from '../markup/MessageText.tsx';
import { Avatar, personColour } from '../parts/Avatar.tsx';
import { nameOf, pictureOf, useSession } from '../session.ts';
import styles from './MessageRow.module.css';
import { MessageStatus } from './MessageStatus.tsx';
import { canReact } from './message-actions.ts';
import { Quote } from './Quote.tsx';
import { Reactions } from './Reactions.tsx';
import { RowMarks } from './RowMarks.tsx';

export const MessageRow = memo(function MessageRow({
  row,
  summary,
  first,
  last,
  late,
  today,
  isTabStop,
}: {
  row: TimelineRow;
  summary: ConversationSummary;
  first: boolean;
  last: boolean;
  late: boolean;
  today: number;
  isTabStop: boolean;
}) {
  const me = useSession().messenger.account.id;
  const { message, own } = row;
  const isGroup = summary.kind === 'group';
  const name = own ? t('you') : nameOf(summary, message.from);
  const showsName = isGroup && !own && first;
  const deleted = isDeleted(message);
  const isOffered = canReact(row, summary);
  const bubble = (
    <div className={`${styles.row} ${own ? styles.own : ''} ${first ? styles.first : ''} ${last ? styles.last : ''}`}>
      {isGroup && !own && (
        <span className={styles.gutter}>
          {last && <Avatar id={message.from} name={name} picture={pictureOf(summary, message.from)} size="tiny" />}
        </span>
      )}
      <div className={`${styles.bubble} ${!deleted && isOnlyEmoji(message.text) ? styles.bare : ''}`} data-bubble>
        {showsName ? (
          <p className={styles.name} style={{ '--person': personColour(message.from) }} dir="auto">
            {name}
          </p>
        ) : (
          <span className="visually-hidden">{name}: </span>
        )}
        {row.quoted && <Quote quoted={row.quoted} summary={summary} me={me} isTabbable={isTabStop} />}
        {!deleted && message.files && (
          <MessageFiles conversation={summary.id} message={message.id} files={message.files} isTabbable={isTabStop} />
        )}
        <div className={styles.body} dir="auto">
          {deleted ? (
            <span className={styles.deleted}>
              <Ban aria-hidden="true" />
              {describeDeletion(message, summary, me)}
            </span>
          ) : (
            <MessageText isTabbable={isTabStop} members={summary.members}>
              {message.text}
            </MessageText>
          )}
          <span className={styles.end}>
            <span className={styles.meta} dir={direction()}>
              {!deleted && <RowMarks message={message.id} summary={summary} />}
              {!deleted && message.editedAt !== undefined && (
                <span title={t('message.editedAt', { when: fullTime(message.editedAt) })}>{t('message.edited')}</span>
              )}
              <time dateTime={new Date(message.at).toISOString()} title={fullTime(message.at)}>
                {late ? `${shortTime(message.at, today)}, ${clockTime(message.at)}` : clockTime(message.at)}
              </time>
              {row.pending ? (
                <MessageStatus delivery="sending" label={t('message.pending')} />
              ) : (
                own && !deleted && row.delivery && <MessageStatus delivery={row.delivery} />
              )}
            </span>
          </span>
        </div>
      </div>
      {!deleted && isOffered && (
        <button
          type="button"
          data-offer
          className={`${styles.menu} ${styles.offer}`}
          tabIndex={isTabStop ? 0 : -1}
          aria-label={t('reactions.open')}
          aria-haspopup="menu"
        >
          <SmilePlus aria-hidden="true" />
        </button>
      )}
      {!deleted && (
        <button
          type="button"
          data-menu
          className={styles.menu}
          tabIndex={isTabStop ? 0 : -1}
          aria-label={t('message.actions')}
          aria-haspopup="menu"
        >
          <ChevronDown aria-hidden="true" />
        </button>
      )}
    </div>
  );
  if (!row.reactions) return bubble;
  return (
    <>
      {bubble}
      <Reactions {...{ row, summary, me }} isTabbable={isTabStop} />
    </>
  );
});

function describeDeletion(message: Tombstone, summary: ConversationSummary, me: string): string {
  if (message.by === me) return t('message.deletedByYou');
  if (message.by === BY_RETENTION) return t('message.deletedByRetention');
  if (message.by === message.from) return t('message.deleted');
  return t('message.deletedBy', { name: nameOf(summary, message.by) });
}
