/** The signed-in devices while somebody looks at them: asked for when the list opens and after every change. */
import { useCallback, useEffect, useState } from 'react';
import type { DeviceSession } from '../../../schema/http/sessions.ts';
import type { Answer, Messenger, RequestFailure } from '../../conversation/conversation.ts';

export interface Devices {
  /** Undefined until they are known. */
  readonly items: readonly DeviceSession[] | undefined;
  readonly failure: RequestFailure | undefined;
  /** What is being signed out. */
  readonly ending: string | 'others' | undefined;
  load(): Promise<void>;
  /** Resolves when the list is up to date again; false when that was not done. */
  end(which: string | 'others'): Promise<boolean>;
}

export function useDevices(messenger: Messenger): Devices {
  const [items, setItems] = useState<readonly DeviceSession[]>();
  const [failure, setFailure] = useState<RequestFailure>();
  const [ending, setEnding] = useState<string>();

  const take = useCallback((answer: Answer<unknown>): answer is { ok: true; value: unknown } => {
    setFailure(answer.ok ? undefined : answer.failure);
    return answer.ok;
  }, []);

  const load = useCallback(async () => {
    const answer = await messenger.devices.list();
    if (take(answer)) setItems(answer.value as readonly DeviceSession[]);
  }, [messenger, take]);

  useEffect(() => {
    void load();
  }, [load]);

  const end = async (which: string): Promise<boolean> => {
    setEnding(which);
    const answer = await (which === 'others' ? messenger.devices.signOutOthers() : messenger.devices.signOut(which));
    // One that is gone already is what was wanted.
    const isGone = !answer.ok && answer.failure.is === 'problem' && answer.failure.status === 404;
    const isDone = isGone || take(answer);
    if (isDone) await load();
    setEnding(undefined);
    return isDone;
  };
  return { items, failure, ending, load, end };
}
