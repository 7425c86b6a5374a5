/** The only screen of a person who is not signed in: one card that signs in or creates an account. */
import { useState } from 'react';
import type { Accounts } from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import type { AppUpdate } from '../app-update.ts';
import { useInvitation } from '../invitation/invitation.ts';
import { Mark } from '../parts/Mark.tsx';
import { Tide } from '../parts/Tide.tsx';
import { UpdateBanner } from '../shell/UpdateBanner.tsx';
import { CredentialsForm } from './CredentialsForm.tsx';
import styles from './SignIn.module.css';

export function SignIn({ accounts, update }: { accounts: Accounts; update: AppUpdate }) {
  const [mode, setMode] = useState<'sign-in' | 'sign-up'>('sign-in');
  const isInvited = useInvitation() !== undefined;
  const words = mode === 'sign-in' ? 'signIn' : 'signUp';
  return (
    <main className={styles.page}>
      <div className={styles.update}>
        <UpdateBanner update={update} />
      </div>
      <Tide />
      <div className={styles.brand}>
        <Mark size={56} />
        <p className={styles.app}>{t('app')}</p>
        <p className={styles.tagline}>{t('tagline')}</p>
      </div>
      <section className={styles.card} aria-labelledby="sign-in-title">
        <h1 id="sign-in-title" className={styles.title}>
          {t(`${words}.title`)}
        </h1>
        {isInvited && (
          <p role="status" className={styles.invited}>
            {t('invitation.signIn')}
          </p>
        )}
        <CredentialsForm key={mode} accounts={accounts} mode={mode} />
        <p className={styles.switch}>
          {t(`${words}.switch`)}{' '}
          <button
            type="button"
            className={styles.link}
            onClick={() => setMode(mode === 'sign-in' ? 'sign-up' : 'sign-in')}
          >
            {t(`${words}.switchAction`)}
          </button>
        </p>
      </section>
    </main>
  );
}
