/**
 * The screen behind the link of a password reset: one field for the new password. The token stands behind the `#`, where no server
 * sees it, and leaves the address bar at once.
 */
import { Eye, EyeOff } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import type { Accounts } from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import { Button, IconButton } from '../parts/Button.tsx';
import { Field } from '../parts/Field.tsx';
import { Mark } from '../parts/Mark.tsx';
import { Tide } from '../parts/Tide.tsx';
import { describeRequest } from '../problems.ts';
import { MIN_PASSWORD } from './password.ts';
import styles from './SignIn.module.css';

export function NewPassword({ accounts, token }: { accounts: Accounts; token: string }) {
  const [state, setState] = useState<'asking' | 'busy' | 'done'>('asking');
  const [problem, setProblem] = useState<{ password?: string; form?: string }>({});
  const [isShown, setShown] = useState(false);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const newPassword = String(new FormData(event.currentTarget).get('password') ?? '');
    if (newPassword.length < MIN_PASSWORD) return setProblem({ password: t('problem.passwordShort') });
    setProblem({});
    setState('busy');
    const answer = await accounts.resetPassword({ token, newPassword });
    setState(answer.ok ? 'done' : 'asking');
    if (answer.ok) return;
    const isVoid = answer.failure.is === 'problem' && answer.failure.status === 400;
    setProblem({ form: isVoid ? t('newPassword.isVoid') : describeRequest(answer.failure) });
  };

  return (
    <main className={styles.page}>
      <Tide />
      <div className={styles.brand}>
        <Mark size={56} />
        <p className={styles.app}>{t('app')}</p>
      </div>
      <section className={styles.card} aria-labelledby="new-password-title">
        <h1 id="new-password-title" className={styles.title}>
          {t('newPassword.title')}
        </h1>
        {state === 'done' ? (
          <div className={styles.form}>
            <p role="status">{t('newPassword.done')}</p>
            {/* A page of its own: whoever was signed in here is not any more. */}
            <Button look="primary" className={styles.submit} onClick={() => window.location.assign('/')}>
              {t('signIn.action')}
            </Button>
          </div>
        ) : (
          <form className={styles.form} method="post" noValidate onSubmit={submit}>
            <Field
              label={t('newPassword.field')}
              hint={t('signUp.passwordHint')}
              error={problem.password}
              name="password"
              type={isShown ? 'text' : 'password'}
              autoComplete="new-password"
              trailing={
                <IconButton label={isShown ? t('signIn.hide') : t('signIn.show')} onClick={() => setShown(!isShown)}>
                  {isShown ? <EyeOff /> : <Eye />}
                </IconButton>
              }
            />
            {problem.form && (
              <p role="alert" className={styles.problem}>
                {problem.form}
              </p>
            )}
            <Button look="primary" type="submit" disabled={state === 'busy'} className={styles.submit}>
              {state === 'busy' ? t('newPassword.busy') : t('newPassword.action')}
            </Button>
          </form>
        )}
      </section>
    </main>
  );
}
