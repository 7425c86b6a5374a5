/** Asks before a group is left, and what shall become of what this person wrote there. */
import { type FormEvent, type RefObject, useRef, useState } from 'react';
import type { ConversationSummary } from '../../conversation/conversation.ts';
import { Button } from '../parts/Button.tsx';
import { Choices } from '../parts/Choices.tsx';
import { Dialog, DialogActions } from '../parts/Dialog.tsx';
import { describeRequest } from '../problems.ts';
import { closeConversation } from '../router.ts';
import { useSession } from '../session.ts';
import { text } from '../text.ts';

const CHOICES = [
  { value: 'keep', label: text.leave.keep, hint: text.leave.keepHint },
  { value: 'erase', label: text.leave.erase, hint: text.leave.eraseHint },
] as const;

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
      title={text.leave.title(summary.title)}
      hint={text.leave.hint}
      initialFocus={cancel}
      finalFocus={opener}
    >
      <form onSubmit={submit}>
        <Choices name="messages" label={text.leave.messages} choices={CHOICES} />
        {problem && <p role="alert">{problem}</p>}
        <DialogActions>
          <Button ref={cancel} onClick={close}>
            {text.cancel}
          </Button>
          <Button look="danger" type="submit" disabled={isBusy}>
            {isBusy ? text.leave.busy : text.leave.action}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
