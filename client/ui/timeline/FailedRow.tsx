/** A text the server refused: it stays on this device, says why, and waits for a decision. */
import { CircleAlert } from 'lucide-react';
import { memo } from 'react';
import type { ConversationSummary, FailedText } from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import { MessageText } from '../markup/MessageText.tsx';
import { Button } from '../parts/Button.tsx';
import styles from './FailedRow.module.css';

export type FailedAction = 'retry' | 'edit' | 'copy' | 'delete';

const ACTIONS = ['retry', 'edit', 'copy', 'delete'] as const satisfies readonly FailedAction[];

export const FailedRow = memo(function FailedRow({
  failed,
  members,
  isTabStop,
  onAction,
}: {
  failed: FailedText;
  members: ConversationSummary['members'];
  isTabStop: boolean;
  onAction: (failed: FailedText, action: FailedAction) => void;
}) {
  return (
    <div className={styles.row}>
      <div className={styles.bubble}>
        <div className={styles.text} dir="auto">
          <MessageText isTabbable={isTabStop} members={members}>
            {failed.text}
          </MessageText>
        </div>
        <p className={styles.reason}>
          <CircleAlert aria-hidden="true" />
          <span>
            <strong>{failed.edit ? t('failed.edit') : t('failed.message')}.</strong>{' '}
            {t(`failed.reasons.${failed.kind}`)}
          </span>
        </p>
      </div>
      <div className={styles.actions}>
        {ACTIONS.map((action) => (
          <Button key={action} look="quiet" tabIndex={isTabStop ? 0 : -1} onClick={() => onAction(failed, action)}>
            {t(`failed.actions.${action}`)}
          </Button>
        ))}
      </div>
    </div>
  );
});
