/** One search at a time for what stands in the field; what the former one found stays until this one has looked. */
import { useEffect, useState } from 'react';
import type { ConversationId } from '../../../schema/ids.ts';
import type { MessageSearch, SearchState } from '../../conversation/conversation.ts';
import { createSource, useObserved } from '../observed.ts';
import { useSession } from '../session.ts';

const IDLE = createSource<SearchState>({ items: [], device: 'done', server: 'done', hasMore: false });

export function useMessageSearch(
  query: string,
  conversation?: ConversationId,
): SearchState & Pick<MessageSearch, 'more' | 'retry'> {
  const { messenger } = useSession();
  const [search, setSearch] = useState<MessageSearch>();
  const [former, setFormer] = useState<SearchState['items']>([]);
  useEffect(() => {
    if (query === '') return;
    const begun = messenger.search(query, conversation);
    setSearch(begun);
    return () => {
      setFormer(begun.state.get().items);
      setSearch(undefined);
      begun[Symbol.dispose]();
    };
  }, [messenger, query, conversation]);
  const state = useObserved(search?.state ?? IDLE);
  const isLooking = query !== '' && (!search || state.device === 'searching');
  return {
    ...state,
    ...(isLooking && { items: former, device: 'searching' as const }),
    ...(query !== '' && !search && { server: 'searching' as const }),
    more: () => search?.more(),
    retry: () => search?.retry(),
  };
}
