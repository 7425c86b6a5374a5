/** One conversation in the list: who, the last message with its state, when, and how much is unread. */
import { type MouseEvent, memo } from 'react';
import type { ConversationSummary } from '../../conversation/conversation.ts';
import { avatarId } from '../conversation/ConversationHeader.tsx';
import { shortTime } from '../dates.ts';
import { useDraft } from '../drafts.ts';
import { Avatar } from '../parts/Avatar.tsx';
import { conversationPath, openConversation } from '../router.ts';
import { firstName, nameOf, useSession } from '../session.ts';
import { text } from '../text.ts';
import { MessageStatus } from '../timeline/MessageStatus.tsx';
import styles from './ConversationLine.module.css';

export const ConversationLine = memo(function ConversationLine({
  summary,
  isOpen,
  today,
}: {
  summary: ConversationSummary;
  isOpen: boolean;
  today: number;
}) {
  const { messenger } = useSession();
  const { last, unread } = summary;
  const me = messenger.account.id;

  const open = (event: MouseEvent) => {
    // A new tab or window is the browser's business.
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    openConversation(summary.id);
  };

  return (
    <li className={styles.item}>
      <a
        href={conversationPath(summary.id)}
        className={styles.line}
        aria-current={isOpen ? 'page' : undefined}
        data-unread={unread > 0 || undefined}
        onClick={open}
      >
        <Avatar
          id={avatarId(summary, me)}
          name={summary.title}
          kind={summary.kind === 'group' ? 'group' : 'person'}
          size="large"
        />
        <span className={styles.words}>
          <span className={styles.top}>
            <span className={styles.title} dir="auto">
              {summary.title}
            </span>
            {last && (
              <time className={styles.time} dateTime={new Date(last.at).toISOString()}>
                {shortTime(last.at, today)}
              </time>
            )}
          </span>
          <span className={styles.bottom}>
            <Preview summary={summary} me={me} isOpen={isOpen} />
            {unread > 0 && (
              <span className={styles.badge}>
                <span aria-hidden="true">{text.badge(unread)}</span>
                <span className="visually-hidden">{text.list.unread(unread)}</span>
              </span>
            )}
          </span>
        </span>
      </a>
    </li>
  );
});

function Preview({ summary, me, isOpen }: { summary: ConversationSummary; me: string; isOpen: boolean }) {
  const { drafts } = useSession();
  const draft = useDraft(drafts, summary.id).text.trim();
  const { last } = summary;
  if (draft && !isOpen) {
    return (
      <span className={styles.preview}>
        <span className={styles.draft}>{text.list.draft}</span> <bdi>{draft}</bdi>
      </span>
    );
  }
  if (!last) return <span className={styles.preview}>{text.list.noMessages}</span>;
  const isOwn = last.from === me;
  const sender = summary.kind === 'group' && !isOwn ? `${firstName(nameOf(summary, last.from))}: ` : '';
  return (
    <>
      {isOwn && last.text !== null && last.delivery && (
        <span className={styles.status}>
          <MessageStatus delivery={last.delivery} />
        </span>
      )}
      <span className={styles.preview}>
        {isOwn && <span className="visually-hidden">{text.list.own} </span>}
        {sender && <bdi>{sender}</bdi>}
        {last.text === null ? <em>{text.list.deleted}</em> : <bdi>{last.text}</bdi>}
      </span>
    </>
  );
}
