/** When the connection state is worth a word: only after a moment of trouble, and then until everything is well again. */
import { useEffect, useState } from 'react';
import type { ConnectionState, Observed } from '../../conversation/conversation.ts';
import { useObserved } from '../observed.ts';

/** Shorter interruptions are normal and heal by themselves; saying so would only worry people. */
const PATIENCE_MS = 1_500;

export type Trouble = Exclude<ConnectionState, { is: 'connected' }>;

export function useTrouble(connection: Observed<ConnectionState>): Trouble | undefined {
  const state = useObserved(connection);
  const isTrouble = state.is !== 'connected';
  const since = 'since' in state ? state.since : undefined;
  const [isShown, setShown] = useState(false);

  useEffect(() => {
    if (!isTrouble) {
      setShown(false);
      return;
    }
    const elapsed = since === undefined ? 0 : Date.now() - since;
    const timer = setTimeout(() => setShown(true), Math.max(0, PATIENCE_MS - elapsed));
    return () => clearTimeout(timer);
  }, [isTrouble, since]);

  return isTrouble && isShown ? state : undefined;
}
