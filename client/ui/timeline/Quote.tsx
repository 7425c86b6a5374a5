/**
 * What a message replies to, in its bubble: who, and the first line. Always of one height, so that no row moves when it is found,
 * edited or deleted. The list handles its click, by the message it names.
 */
import type { ConversationSummary, Quoted } from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import styles from './Quote.module.css';
import { quoteWords } from './quoted.ts';

export function Quote({
  quoted,
  summary,
  me,
  isTabbable,
}: {
  quoted: Quoted;
  summary: ConversationSummary;
  me: string;
  isTabbable: boolean;
}) {
  const { name, colour, words, isText } = quoteWords(quoted, summary, me);
  return (
    <button
      type="button"
      data-quote
      className={styles.quote}
      style={colour ? { '--person': colour } : undefined}
      tabIndex={isTabbable ? 0 : -1}
    >
      <span className="visually-hidden">{t('reply.quote')}</span>
      <span className={styles.name} dir="auto">
        {name}
      </span>
      <span className={styles.words} data-placeholder={!isText || undefined} dir="auto">
        {words}
      </span>
    </button>
  );
}
