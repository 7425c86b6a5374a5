/** What must be seen wherever one is: this device cannot store, the session is over, a new version waits. */
import { HardDriveDownload, LogIn, Sparkles, TriangleAlert } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { type AppUpdate, useUpdate } from '../app-update.ts';
import { useObserved } from '../observed.ts';
import { Button } from '../parts/Button.tsx';
import { Dialog } from '../parts/Dialog.tsx';
import { useSession } from '../session.ts';
import { CredentialsForm } from '../sign-in/CredentialsForm.tsx';
import { text } from '../text.ts';
import styles from './Banners.module.css';

export function Banners({ update }: { update: AppUpdate }) {
  const { messenger, accounts } = useSession();
  const storage = useObserved(messenger.storage);
  const isSignedOut = useObserved(messenger.signedOut);
  const isUpdateReady = useUpdate(update);
  const [isSigningIn, setSigningIn] = useState(false);
  return (
    <div className={styles.banners}>
      {isSignedOut && (
        <Banner look="notice" icon={<LogIn />} words={text.session.over}>
          <Button className={styles.action ?? ''} onClick={() => setSigningIn(true)}>
            {text.signIn.again}
          </Button>
        </Banner>
      )}
      {storage && (
        <Banner
          look={storage.reason === 'wiped' ? 'notice' : 'danger'}
          icon={storage.reason === 'wiped' ? <HardDriveDownload /> : <TriangleAlert />}
          words={text.storage[storage.reason]}
        />
      )}
      {isUpdateReady && (
        <Banner look="notice" icon={<Sparkles />} words={text.update.ready}>
          <Button className={styles.action ?? ''} onClick={update.reload}>
            {text.update.reload}
          </Button>
          <Button look="quiet" className={styles.later ?? ''} onClick={update.dismiss}>
            {text.update.later}
          </Button>
        </Banner>
      )}
      <Dialog
        isOpen={isSigningIn && isSignedOut}
        onClose={() => setSigningIn(false)}
        title={text.signIn.again}
        hint={text.signIn.againHint(messenger.account.email)}
      >
        <CredentialsForm
          accounts={accounts}
          mode="sign-in"
          email={messenger.account.email}
          onDone={() => setSigningIn(false)}
        />
      </Dialog>
    </div>
  );
}

function Banner({
  look,
  icon,
  words,
  children,
}: {
  look: 'notice' | 'danger';
  icon: ReactNode;
  words: string;
  children?: ReactNode;
}) {
  return (
    <div role={look === 'danger' ? 'alert' : 'status'} className={`${styles.banner} ${styles[look]}`}>
      <span className={styles.icon} aria-hidden="true">
        {icon}
      </span>
      <p className={styles.words}>{words}</p>
      {children}
    </div>
  );
}
