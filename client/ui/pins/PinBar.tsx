/**
 * Above the timeline: the message that was pinned last, and the way to it and to all others. Of one height, so that nothing moves when
 * its words are found or change.
 */
import { List, Pin } from 'lucide-react';
import { useState } from 'react';
import { isDeleted } from '../../../schema/document/message.ts';
import type { Conversation, ConversationSummary, JumpTarget, TimelineRow } from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import { IconButton } from '../parts/Button.tsx';
import { isOpen, lazily } from '../parts/lazily.tsx';
import { useSession } from '../session.ts';
import { quoteWords } from '../timeline/quoted.ts';
import { useQuoted } from '../timeline/use-quoted.ts';
import styles from './PinBar.module.css';

const PinList = lazily(async () => (await import('./PinList.tsx')).PinList, isOpen);

interface PinBarProps {
  readonly conversation: Conversation;
  readonly summary: ConversationSummary;
  readonly rows: readonly TimelineRow[];
  readonly onJump: (target: JumpTarget) => void;
}

export function PinBar({ pins, ...props }: PinBarProps & { pins: NonNullable<ConversationSummary['pins']> }) {
  const { conversation, summary, rows, onJump } = props;
  const me = useSession().messenger.account.id;
  const [isListOpen, setListOpen] = useState(false);
  const [newest, ...others] = pins as [(typeof pins)[number], ...typeof pins];
  const quoted = useQuoted(conversation, newest.message, rows);
  // The server takes the pin away; until this device has heard it, it has heard of the deletion.
  if (typeof quoted === 'object' && isDeleted(quoted)) return others.length > 0 && <PinBar pins={others} {...props} />;
  const { words, isText } = quoteWords(quoted, summary, me);
  return (
    <div className={styles.bar}>
      <button type="button" className={styles.newest} onClick={() => onJump({ message: newest.message })}>
        <Pin aria-hidden="true" />
        <span className={styles.what}>
          <span className={styles.title}>{t('pins.newest')}</span>
          <span className={styles.words} data-placeholder={!isText || undefined} dir="auto">
            {words}
          </span>
        </span>
      </button>
      <IconButton
        label={t('pins.all', { count: pins.length })}
        aria-haspopup="dialog"
        onClick={() => setListOpen(true)}
      >
        <List />
      </IconButton>
      <PinList isOpen={isListOpen} onClose={() => setListOpen(false)} pins={pins} {...props} />
    </div>
  );
}
