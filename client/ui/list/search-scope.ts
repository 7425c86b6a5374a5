/** Where the search field looks: everywhere, or in one conversation that somebody chose to search. */
import type { ConversationId } from '../../../schema/ids.ts';
import { createSource, useObserved } from '../observed.ts';

interface SearchScope {
  readonly conversation: ConversationId;
}

const scope = createSource<SearchScope | undefined>(undefined);

/** Each choice is another object, so that the same conversation can be chosen again. */
export const useSearchScope = (): SearchScope | undefined => useObserved(scope);

export const searchIn = (conversation: ConversationId): void => scope.set({ conversation });

export const searchEverywhere = (): void => scope.set(undefined);
