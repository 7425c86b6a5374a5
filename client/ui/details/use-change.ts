/** One change at a time of what only the server can change: which it is, and why the last one was not made. */
import { useState } from 'react';
import type { Answer } from '../../conversation/conversation.ts';
import { describeRequest } from '../problems.ts';

export interface Changing {
  /** Undefined while nothing is being changed. */
  readonly doing: string | undefined;
  readonly problem: string | undefined;
  /** Resolves with whether it was made. */
  change(what: string, intention: () => Promise<Answer<unknown>>): Promise<boolean>;
}

export function useChange(): Changing {
  const [doing, setDoing] = useState<string>();
  const [problem, setProblem] = useState<string>();
  return {
    doing,
    problem,
    async change(what, intention) {
      setDoing(what);
      setProblem(undefined);
      const answer = await intention();
      setDoing(undefined);
      if (!answer.ok) setProblem(describeRequest(answer.failure));
      return answer.ok;
    },
  };
}
