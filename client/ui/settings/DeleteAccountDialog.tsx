/** Asks for the password and what shall become of one's messages before the account is deleted. */
import { type FormEvent, type RefObject, useRef, useState } from 'react';
import { t } from '../../language/translate.ts';
import { Button } from '../parts/Button.tsx';
import { Choices } from '../parts/Choices.tsx';
import { Dialog, DialogActions } from '../parts/Dialog.tsx';
import { Field } from '../parts/Field.tsx';
import { describeRequest } from '../problems.ts';
import { useSession } from '../session.ts';
import styles from './DeleteAccountDialog.module.css';

const CHOICES = ['keep', 'erase'] as const;

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
    if (!password) return refuse(t('problem.passwordMissing'));
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
      title={t('deleteAccount.title')}
      hint={t('deleteAccount.hint')}
      initialFocus={cancel}
      finalFocus={opener}
    >
      <form onSubmit={submit} className={styles.form} noValidate>
        {/* For password managers: whose password it is. */}
        <input type="text" name="email" autoComplete="username" value={messenger.account.email} readOnly hidden />
        <Choices
          name="messages"
          label={t('deleteAccount.messages')}
          choices={CHOICES.map((value) => ({
            value,
            label: t(`deleteAccount.${value}`),
            hint: t(`deleteAccount.${value}Hint`),
          }))}
        />
        <Field
          label={t('deleteAccount.password')}
          hint={t('deleteAccount.passwordHint')}
          error={problem}
          name="password"
          type="password"
          autoComplete="current-password"
          maxLength={128}
        />
        <DialogActions>
          <Button ref={cancel} onClick={close}>
            {t('cancel')}
          </Button>
          <Button look="danger" type="submit" disabled={isBusy}>
            {isBusy ? t('deleteAccount.busy') : t('deleteAccount.action')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
