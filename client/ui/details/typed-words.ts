/** A title and description that somebody typed and did not save: they survive the dialog, as long as the page lives. */
import { useState } from 'react';
import type { ConversationSummary } from '../../conversation/conversation.ts';
import { useSession } from '../session.ts';

interface Words {
  readonly title: string;
  readonly description: string;
}

export interface TypedWords extends Words {
  /** What they were when the typing began: only what differs is changed, as somebody else may change the other meanwhile. */
  readonly from: Words;
}

const kept = new Map<string, TypedWords>();

/** Undefined while nothing is being typed. */
export function useTypedWords(summary: ConversationSummary): {
  typed: TypedWords | undefined;
  begin(): void;
  type(words: Partial<Words>): void;
  end(): void;
} {
  const key = `${useSession().messenger.account.id} ${summary.id}`;
  const [typed, setTyped] = useState(() => kept.get(key));
  const keep = (words: TypedWords | undefined) => {
    if (words) kept.set(key, words);
    else kept.delete(key);
    setTyped(words);
  };
  return {
    typed,
    begin() {
      const from = { title: summary.title, description: summary.description ?? '' };
      keep({ ...from, from });
    },
    type: (words) => typed && keep({ ...typed, ...words }),
    end: () => keep(undefined),
  };
}
