/** Asks for the password and what shall become of one's messages before the account is deleted. */
import { type FormEvent, type RefObject, useRef, useState } from 'react';
import { Button } from '../parts/Button.tsx';
import { Choices } from '../parts/Choices.tsx';
import { Dialog, DialogActions } from '../parts/Dialog.tsx';
import { Field } from '../parts/Field.tsx';
import { describeRequest } from '../problems.ts';
import { useSession } from '../session.ts';
import { text } from '../text.ts';
import styles from './DeleteAccountDialog.module.css';

const CHOICES = [
  { value: 'keep', label: text.deleteAccount.keep, hint: text.deleteAccount.keepHint },
  { value: 'erase', label: text.deleteAccount.erase, hint: text.deleteAccount.eraseHint },
] as const;

export function DeleteAccountDialog({
  isOpen,
  onClose,
  opener,
}: {
  isOpen: boolean;
  onClose: () => void;
  /** Where the focus returns to. */
  opener: RefObject<HTMLElement | null>;
}) {
  const { messenger, drafts } = useSession();
  const cancel = useRef<HTMLButtonElement>(null);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const close = () => {
    setProblem(undefined);
    onClose();
  };
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const data = new FormData(form);
    const password = String(data.get('password') ?? '');
    const field = form.querySelector<HTMLInputElement>('[name=password]');
    const refuse = (why: string) => {
      setProblem(why);
      field?.focus();
    };
    if (!password) return refuse(text.problem.passwordMissing);
    setBusy(true);
    const answer = await messenger.deleteAccount({ password, erase: data.get('messages') === 'erase' });
    setBusy(false);
    if (answer.ok) drafts.clear();
    else refuse(describeRequest(answer.failure));
  };
  return (
    <Dialog
      isOpen={isOpen}
      onClose={close}
      title={text.deleteAccount.title}
      hint={text.deleteAccount.hint}
      initialFocus={cancel}
      finalFocus={opener}
    >
      <form onSubmit={submit} className={styles.form} noValidate>
        {/* For password managers: whose password it is. */}
        <input type="text" name="email" autoComplete="username" value={messenger.account.email} readOnly hidden />
        <Choices name="messages" label={text.deleteAccount.messages} choices={CHOICES} />
        <Field
          label={text.deleteAccount.password}
          hint={text.deleteAccount.passwordHint}
          error={problem}
          name="password"
          type="password"
          autoComplete="current-password"
          maxLength={128}
        />
        <DialogActions>
          <Button ref={cancel} onClick={close}>
            {text.cancel}
          </Button>
          <Button look="danger" type="submit" disabled={isBusy}>
            {isBusy ? text.deleteAccount.busy : text.deleteAccount.action}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
