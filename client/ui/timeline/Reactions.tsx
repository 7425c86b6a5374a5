/** The reactions under a message: each emoji with how often, who in its label and tooltip, one's own ringed. The list handles presses. */
import type { UserId } from '../../../schema/ids.ts';
import type { ConversationSummary, TimelineRow } from '../../conversation/conversation.ts';
import { formatCount, formatNames } from '../../language/format.ts';
import { t } from '../../language/translate.ts';
import { nameOf } from '../session.ts';
import styles from './Reactions.module.css';

export function Reactions({
  row: { reactions, own },
  summary,
  me,
  isTabbable,
}: {
  row: TimelineRow;
  summary: ConversationSummary;
  me: UserId;
  isTabbable: boolean;
}) {
  const isIndented = summary.kind === 'group' && !own;
  return (
    <div className={`${styles.pills} ${own ? styles.own : ''} ${isIndented ? styles.indented : ''}`}>
      {reactions?.map(({ emoji, users }) => {
        const isMine = users.includes(me);
        const names = users.map((user) => (user === me ? t('you') : nameOf(summary, user)));
        return (
          <button
            key={emoji}
            type="button"
            className={styles.pill}
            data-react={emoji}
            data-tooltip={formatNames(names)}
            aria-pressed={isMine}
            tabIndex={isTabbable ? 0 : -1}
          >
            <span className={styles.emoji}>{emoji}</span>
            <span>{formatCount(users.length)}</span>
            <span className="visually-hidden">{formatNames(names)}</span>
          </button>
        );
      })}
    </div>
  );
}
