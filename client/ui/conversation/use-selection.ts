/** Which messages are selected, from the first one on until it is ended. Those that are deleted meanwhile drop out. */
import { useCallback, useMemo, useState } from 'react';
import { isDeleted } from '../../../schema/document/message.ts';
import type { MessageId } from '../../../schema/ids.ts';
import type { TimelineRow } from '../../conversation/conversation.ts';

export interface Selection {
  /** In their order; undefined: nothing is being selected. */
  readonly rows: readonly TimelineRow[] | undefined;
  readonly ids: ReadonlySet<MessageId> | undefined;
  /** Selects a message, or takes it out again; the first one begins it. */
  readonly toggle: (row: TimelineRow) => void;
  readonly end: () => void;
}

export function useSelection(all: readonly TimelineRow[]): Selection {
  const [ids, setIds] = useState<ReadonlySet<MessageId>>();
  const rows = useMemo(
    () => ids && all.filter(({ message }) => ids.has(message.id) && !isDeleted(message)),
    [all, ids],
  );
  const toggle = useCallback(({ message }: TimelineRow) => {
    if (isDeleted(message)) return;
    setIds((before) => {
      const next = new Set(before);
      if (!next.delete(message.id)) next.add(message.id);
      return next;
    });
  }, []);
  const end = useCallback(() => setIds(undefined), []);
  return { rows, ids, toggle, end };
}
