/** A message that was found: where and when it was said, by whom, and the words around the match. */
import type { MouseEvent } from 'react';
import type { FoundMessage } from '../../../schema/http/search.ts';
import type { ConversationId, MessageId, UserId } from '../../../schema/ids.ts';
import type { ConversationSummary } from '../../conversation/conversation.ts';
import { avatarId } from '../conversation/ConversationHeader.tsx';
import { fullTime, shortTime } from '../dates.ts';
import { Avatar } from '../parts/Avatar.tsx';
import { conversationPath, openConversation } from '../router.ts';
import { firstName, nameOf, useSession } from '../session.ts';
import { text } from '../text.ts';
import styles from './SearchResults.module.css';

export function FoundLine({
  found,
  summary,
  today,
}: {
  found: FoundMessage;
  summary: ConversationSummary;
  today: number;
}) {
  const me = useSession().messenger.account.id;
  const sender = found.from === me ? text.list.own : `${firstName(nameOf(summary, found.from as UserId))}:`;
  const conversation = found.conversation as ConversationId;
  const message = found.id as MessageId;
  const open = (event: MouseEvent) => {
    // A new tab or window is the browser's business.
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    openConversation(conversation, message);
  };
  return (
    <li className={styles.item}>
      <a href={conversationPath(conversation, message)} className={styles.line} onClick={open}>
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
            <time className={styles.time} dateTime={new Date(found.at).toISOString()} title={fullTime(found.at)}>
              {shortTime(found.at, today)}
            </time>
          </span>
          <span className={styles.excerpt}>
            <bdi>{sender}</bdi> <bdi>{highlight(found.excerpt)}</bdi>
          </span>
        </span>
      </a>
    </li>
  );
}

/** Elements and texts, never markup from a message. */
function highlight({ text: excerpt, highlights }: FoundMessage['excerpt']) {
  let shown = 0;
  const parts = highlights.flatMap(([start, end]) => {
    const before = excerpt.slice(shown, start);
    shown = end;
    return [before, <mark key={start}>{excerpt.slice(start, end)}</mark>];
  });
  return [...parts, excerpt.slice(shown)];
}
