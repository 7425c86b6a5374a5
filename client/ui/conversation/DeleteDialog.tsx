/** Asks for whom several messages are to be deleted: one of them is deleted at once, and comes back as easily. */
import { memo, useRef } from 'react';
import type { Deletion } from '../../conversation/deletions.ts';
import { t } from '../../language/translate.ts';
import { Button } from '../parts/Button.tsx';
import { Dialog, DialogActions } from '../parts/Dialog.tsx';

export const DeleteDialog = memo(function DeleteDialog({
  count,
  mayForMe,
  mayForEveryone,
  onClose,
  onConfirm,
}: {
  /** Of the messages; undefined: closed. */
  count: number | undefined;
  mayForMe: boolean;
  mayForEveryone: boolean;
  onClose: () => void;
  onConfirm: (whom: Deletion['whom']) => void;
}) {
  const cancel = useRef<HTMLButtonElement>(null);
  const mayBoth = mayForMe && mayForEveryone;
  const leave = (
    <Button ref={cancel} look={mayBoth ? 'quiet' : 'plain'} onClick={onClose}>
      {t('cancel')}
    </Button>
  );
  return (
    <Dialog
      isOpen={count !== undefined}
      onClose={onClose}
      title={t('selection.removeTitle', { count: count ?? 0 })}
      hint={t(mayForEveryone ? 'remove.hint' : 'remove.hintForMe')}
      initialFocus={cancel}
    >
      <DialogActions areStacked={mayBoth}>
        {!mayBoth && leave}
        {mayForEveryone && (
          <Button look="danger" onClick={() => onConfirm('everyone')}>
            {t('message.delete')}
          </Button>
        )}
        {mayForMe && (
          <Button look={mayForEveryone ? 'plain' : 'danger'} onClick={() => onConfirm('me')}>
            {t('message.deleteForMe')}
          </Button>
        )}
        {mayBoth && leave}
      </DialogActions>
    </Dialog>
  );
});
