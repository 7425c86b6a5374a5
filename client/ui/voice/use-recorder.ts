/**
 * The recording of a composer: begun, sent or thrown away by its buttons. Whatever else ends it (the limit, a microphone that is gone,
 * another conversation, the end of the composer) keeps what was said as a file of the next message.
 */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { OutgoingFile } from '../../conversation/attachments.ts';
import { t } from '../../language/translate.ts';
import type { Recording } from './recording.ts';

export interface Recorder {
  /** `asking` until the browser has the microphone. */
  readonly state: 'idle' | 'asking' | Recording;
  /** Why there is none, or why it ended; until the next one begins. */
  readonly note: string | undefined;
  readonly start: () => void;
  readonly cancel: () => void;
  /** What was said, for whoever sends it. */
  readonly finish: () => Promise<OutgoingFile | undefined>;
  /** It is not looked at any more. */
  readonly leave: () => void;
}

/** Insecure addresses have no microphone. */
export const canRecord = (): boolean =>
  'MediaRecorder' in globalThis && navigator.mediaDevices?.getUserMedia !== undefined;

export function useRecorder(keep: (file: OutgoingFile) => void): Recorder {
  const [state, setState] = useState<Recorder['state']>('idle');
  const [note, setNote] = useState<string>();
  const present = useRef<Recording>(undefined);
  const isAsking = useRef(false);
  const isOver = useRef(false);
  const keeper = useRef(keep);
  keeper.current = keep;

  const finish = useCallback(async () => {
    const recording = present.current;
    present.current = undefined;
    try {
      return await recording?.finish();
    } finally {
      setState('idle');
    }
  }, []);

  const keepIt = useCallback(
    async (why: 'limit' | 'lost' | 'left') => {
      const file = await finish();
      if (!file) return;
      keeper.current(file);
      setNote(t(`voice.ended.${why}`));
    },
    [finish],
  );

  const start = useCallback(async () => {
    if (isAsking.current || present.current) return;
    isAsking.current = true;
    setNote(undefined);
    setState('asking');
    const begun = await import('./recording.ts')
      .then(({ startRecording }) => startRecording())
      // Its code is not on this device yet.
      .catch(() => 'failed' as const)
      .finally(() => {
        isAsking.current = false;
      });
    if (typeof begun === 'string') {
      setState('idle');
      return setNote(t(`voice.failures.${begun}`));
    }
    if (isOver.current) return begun.cancel();
    present.current = begun;
    setState(begun);
    void begun.ended.then((why) => (present.current === begun ? keepIt(why) : undefined));
  }, [keepIt]);

  const cancel = useCallback(() => {
    present.current?.cancel();
    present.current = undefined;
    setState('idle');
  }, []);

  useEffect(() => {
    isOver.current = false;
    return () => {
      isOver.current = true;
      void keepIt('left');
    };
  }, [keepIt]);

  return {
    ...{ state, note, cancel, finish },
    start: () => void start(),
    leave: () => void keepIt('left'),
  };
}
