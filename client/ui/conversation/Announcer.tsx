/**
 * Says new messages to assistive technology, in a live region of its own: a virtualized list would be read again each
 * time rows are mounted. Only what others append while the conversation is open is announced.
 */
import { memo, type Ref, useEffect, useImperativeHandle, useRef, useState } from 'react';
import { isDeleted } from '../../../schema/document/message.ts';
import type { ConversationSummary, TimelineRow } from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import { sayPreviewOf } from '../preview.ts';
import { nameOf } from '../session.ts';

export interface AnnouncerHandle {
  say(words: string): void;
}

/** So many rows at once are a history arriving, not people writing. */
const MAX_ANNOUNCED = 20;

export const Announcer = memo(function Announcer({
  ref,
  visit,
  rows,
  summary,
}: {
  ref: Ref<AnnouncerHandle>;
  /** What came before another visit is no news. */
  visit: number;
  rows: readonly TimelineRow[];
  summary: ConversationSummary;
}) {
  const [words, setWords] = useState('');
  const lastKnown = useRef(rows.at(-1)?.message.id);
  const lastVisit = useRef(visit);
  useImperativeHandle(ref, () => ({ say: setWords }), []);

  useEffect(() => {
    const known = visit === lastVisit.current ? lastKnown.current : undefined;
    lastVisit.current = visit;
    lastKnown.current = rows.at(-1)?.message.id;
    if (known === undefined || known === lastKnown.current) return;
    const index = rows.findLastIndex((row) => row.message.id === known);
    const added = rows.slice(index + 1).filter((row) => !row.own && !isDeleted(row.message));
    const newest = added.at(-1)?.message;
    if (index < 0 || added.length > MAX_ANNOUNCED || !newest || isDeleted(newest)) return;
    setWords(
      added.length === 1
        ? t('conversation.announce', { name: nameOf(summary, newest.from), message: sayPreviewOf(newest) })
        : t('conversation.announceMany', { count: added.length }),
    );
  }, [visit, rows, summary]);

  return (
    <div className="visually-hidden" aria-live="polite">
      {words}
    </div>
  );
});
