/** A message that was found: where and when it was said, by whom, and the words around the match. */
import type { FoundMessage } from '../../../schema/http/search.ts';
import type { MessageId, UserId } from '../../../schema/ids.ts';
import type { ConversationSummary } from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import { firstName, nameOf, pictureOf, useSession } from '../session.ts';
import { Line } from './Line.tsx';
import styles from './SearchResults.module.css';

export function FoundLine({
  found,
  summary,
  isAlone,
  today,
}: {
  found: FoundMessage;
  summary: ConversationSummary;
  /** Only this conversation is searched: what matters is who said it. */
  isAlone: boolean;
  today: number;
}) {
  const me = useSession().messenger.account.id;
  const name = nameOf(summary, found.from as UserId);
  const sender = found.from === me ? t('list.own') : `${firstName(name)}:`;
  return (
    <Line
      summary={summary}
      person={isAlone ? { id: found.from, name, picture: pictureOf(summary, found.from as UserId) } : undefined}
      message={found.id as MessageId}
      at={found.at}
      today={today}
    >
      <span className={styles.excerpt}>
        {!isAlone && <bdi>{sender}</bdi>} <bdi>{highlight(found.excerpt)}</bdi>
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
