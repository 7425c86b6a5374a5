/** Asks what shall become of the data on this device when some of it is nowhere else. Keeping it is the default. */
import { type FormEvent, useState } from 'react';
import { t } from '../../language/translate.ts';
import { Button } from '../parts/Button.tsx';
import { Choices } from '../parts/Choices.tsx';
import { Dialog, DialogActions } from '../parts/Dialog.tsx';
import type { SignOut } from './use-sign-out.ts';

const CHOICES = ['keep', 'remove'] as const;

export function SignOutDialog({
  losses,
  onClose,
  signOut,
}: {
  /** What would be lost; undefined while nobody asks. */
  losses: readonly string[] | undefined;
  onClose: () => void;
  signOut: SignOut;
}) {
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    await signOut.run({ data: new FormData(event.currentTarget).get('data') === 'keep' ? 'keep' : 'remove' });
    setBusy(false);
  };
  return (
    <Dialog isOpen={losses !== undefined} onClose={onClose} title={t('signOut.title')} hint={losses?.join(' ')}>
      <form onSubmit={submit}>
        <Choices
          name="data"
          label={t('signOut.data')}
          choices={CHOICES.map((value) => ({ value, label: t(`signOut.${value}`), hint: t(`signOut.${value}Hint`) }))}
        />
        <DialogActions>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button look="primary" type="submit" disabled={isBusy}>
            {isBusy ? t('signOut.busy') : t('signOut.action')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
