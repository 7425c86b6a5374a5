/** Asks once before everything of an account whose session is over leaves this device. */
import { useRef, useState } from 'react';
import { t } from '../../language/translate.ts';
import { Button } from '../parts/Button.tsx';
import { Dialog, DialogActions } from '../parts/Dialog.tsx';
import { useSignOut } from './use-sign-out.ts';

export function RemoveDataDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const signOut = useSignOut();
  const [isBusy, setBusy] = useState(false);
  const cancel = useRef<HTMLButtonElement>(null);
  const losses = isOpen ? signOut.findLosses() : [];
  const remove = async () => {
    setBusy(true);
    await signOut.run({ data: 'remove' });
  };
  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      title={t('removeData.title')}
      hint={[...losses, losses.length > 0 ? t('signOut.removeHint') : t('removeData.hint')].join(' ')}
      initialFocus={cancel}
    >
      <DialogActions>
        <Button ref={cancel} onClick={onClose}>
          {t('cancel')}
        </Button>
        <Button look="danger" disabled={isBusy} onClick={() => void remove()}>
          {t('removeData.action')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
