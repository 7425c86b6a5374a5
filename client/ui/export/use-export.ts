/** An export that a dialog has started: how far it is, and its file saved when it is there. Given up when the dialog goes. */
import { useCallback, useEffect, useState } from 'react';
import type { Export, ExportState, Observed } from '../../conversation/conversation.ts';
import { createSource, useObserved } from '../observed.ts';

const IDLE: Observed<ExportState | undefined> = createSource(undefined);

/** Long enough for every browser to have begun reading the file. */
const KEPT_MS = 60_000;

export function useExport() {
  const [running, setRunning] = useState<Export>();
  const state = useObserved<ExportState | undefined>(running?.state ?? IDLE);
  useEffect(() => {
    if (state?.is === 'done') save(state.file, state.name);
  }, [state]);
  useEffect(() => () => running?.[Symbol.dispose](), [running]);
  const stop = useCallback(() => setRunning(undefined), []);
  return { state, start: setRunning, stop };
}

function save(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}
