/** Above the field: what the new message replies to, as it is now, and the way out of it. */
import { Reply, X } from 'lucide-react';
import type { MessageId } from '../../../schema/ids.ts';
import type { Conversation, ConversationSummary } from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import { useObserved } from '../observed.ts';
import { IconButton } from '../parts/Button.tsx';
import { useSession } from '../session.ts';
import { quoteWords } from '../timeline/quoted.ts';
import { useQuoted } from '../timeline/use-quoted.ts';
import styles from './ReplyBar.module.css';

export function ReplyBar({
  re,
  conversation,
  summary,
  onCancel,
}: {
  re: MessageId;
  conversation: Conversation;
  summary: ConversationSummary;
  onCancel: () => void;
}) {
  const me = useSession().messenger.account.id;
  const quoted = useQuoted(conversation, re, useObserved(conversation.timeline).rows);
  const { name, colour, words, isText } = quoteWords(quoted, summary, me);
  const isOwn = typeof quoted === 'object' && quoted.from === me;
  return (
    <div className={styles.bar} style={colour ? { '--person': colour } : undefined}>
      <Reply aria-hidden="true" />
      <div className={styles.quote}>
        <p className={styles.name} dir="auto">
          {isOwn ? t('reply.toYourself') : name === undefined ? t('reply.toMissing') : t('reply.to', { name })}
        </p>
        <p className={styles.words} data-placeholder={!isText || undefined} dir="auto">
          {words}
        </p>
      </div>
      <IconButton label={t('reply.cancel')} onClick={onCancel} className={styles.cancel ?? ''}>
        <X />
      </IconButton>
    </div>
  );
}
