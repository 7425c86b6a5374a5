/**
 * Goes to a place in the conversation: asks for it, and tells the timeline which row to show, in the same frame in which the
 * rows change, or the person why there is nothing to show.
 */
import { useCallback, useMemo, useState } from 'react';
import { flushSync } from 'react-dom';
import type { MessageId } from '../../../schema/ids.ts';
import type { Conversation, JumpTarget } from '../../conversation/conversation.ts';

/** A row to bring into view; another object each time. */
export interface Goal {
  readonly row: MessageId;
  readonly target: JumpTarget;
}

export interface Jumping {
  /** While it is under way nothing else may change which rows are shown. */
  readonly isUnderWay: boolean;
  readonly goal: Goal | undefined;
  /** Why the last jump led nowhere, until it is dismissed or another one succeeds. */
  readonly miss: 'unknown' | 'offline' | undefined;
  readonly jump: (target: JumpTarget) => Promise<void>;
  readonly dismiss: () => void;
}

/** Of one visit: whoever comes back is not taken there once more. */
export function useJump(opened: { conversation: Conversation; visit: number } | undefined): Jumping {
  const { conversation, visit } = opened ?? {};
  const [led, setLed] = useState<{ visit: number | undefined; goal?: Goal; miss?: Jumping['miss'] }>();
  const [underWay, setUnderWay] = useState(0);

  const jump = useCallback(
    async (target: JumpTarget): Promise<void> => {
      if (!conversation) return;
      setLed((before) => ({ ...(before?.visit === visit && before), visit, miss: undefined }));
      setUnderWay((count) => count + 1);
      const jumped = await conversation.jump(target);
      flushSync(() => {
        setUnderWay((count) => count - 1);
        if (!jumped.ok) setLed((before) => ({ ...before, visit, miss: jumped.why }));
        else if (jumped.row) setLed({ visit, goal: { row: jumped.row, target } });
      });
    },
    [conversation, visit],
  );
  const dismiss = useCallback(() => setLed((before) => before && { ...before, miss: undefined }), []);
  const { goal, miss } = led?.visit === visit ? (led ?? {}) : {};
  return useMemo(
    () => ({ isUnderWay: underWay > 0, goal, miss, jump, dismiss }),
    [underWay, goal, miss, jump, dismiss],
  );
}
