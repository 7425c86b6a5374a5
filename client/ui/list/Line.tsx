/** A line of the list beside the conversations: a link with the picture and title of a conversation or person, a time, and what `children` say below. */
import type { MouseEvent, ReactNode, Ref } from 'react';
import type { MessageId } from '../../../schema/ids.ts';
import type { ConversationSummary } from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import { avatarId } from '../conversation/avatar-id.ts';
import { fullTime, shortTime } from '../dates.ts';
import { Avatar } from '../parts/Avatar.tsx';
import { conversationPath, openConversation } from '../router.ts';
import { useSession } from '../session.ts';
import styles from './Line.module.css';

interface LineProps {
  readonly ref?: Ref<HTMLLIElement>;
  readonly summary: ConversationSummary;
  /** Whose picture and name it shows instead of the conversation’s. */
  readonly person?: { readonly id: string; readonly name: string; readonly picture?: string | undefined } | undefined;
  /** Where the link goes: to a message, or to where reading goes on. */
  readonly message?: MessageId | undefined;
  /** Of the message that is shown, ms since 1970. */
  readonly at: number | undefined;
  readonly today: number;
  readonly isOpen?: boolean;
  readonly isUnread?: boolean;
  readonly isOnline?: boolean;
  readonly onMenu?: ((event: MouseEvent<HTMLElement>) => void) | undefined;
  readonly children: ReactNode;
}

export function Line({ ref, summary, person, message, at, today, isOnline = false, children, ...state }: LineProps) {
  const { isOpen = false, isUnread = false, onMenu } = state;
  const { messenger } = useSession();
  const me = messenger.account.id;
  const prepare = () => messenger.prepare(summary.id);
  const title = person?.id === me ? t('you') : (person?.name ?? summary.title);
  const open = (event: MouseEvent) => {
    // A new tab or window is the browser's business.
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    // A key presses no pointer. Reading begins before the screen is made.
    prepare();
    openConversation(summary.id, message);
  };
  return (
    <li ref={ref} className={styles.item}>
      <a
        href={conversationPath(summary.id, message)}
        className={styles.line}
        aria-current={isOpen ? 'page' : undefined}
        data-unread={isUnread || undefined}
        onPointerDown={prepare}
        onClick={open}
        onContextMenu={onMenu}
      >
        <Avatar
          id={person?.id ?? avatarId(summary, me)}
          name={person?.name ?? summary.title}
          picture={person ? person.picture : summary.picture}
          kind={summary.kind === 'group' && !person ? 'group' : 'person'}
          size="large"
          isOnline={isOnline}
        />
        <span className={styles.words}>
          <span className={styles.top}>
            <span className={styles.title} dir="auto">
              {title}
            </span>
            {isOnline && <span className="visually-hidden">({t('presence.online')})</span>}
            {at !== undefined && (
              <time className={styles.time} dateTime={new Date(at).toISOString()} title={fullTime(at)}>
                {shortTime(at, today)}
              </time>
            )}
          </span>
          {children}
        </span>
      </a>
    </li>
  );
}
