/** Asks once before messages are deleted for everyone. */
import { memo, useRef, useState } from 'react';
import type { Conversation, TimelineRow } from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import { Button } from '../parts/Button.tsx';
import { Dialog, DialogActions } from '../parts/Dialog.tsx';
import { describeStorage } from '../problems.ts';

export const DeleteDialog = memo(function DeleteDialog({
  conversation,
  rows,
  onClose,
  onDeleted,
}: {
  conversation: Conversation;
  /** Undefined: closed. */
  rows: readonly TimelineRow[] | undefined;
  onClose: () => void;
  onDeleted: () => void;
}) {
  const [problem, setProblem] = useState<string>();
  const cancel = useRef<HTMLButtonElement>(null);
  const close = () => {
    setProblem(undefined);
    onClose();
  };
  const confirm = async () => {
    try {
      for (const { message } of rows ?? []) await conversation.delete(message.id);
      close();
      onDeleted();
    } catch (failure) {
      setProblem(describeStorage(failure));
    }
  };
  return (
    <Dialog
      isOpen={rows !== undefined}
      onClose={close}
      title={rows && rows.length > 1 ? t('selection.removeTitle', { count: rows.length }) : t('remove.title')}
      hint={t('remove.hint')}
      initialFocus={cancel}
    >
      {problem && <p role="alert">{problem}</p>}
      <DialogActions>
        <Button ref={cancel} onClick={close}>
          {t('cancel')}
        </Button>
        <Button look="danger" onClick={confirm}>
          {t('remove.action')}
        </Button>
      </DialogActions>
    </Dialog>
  );
});
