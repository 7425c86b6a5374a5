/** Asks what shall become of the data on this device when some of it is nowhere else. Keeping it is the default. */
import { type FormEvent, useState } from 'react';
import { Button } from '../parts/Button.tsx';
import { Choices } from '../parts/Choices.tsx';
import { Dialog, DialogActions } from '../parts/Dialog.tsx';
import { text } from '../text.ts';
import type { SignOut } from './use-sign-out.ts';

const CHOICES = [
  { value: 'keep', label: text.signOut.keep, hint: text.signOut.keepHint },
  { value: 'remove', label: text.signOut.remove, hint: text.signOut.removeHint },
] as const;

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
    <Dialog isOpen={losses !== undefined} onClose={onClose} title={text.signOut.title} hint={losses?.join(' ')}>
      <form onSubmit={submit}>
        <Choices name="data" label={text.signOut.data} choices={CHOICES} />
        <DialogActions>
          <Button onClick={onClose}>{text.cancel}</Button>
          <Button look="primary" type="submit" disabled={isBusy}>
            {isBusy ? text.signOut.busy : text.signOut.action}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
