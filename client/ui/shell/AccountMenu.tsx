/** The button of the person's own menu. The menu itself is loaded right after the first sight. */
import { useRef, useState } from 'react';
import { t } from '../../language/translate.ts';
import { useObserved } from '../observed.ts';
import { Avatar } from '../parts/Avatar.tsx';
import { isOpen, lazily } from '../parts/lazily.tsx';
import { useSession } from '../session.ts';
import styles from './AccountMenu.module.css';
import { SignOutDialog } from './SignOutDialog.tsx';
import { useSignOut } from './use-sign-out.ts';

const AccountMenuPopup = lazily(async () => (await import('./AccountMenuPopup.tsx')).AccountMenuPopup, isOpen);
const StarsDialog = lazily(async () => (await import('../stars/StarsDialog.tsx')).StarsDialog, isOpen);
const SettingsDialog = lazily(async () => (await import('../settings/SettingsDialog.tsx')).SettingsDialog, isOpen);

export function AccountMenu() {
  const { messenger, settings } = useSession();
  const { account, profile } = messenger;
  const own = useObserved(profile.own);
  const signOut = useSignOut();
  const button = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const [isShowingStars, setShowingStars] = useState(false);
  const place = useObserved(settings);
  const [losses, setLosses] = useState<readonly string[]>();

  const leave = () => {
    const found = signOut.findLosses();
    if (found.length > 0) setLosses(found);
    else void signOut.run({ data: 'remove-if-sent' });
  };

  return (
    <>
      <button
        ref={button}
        type="button"
        className={styles.trigger}
        aria-label={t('account.menu')}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onClick={() => setOpen(true)}
      >
        <Avatar id={account.id} name={own.name} picture={own.picture} size="small" />
      </button>
      <AccountMenuPopup
        name={own.name}
        email={account.email}
        anchor={button}
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        onSettings={() => settings.set('list')}
        onStars={() => setShowingStars(true)}
        onSignOut={leave}
      />
      <StarsDialog isOpen={isShowingStars} onClose={() => setShowingStars(false)} />
      <SettingsDialog
        isOpen={place !== undefined}
        place={place ?? 'list'}
        onGo={settings.set}
        onClose={() => settings.set(undefined)}
        opener={button}
      />
      <SignOutDialog losses={losses} onClose={() => setLosses(undefined)} signOut={signOut} />
    </>
  );
}
