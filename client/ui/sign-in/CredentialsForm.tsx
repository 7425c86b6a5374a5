/**
 * The form of one card: sign in or create an account. Field names and autocomplete tokens are those password managers
 * know; errors stand at their field, or above the button when they come from the server.
 */
import { Eye, EyeOff } from 'lucide-react';
import { type FormEvent, useRef, useState } from 'react';
import type { Accounts } from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import { Button, IconButton } from '../parts/Button.tsx';
import { Field } from '../parts/Field.tsx';
import { describeRequest } from '../problems.ts';
import { MIN_PASSWORD } from './password.ts';
import styles from './SignIn.module.css';

type Problems = { name?: string; email?: string; password?: string; form?: string };

/** What can be said without asking the server. */
function findProblems(mode: 'sign-in' | 'sign-up', input: { name: string; email: string; password: string }): Problems {
  const problems: Problems = {};
  if (mode === 'sign-up' && !input.name) problems.name = t('problem.nameMissing');
  if (!input.email) problems.email = t('problem.emailMissing');
  else if (!/^\S+@\S+$/.test(input.email)) problems.email = t('problem.emailWrong');
  if (!input.password) problems.password = t('problem.passwordMissing');
  else if (mode === 'sign-up' && input.password.length < MIN_PASSWORD) problems.password = t('problem.passwordShort');
  return problems;
}

export function CredentialsForm({
  accounts,
  mode,
  email,
  onDone,
}: {
  accounts: Accounts;
  mode: 'sign-in' | 'sign-up';
  /** Fixed when one particular person signs in again. */
  email?: string;
  onDone?: () => void;
}) {
  const form = useRef<HTMLFormElement>(null);
  const [problems, setProblems] = useState<Problems>({});
  const [isBusy, setBusy] = useState(false);
  const [isShown, setShown] = useState(false);
  const words = mode === 'sign-in' ? 'signIn' : 'signUp';

  const show = (next: Problems) => {
    setProblems(next);
    const field = (['name', 'email', 'password'] as const).find((name) => next[name]);
    if (field) form.current?.querySelector<HTMLInputElement>(`[name=${field}]`)?.focus();
  };

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    // Read from the form and not from state: password managers fill fields without telling React.
    const data = new FormData(event.currentTarget);
    const read = (name: string) => String(data.get(name) ?? '');
    const input = { name: read('name').trim(), email: read('email').trim(), password: read('password') };
    const found = findProblems(mode, input);
    if (Object.keys(found).length > 0) return show(found);
    setProblems({});
    setBusy(true);
    const answer = await (mode === 'sign-in' ? accounts.signIn(input) : accounts.signUp(input));
    setBusy(false);
    if (answer.ok) onDone?.();
    else setProblems({ form: describeRequest(answer.failure) });
  };

  return (
    <form ref={form} className={styles.form} method="post" noValidate onSubmit={submit}>
      {mode === 'sign-up' && (
        <Field
          label={t('signUp.name')}
          hint={t('signUp.nameHint')}
          error={problems.name}
          name="name"
          autoComplete="name"
          maxLength={80}
        />
      )}
      <Field
        label={t('signIn.email')}
        error={problems.email}
        name="email"
        type="email"
        inputMode="email"
        autoComplete={mode === 'sign-in' ? 'username' : 'email'}
        autoCapitalize="none"
        spellCheck={false}
        defaultValue={email}
        readOnly={email !== undefined}
      />
      <Field
        label={t('signIn.password')}
        {...(mode === 'sign-up' && { hint: t('signUp.passwordHint') })}
        error={problems.password}
        name="password"
        type={isShown ? 'text' : 'password'}
        autoComplete={mode === 'sign-in' ? 'current-password' : 'new-password'}
        trailing={
          <IconButton label={isShown ? t('signIn.hide') : t('signIn.show')} onClick={() => setShown(!isShown)}>
            {isShown ? <EyeOff /> : <Eye />}
          </IconButton>
        }
      />
      {problems.form && (
        <p role="alert" className={styles.problem}>
          {problems.form}
        </p>
      )}
      <Button look="primary" type="submit" disabled={isBusy} className={styles.submit}>
        {t(isBusy ? `${words}.busy` : `${words}.action`)}
      </Button>
    </form>
  );
}
