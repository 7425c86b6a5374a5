/** Searches people while somebody types: after a pause, the newest question wins, older answers are dropped. */
import { useEffect, useState } from 'react';
import type { Messenger, RequestFailure } from '../../conversation/conversation.ts';

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly picture?: string | undefined;
}

export interface PeopleSearch {
  readonly state: 'idle' | 'searching' | 'done';
  readonly people: readonly Person[];
  readonly failure?: RequestFailure;
}

const IDLE: PeopleSearch = { state: 'idle', people: [] };
/** Fast typists pause longer between words than between letters. */
const PAUSE_MS = 180;

export function usePeople(messenger: Messenger, query: string): PeopleSearch {
  const [search, setSearch] = useState(IDLE);
  const wanted = query.trim();
  useEffect(() => {
    if (!wanted) {
      setSearch(IDLE);
      return;
    }
    let isCurrent = true;
    setSearch((before) => ({ state: 'searching', people: before.people }));
    const timer = setTimeout(async () => {
      const answer = await messenger.findPeople(wanted);
      if (!isCurrent) return;
      setSearch(
        answer.ok
          ? { state: 'done', people: answer.value.filter((person) => person.id !== messenger.account.id) }
          : { state: 'done', people: [], failure: answer.failure },
      );
    }, PAUSE_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [messenger, wanted]);
  return search;
}
