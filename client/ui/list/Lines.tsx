/** All conversations, pinned ones first, archived ones behind a button at the end. */
import { Archive, ChevronDown } from 'lucide-react';
import { type MouseEvent, useCallback, useState } from 'react';
import type { ConversationId } from '../../../schema/ids.ts';
import type { ConversationSummary } from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import { useToday } from '../dates.ts';
import { lazily } from '../parts/lazily.tsx';
import { ConversationLine } from './ConversationLine.tsx';
import styles from './ConversationList.module.css';
import type { LineMenuProps } from './LineMenu.tsx';

const LineMenu = lazily<LineMenuProps>(
  async () => (await import('./LineMenu.tsx')).LineMenu,
  ({ summary }) => summary !== undefined,
);

type Asked = NonNullable<LineMenuProps['at']> & { readonly id: ConversationId };

export function Lines({ items, open }: { items: readonly ConversationSummary[]; open: ConversationId | undefined }) {
  const today = useToday();
  const [isExpanded, setExpanded] = useState(false);
  const [asked, setAsked] = useState<Asked>();
  const ask = useCallback(
    (id: ConversationId, event: MouseEvent<HTMLElement>) => setAsked({ id, ...placeOf(event) }),
    [],
  );
  const archived = items.filter(({ isArchived }) => isArchived);
  const listOf = (lines: readonly ConversationSummary[]) => (
    <ul className={styles.lines}>
      {lines.map((summary) => (
        <ConversationLine key={summary.id} summary={summary} isOpen={summary.id === open} today={today} onMenu={ask} />
      ))}
    </ul>
  );
  return (
    <>
      {listOf(items.filter(({ isArchived }) => !isArchived))}
      {archived.length > 0 && (
        <button
          type="button"
          className={styles.archived}
          aria-expanded={isExpanded}
          onClick={() => setExpanded(!isExpanded)}
        >
          <Archive aria-hidden="true" />
          {t('list.archived', { count: archived.length })}
          <ChevronDown aria-hidden="true" />
        </button>
      )}
      {isExpanded && archived.length > 0 && listOf(archived)}
      <LineMenu summary={items.find(({ id }) => id === asked?.id)} at={asked} onClose={() => setAsked(undefined)} />
    </>
  );
}

/** The keyboard asks without a place: then it is below the line. */
function placeOf(event: MouseEvent<HTMLElement>): Omit<Asked, 'id'> {
  event.preventDefault();
  const line = event.currentTarget;
  const { left, bottom } = line.getBoundingClientRect();
  return event.clientX > 0 ? { x: event.clientX, y: event.clientY, line } : { x: left + 16, y: bottom - 16, line };
}
