/** The button of the person's own menu. The menu itself is loaded right after the first sight. */
import { useRef, useState } from 'react';
import { t } from '../../language/translate.ts';
import { Avatar } from '../parts/Avatar.tsx';
import { isOpen, lazily } from '../parts/lazily.tsx';
import { useSession } from '../session.ts';
import styles from './AccountMenu.module.css';
import { DeleteAccountDialog } from './DeleteAccountDialog.tsx';
import { SettingsDialog } from './SettingsDialog.tsx';
import { SignOutDialog } from './SignOutDialog.tsx';
import { useSignOut } from './use-sign-out.ts';

const AccountMenuPopup = lazily(async () => (await import('./AccountMenuPopup.tsx')).AccountMenuPopup, isOpen);
const AccountExportDialog = lazily(
  async () => (await import('../export/AccountExportDialog.tsx')).AccountExportDialog,
  isOpen,
);
const DevicesDialog = lazily(async () => (await import('../devices/DevicesDialog.tsx')).DevicesDialog, isOpen);

export function AccountMenu() {
  const { account } = useSession().messenger;
  const signOut = useSignOut();
  const button = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const [isShowingDevices, setShowingDevices] = useState(false);
  const [isSettings, setSettings] = useState(false);
  const [isExporting, setExporting] = useState(false);
  const [isDeleting, setDeleting] = useState(false);
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
        <Avatar id={account.id} name={account.name} size="small" />
      </button>
      <AccountMenuPopup
        account={account}
        anchor={button}
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        onSettings={() => setSettings(true)}
        onDevices={() => setShowingDevices(true)}
        onExport={() => setExporting(true)}
        onSignOut={leave}
        onDelete={() => setDeleting(true)}
      />
      <DevicesDialog isOpen={isShowingDevices} onClose={() => setShowingDevices(false)} />
      <SettingsDialog isOpen={isSettings} onClose={() => setSettings(false)} />
      <AccountExportDialog isOpen={isExporting} onClose={() => setExporting(false)} opener={button} />
      <DeleteAccountDialog isOpen={isDeleting} onClose={() => setDeleting(false)} opener={button} />
      <SignOutDialog losses={losses} onClose={() => setLosses(undefined)} signOut={signOut} />
    </>
  );
}
