/** The pane of all conversations: the person's menu, search, a new conversation, and the lines or what was found. */
import { SquarePen } from 'lucide-react';
import { type KeyboardEvent, memo, useDeferredValue, useEffect, useMemo, useState } from 'react';
import type { ConversationId } from '../../../schema/ids.ts';
import type { ConversationSummary } from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import { endLaunch, useLaunch } from '../launch.ts';
import { matchesName } from '../name-match.ts';
import { useObserved } from '../observed.ts';
import { IconButton } from '../parts/Button.tsx';
import { useSession } from '../session.ts';
import { AccountMenu } from '../shell/AccountMenu.tsx';
import { ConnectionChip } from '../shell/ConnectionChip.tsx';
import styles from './ConversationList.module.css';
import { EmptyList } from './EmptyList.tsx';
import { Lines } from './Lines.tsx';
import { ListFilters } from './ListFilters.tsx';
import { type ListFilter, passes } from './list-filter.ts';
import { NewConversation } from './NewConversation.tsx';
import { SearchField } from './SearchField.tsx';
import { SearchResults } from './SearchResults.tsx';
import { useSearchScope } from './search-scope.ts';

export const ConversationList = memo(function ConversationList({
  open,
}: {
  /** Marked in the list. */
  open: ConversationId | undefined;
}) {
  const { messenger } = useSession();
  const { state, items } = useObserved(messenger.conversations);
  const [query, setQuery] = useState('');
  const scope = useSearchScope();
  const within = items.find(({ id }) => id === scope?.conversation);
  const [isCreating, setCreating] = useState(false);
  const [filter, setFilter] = useState<ListFilter>('all');
  const launch = useLaunch();
  useEffect(() => {
    if (launch?.is !== 'new') return;
    setCreating(true);
    endLaunch();
  }, [launch]);
  const deferred = useDeferredValue(query.trim() && query);
  const shown = useMemo(() => items.filter(matches(deferred)), [items, deferred]);
  // What is open stays where it is, also once it was read.
  const listed = items.filter((item) => passes(item, filter) || item.id === open);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys move between elements that Tab reaches as well
    <div className={styles.pane} onKeyDown={deferred === '' ? undefined : moveThroughResults}>
      <div className={styles.head}>
        <AccountMenu />
        <h1 className={styles.title}>{t('list.title')}</h1>
        <IconButton label={t('list.new')} onClick={() => setCreating(true)}>
          <SquarePen />
        </IconButton>
      </div>
      {items.length > 0 && <SearchField value={query} within={within} onChange={setQuery} />}
      {items.length > 0 && deferred === '' && <ListFilters value={filter} onChange={setFilter} />}
      <div className={styles.scroller}>
        {deferred !== '' && items.length > 0 ? (
          <SearchResults
            query={deferred}
            within={within?.id}
            conversations={within ? [] : shown}
            all={items}
            open={open}
          />
        ) : listed.length > 0 ? (
          <Lines items={listed} open={open} />
        ) : state === 'loading' ? (
          <Skeleton />
        ) : (
          <EmptyList
            filter={items.length > 0 ? filter : 'all'}
            onShowAll={() => setFilter('all')}
            onNew={() => setCreating(true)}
          />
        )}
      </div>
      <ConnectionChip place="list" />
      <NewConversation isOpen={isCreating} onClose={() => setCreating(false)} />
    </div>
  );
});

/** Arrow keys go from the search field through what was found, and back. */
function moveThroughResults(event: KeyboardEvent<HTMLElement>): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (step === 0) return;
  const stops = [...event.currentTarget.querySelectorAll<HTMLElement>('input, section a, section button')];
  event.preventDefault();
  stops[stops.indexOf(document.activeElement as HTMLElement) + step]?.focus();
}

/** By its title or a member's name. */
function matches(query: string): (summary: ConversationSummary) => boolean {
  const isNamed = matchesName(query);
  return ({ title, members }) => isNamed([title, ...members.map(({ name }) => name)].join(' '));
}

const Skeleton = () => (
  <div role="status" aria-label={t('list.loading')} className={styles.skeleton}>
    {[62, 48, 70, 40, 56].map((width) => (
      <div key={width} className={styles.bone}>
        <span />
        <span style={{ width: `${width}%` }} />
      </div>
    ))}
  </div>
);
