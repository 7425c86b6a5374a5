/** Everything of the account as one file: what is in it, how far it is, and a way to give it up. */
import { type RefObject, useRef } from 'react';
import { t } from '../../language/translate.ts';
import { useObserved } from '../observed.ts';
import { Button } from '../parts/Button.tsx';
import { Dialog, DialogActions } from '../parts/Dialog.tsx';
import { useSession } from '../session.ts';
import { ExportProgress } from './ExportProgress.tsx';
import { useExport } from './use-export.ts';

export function AccountExportDialog({
  isOpen,
  onClose,
  opener,
}: {
  isOpen: boolean;
  onClose: () => void;
  /** Where the focus returns to. */
  opener: RefObject<HTMLElement | null>;
}) {
  const { messenger } = useSession();
  const { state, start, stop } = useExport();
  const isOffline = useObserved(messenger.connection).is === 'offline';
  const first = useRef<HTMLButtonElement>(null);
  const close = () => {
    stop();
    onClose();
  };
  const begin = () => {
    // The button that was pressed goes.
    first.current?.focus();
    start(messenger.exports.ofAccount());
  };
  const isEnded = state?.is === 'done';
  return (
    <Dialog
      isOpen={isOpen}
      onClose={close}
      title={t('export.accountTitle')}
      hint={isOffline && !state ? t('export.accountOffline') : t('export.accountHint')}
      initialFocus={first}
      finalFocus={opener}
    >
      {state && <ExportProgress state={state} />}
      <DialogActions>
        <Button ref={first} look={isEnded ? 'primary' : 'plain'} onClick={close}>
          {isEnded ? t('close') : t('cancel')}
        </Button>
        {state?.is !== 'running' && !isEnded && (
          <Button look="primary" disabled={isOffline} onClick={begin}>
            {state ? t('export.retry') : t('export.action')}
          </Button>
        )}
      </DialogActions>
    </Dialog>
  );
}
