/** Asks what shall become of the data on this device when some of it is nowhere else. Keeping it is the default. */
import { type FormEvent, useState } from 'react';
import { Button } from '../parts/Button.tsx';
import { Dialog, DialogActions } from '../parts/Dialog.tsx';
import { text } from '../text.ts';
import styles from './SignOutDialog.module.css';
import type { SignOut } from './use-sign-out.ts';

const CHOICES = [
  ['keep', text.signOut.keep, text.signOut.keepHint],
  ['remove', text.signOut.remove, text.signOut.removeHint],
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
      <form onSubmit={submit} className={styles.form}>
        {CHOICES.map(([value, label, hint]) => (
          <label key={value} className={styles.choice}>
            <input type="radio" name="data" value={value} defaultChecked={value === 'keep'} />
            <span>
              {label}
              <span className={styles.hint}>{hint}</span>
            </span>
          </label>
        ))}
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
