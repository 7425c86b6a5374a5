/** A message that was found: where and when it was said, by whom, and the words around the match. */
import type { FoundMessage } from '../../../schema/http/search.ts';
import type { MessageId, UserId } from '../../../schema/ids.ts';
import type { ConversationSummary } from '../../conversation/conversation.ts';
import { firstName, nameOf, useSession } from '../session.ts';
import { text } from '../text.ts';
import { Line } from './Line.tsx';
import styles from './SearchResults.module.css';

export function FoundLine({
  found,
  summary,
  today,
}: {
  found: FoundMessage;
  summary: ConversationSummary;
  today: number;
}) {
  const me = useSession().messenger.account.id;
  const sender = found.from === me ? text.list.own : `${firstName(nameOf(summary, found.from as UserId))}:`;
  return (
    <Line summary={summary} message={found.id as MessageId} at={found.at} today={today}>
      <span className={styles.excerpt}>
        <bdi>{sender}</bdi> <bdi>{highlight(found.excerpt)}</bdi>
      </span>
    </Line>
  );
}

/** Elements and texts, never markup from a message. */
function highlight({ text: excerpt, highlights }: FoundMessage['excerpt']) {
  let shown = 0;
  const parts = highlights.flatMap(([start, end]) => {
    const before = excerpt.slice(shown, start);
    shown = end;
    return [before, <mark key={start}>{excerpt.slice(start, end)}</mark>];
  });
  return [...parts, excerpt.slice(shown)];
}
