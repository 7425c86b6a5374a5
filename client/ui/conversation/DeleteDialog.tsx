/** Asks once before a message is deleted for everyone. */
import { memo, useRef, useState } from 'react';
import type { Conversation, TimelineRow } from '../../conversation/conversation.ts';
import { Button } from '../parts/Button.tsx';
import { Dialog, DialogActions } from '../parts/Dialog.tsx';
import { describeStorage } from '../problems.ts';
import { text } from '../text.ts';

export const DeleteDialog = memo(function DeleteDialog({
  conversation,
  row,
  onClose,
}: {
  conversation: Conversation;
  row: TimelineRow | undefined;
  onClose: () => void;
}) {
  const [problem, setProblem] = useState<string>();
  const cancel = useRef<HTMLButtonElement>(null);
  const close = () => {
    setProblem(undefined);
    onClose();
  };
  const confirm = async () => {
    if (!row) return;
    try {
      await conversation.delete(row.message.id);
      close();
    } catch (failure) {
      setProblem(describeStorage(failure));
    }
  };
  return (
    <Dialog
      isOpen={row !== undefined}
      onClose={close}
      title={text.remove.title}
      hint={text.remove.hint}
      initialFocus={cancel}
    >
      {problem && <p role="alert">{problem}</p>}
      <DialogActions>
        <Button ref={cancel} onClick={close}>
          {text.cancel}
        </Button>
        <Button look="danger" onClick={confirm}>
          {text.remove.action}
        </Button>
      </DialogActions>
    </Dialog>
  );
});
