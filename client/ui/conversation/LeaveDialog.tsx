/** Asks before a group is left, and what shall become of what this person wrote there. */
import { type FormEvent, type RefObject, useRef, useState } from 'react';
import type { ConversationSummary } from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import { Button } from '../parts/Button.tsx';
import { Choices } from '../parts/Choices.tsx';
import { Dialog, DialogActions } from '../parts/Dialog.tsx';
import { describeRequest } from '../problems.ts';
import { closeConversation } from '../router.ts';
import { useSession } from '../session.ts';

const CHOICES = ['keep', 'erase'] as const;

export function LeaveDialog({
  summary,
  isOpen,
  onClose,
  opener,
}: {
  summary: ConversationSummary;
  isOpen: boolean;
  onClose: () => void;
  /** Where the focus returns to. */
  opener: RefObject<HTMLElement | null>;
}) {
  const { messenger } = useSession();
  const cancel = useRef<HTMLButtonElement>(null);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const close = () => {
    setProblem(undefined);
    onClose();
  };
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const erase = new FormData(event.currentTarget).get('messages') === 'erase';
    setBusy(true);
    const answer = await messenger.leave(summary.id, { erase });
    setBusy(false);
    if (!answer.ok) return setProblem(describeRequest(answer.failure));
    close();
    closeConversation();
  };
  return (
    <Dialog
      isOpen={isOpen}
      onClose={close}
      title={t('leave.title', { group: summary.title })}
      hint={t('leave.hint')}
      initialFocus={cancel}
      finalFocus={opener}
    >
      <form onSubmit={submit}>
        <Choices
          name="messages"
          label={t('leave.messages')}
          choices={CHOICES.map((value) => ({ value, label: t(`leave.${value}`), hint: t(`leave.${value}Hint`) }))}
        />
        {problem && <p role="alert">{problem}</p>}
        <DialogActions>
          <Button ref={cancel} onClick={close}>
            {t('cancel')}
          </Button>
          <Button look="danger" type="submit" disabled={isBusy}>
            {isBusy ? t('leave.busy') : t('leave.action')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
