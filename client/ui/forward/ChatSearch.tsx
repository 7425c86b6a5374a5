/** Finds a chat by its name among those that can be written in; what a line of it does is up to whoever shows the list. */
import { type ReactNode, type RefObject, useId, useState } from 'react';
import type { ConversationId } from '../../../schema/ids.ts';
import type { ConversationSummary } from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import { avatarId } from '../conversation/avatar-id.ts';
import { matchesName } from '../name-match.ts';
import { useObserved } from '../observed.ts';
import { Avatar } from '../parts/Avatar.tsx';
import { useSession } from '../session.ts';
import styles from './ChatSearch.module.css';

/** Of the element that `children` makes. */
export const chatLine = styles.chat ?? '';

export function ChatSearch({
  search,
  isKept = () => false,
  children,
}: {
  search: RefObject<HTMLInputElement | null>;
  /** Shown whatever is looked for. */
  isKept?: (id: ConversationId) => boolean;
  children: (summary: ConversationSummary, inside: ReactNode) => ReactNode;
}) {
  const { messenger } = useSession();
  const { items } = useObserved(messenger.conversations);
  const [query, setQuery] = useState('');
  const noteId = useId();
  const isNamed = matchesName(query);
  const shown = items.filter(({ id, title, isOver }) => !isOver && (isKept(id) || isNamed(title)));
  return (
    <>
      <input
        ref={search}
        type="search"
        className={styles.search}
        aria-label={t('forward.search')}
        placeholder={t('forward.search')}
        aria-describedby={noteId}
        value={query}
        onChange={(event) => setQuery(event.target.value)}
      />
      <ul className={styles.chats} aria-label={t('forward.chats')}>
        {shown.map((summary) => (
          <li key={summary.id}>
            {children(
              summary,
              <>
                <Avatar
                  id={avatarId(summary, messenger.account.id)}
                  name={summary.title}
                  picture={summary.picture}
                  kind={summary.kind === 'group' ? 'group' : 'person'}
                  size="medium"
                />
                <bdi className={styles.title}>{summary.title}</bdi>
              </>,
            )}
          </li>
        ))}
      </ul>
      <p id={noteId} role="status" className={styles.note}>
        {shown.length === 0 && t('forward.nothing', { query: query.trim() })}
      </p>
    </>
  );
}
