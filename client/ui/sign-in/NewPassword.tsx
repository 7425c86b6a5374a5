/**
 * The screen behind the link of a password reset: one field for the new password. The token stands behind the `#`, where no server
 * sees it, and leaves the address bar at once.
 */
import { Eye, EyeOff } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import type { Accounts } from '../../conversation/conversation.ts';
import { Button, IconButton } from '../parts/Button.tsx';
import { Field } from '../parts/Field.tsx';
import { Mark } from '../parts/Mark.tsx';
import { Tide } from '../parts/Tide.tsx';
import { describeRequest } from '../problems.ts';
import { text } from '../text.ts';
import { MIN_PASSWORD } from './password.ts';
import styles from './SignIn.module.css';

export function NewPassword({ accounts, token }: { accounts: Accounts; token: string }) {
  const [state, setState] = useState<'asking' | 'busy' | 'done'>('asking');
  const [problem, setProblem] = useState<{ password?: string; form?: string }>({});
  const [isShown, setShown] = useState(false);
  const words = text.newPassword;

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const newPassword = String(new FormData(event.currentTarget).get('password') ?? '');
    if (newPassword.length < MIN_PASSWORD) return setProblem({ password: text.problem.passwordShort });
    setProblem({});
    setState('busy');
    const answer = await accounts.resetPassword({ token, newPassword });
    setState(answer.ok ? 'done' : 'asking');
    if (answer.ok) return;
    const isVoid = answer.failure.is === 'problem' && answer.failure.status === 400;
    setProblem({ form: isVoid ? words.isVoid : describeRequest(answer.failure) });
  };

  return (
    <main className={styles.page}>
      <Tide />
      <div className={styles.brand}>
        <Mark size={56} />
        <p className={styles.app}>{text.app}</p>
      </div>
      <section className={styles.card} aria-labelledby="new-password-title">
        <h1 id="new-password-title" className={styles.title}>
          {words.title}
        </h1>
        {state === 'done' ? (
          <div className={styles.form}>
            <p role="status">{words.done}</p>
            {/* A page of its own: whoever was signed in here is not any more. */}
            <Button look="primary" className={styles.submit} onClick={() => window.location.assign('/')}>
              {text.signIn.action}
            </Button>
          </div>
        ) : (
          <form className={styles.form} method="post" noValidate onSubmit={submit}>
            <Field
              label={words.field}
              hint={text.signUp.passwordHint}
              error={problem.password}
              name="password"
              type={isShown ? 'text' : 'password'}
              autoComplete="new-password"
              trailing={
                <IconButton label={isShown ? text.signIn.hide : text.signIn.show} onClick={() => setShown(!isShown)}>
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
              {state === 'busy' ? words.busy : words.action}
            </Button>
          </form>
        )}
      </section>
    </main>
  );
}
