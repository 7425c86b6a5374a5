/** What must be seen wherever one is: this device cannot store, the session is over, a new version waits. */
import { HardDriveDownload, LogIn, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { t } from '../../language/translate.ts';
import type { AppUpdate } from '../app-update.ts';
import { useObserved } from '../observed.ts';
import { Banner, BannerAction } from '../parts/Banner.tsx';
import { Dialog } from '../parts/Dialog.tsx';
import { useSession } from '../session.ts';
import { CredentialsForm } from '../sign-in/CredentialsForm.tsx';
import { ProfileBanner } from './ProfileBanner.tsx';
import { PushBanner } from './PushBanner.tsx';
import { RemoveDataDialog } from './RemoveDataDialog.tsx';
import { UpdateBanner } from './UpdateBanner.tsx';

export function Banners({ update }: { update: AppUpdate }) {
  const { messenger, accounts } = useSession();
  const storage = useObserved(messenger.storage);
  const isOutdated = storage?.reason === 'outdated';
  const isSignedOut = useObserved(messenger.signedOut);
  const connection = useObserved(messenger.connection);
  const waiting = connection.is === 'offline' ? connection.waiting : 0;
  const [isSigningIn, setSigningIn] = useState(false);
  const [isRemoving, setRemoving] = useState(false);
  return (
    <div>
      {isSignedOut && (
        <Banner
          look="notice"
          icon={<LogIn />}
          words={waiting > 0 ? t('session.overWaiting', { count: waiting }) : t('session.over')}
        >
          <BannerAction onClick={() => setSigningIn(true)}>{t('signIn.again')}</BannerAction>
          <BannerAction look="quiet" onClick={() => setRemoving(true)}>
            {t('session.remove')}
          </BannerAction>
        </Banner>
      )}
      {storage && (
        <Banner
          look={storage.reason === 'wiped' || isOutdated ? 'notice' : 'danger'}
          icon={storage.reason === 'wiped' ? <HardDriveDownload /> : <TriangleAlert />}
          words={t(`storage.${storage.reason}`)}
        >
          {isOutdated && <BannerAction onClick={update.reload}>{t('update.reload')}</BannerAction>}
        </Banner>
      )}
      {!isOutdated && <UpdateBanner update={update} />}
      <ProfileBanner />
      <PushBanner />
      <RemoveDataDialog isOpen={isRemoving && isSignedOut} onClose={() => setRemoving(false)} />
      <Dialog
        isOpen={isSigningIn && isSignedOut}
        onClose={() => setSigningIn(false)}
        title={t('signIn.again')}
        hint={t('signIn.againHint', { email: messenger.account.email })}
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
