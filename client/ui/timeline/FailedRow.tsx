/** A text the server refused: it stays on this device, says why, and waits for a decision. */
import { CircleAlert } from 'lucide-react';
import { memo } from 'react';
import type { ConversationSummary, FailedText } from '../../conversation/conversation.ts';
import { MessageText } from '../markup/MessageText.tsx';
import { Button } from '../parts/Button.tsx';
import { text } from '../text.ts';
import styles from './FailedRow.module.css';

export type FailedAction = 'retry' | 'edit' | 'copy' | 'delete';

const ACTIONS = [
  ['retry', text.failed.retry],
  ['edit', text.failed.editAction],
  ['copy', text.failed.copy],
  ['delete', text.failed.delete],
] as const satisfies readonly (readonly [FailedAction, string])[];

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
            <strong>{failed.edit ? text.failed.edit : text.failed.message}.</strong> {text.failed.reasons[failed.kind]}
          </span>
        </p>
      </div>
      <div className={styles.actions}>
        {ACTIONS.map(([action, label]) => (
          <Button key={action} look="quiet" tabIndex={isTabStop ? 0 : -1} onClick={() => onAction(failed, action)}>
            {label}
          </Button>
        ))}
      </div>
    </div>
  );
});
