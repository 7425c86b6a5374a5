/** A list that only the server has, while somebody looks at it: asked for when it is first shown and after every change. */
import { useCallback, useEffect, useState } from 'react';
import type { Answer, RequestFailure } from '../conversation/conversation.ts';

export interface AskedItems<Item> {
  /** Undefined until they are known. */
  readonly items: readonly Item[] | undefined;
  readonly failure: RequestFailure | undefined;
  /** What is being changed. */
  readonly changing: string | undefined;
  load(): Promise<void>;
  /** Resolves when the list is up to date again; false when that was not done. */
  change(which: string, intention: () => Promise<Answer<unknown>>): Promise<boolean>;
}

export function useAskedList<Item>(source: { list(): Promise<Answer<readonly Item[]>> }): AskedItems<Item> {
  const [items, setItems] = useState<readonly Item[]>();
  const [failure, setFailure] = useState<RequestFailure>();
  const [changing, setChanging] = useState<string>();

  const load = useCallback(async () => {
    const answer = await source.list();
    setFailure(answer.ok ? undefined : answer.failure);
    if (answer.ok) setItems(answer.value);
  }, [source]);

  useEffect(() => {
    void load();
  }, [load]);

  const change = async (which: string, intention: () => Promise<Answer<unknown>>): Promise<boolean> => {
    setChanging(which);
    const answer = await intention();
    // One that is gone already is what was wanted.
    const isDone = answer.ok || (answer.failure.is === 'problem' && answer.failure.status === 404);
    if (isDone) await load();
    else setFailure(answer.failure);
    setChanging(undefined);
    return isDone;
  };
  return { items, failure, changing, load, change };
}
