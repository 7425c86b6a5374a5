/**
 * What the search field finds: conversations at once, then messages, with a line that says in words what was searched.
 */
import type { ConversationId } from '../../../schema/ids.ts';
import type { ConversationSummary, SearchState } from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import { useToday } from '../dates.ts';
import { Button } from '../parts/Button.tsx';
import { ConversationLine } from './ConversationLine.tsx';
import { FoundLine } from './FoundLine.tsx';
import styles from './SearchResults.module.css';
import { useMessageSearch } from './use-message-search.ts';

export function SearchResults({
  query,
  within,
  conversations,
  all,
  open,
}: {
  query: string;
  /** The one conversation to search. */
  within: ConversationId | undefined;
  /** Those whose title or people match. */
  conversations: readonly ConversationSummary[];
  all: readonly ConversationSummary[];
  open: ConversationId | undefined;
}) {
  const search = useMessageSearch(query, within);
  const today = useToday();
  // A conversation that was left meanwhile cannot be opened.
  const messages = search.items.flatMap((found) => {
    const summary = all.find(({ id }) => id === found.conversation);
    return summary ? [{ found, summary }] : [];
  });
  const isSearching = search.device === 'searching' || search.server === 'searching';
  const hasNothing = conversations.length + messages.length === 0 && !isSearching;

  return (
    <section aria-label={t('search.results')} className={styles.results}>
      {conversations.length > 0 && (
        <>
          <h2 className={styles.heading}>{t('search.conversations')}</h2>
          <ul>
            {conversations.map((summary) => (
              <ConversationLine key={summary.id} summary={summary} isOpen={summary.id === open} today={today} />
            ))}
          </ul>
        </>
      )}
      <h2 className={styles.heading}>{t('search.messages')}</h2>
      <Coverage search={search} onRetry={search.retry} />
      {messages.length > 0 && (
        <ul aria-busy={isSearching}>
          {messages.map(({ found, summary }) => (
            <FoundLine
              key={`${found.conversation} ${found.id}`}
              found={found}
              summary={summary}
              isAlone={within !== undefined}
              today={today}
            />
          ))}
        </ul>
      )}
      {search.hasMore && (
        <div className={styles.more}>
          <Button onClick={search.more} disabled={search.server === 'searching'}>
            {t('search.more')}
          </Button>
        </div>
      )}
      {hasNothing && <p className={styles.nothing}>{t('search.nothing', { query })}</p>}
      <p className="visually-hidden" role="status">
        {isSearching ? '' : hasNothing ? t('search.nothing', { query }) : t('search.found', { count: messages.length })}
      </p>
    </section>
  );
}

function Coverage({ search, onRetry }: { search: SearchState; onRetry: () => void }) {
  return (
    <p className={styles.coverage}>
      {t(`search.covers.${search.server}`)}
      {search.server === 'failed' && (
        <Button look="quiet" onClick={onRetry}>
          {t('search.retry')}
        </Button>
      )}
    </p>
  );
}
