/** The person's own menu: who is signed in, starred messages, settings, the keys, signing out. */
import { Menu } from '@base-ui/react/menu';
import { Keyboard, LogOut, Settings, Star } from 'lucide-react';
import type { RefObject } from 'react';
import { t } from '../../language/translate.ts';
import { isTouchOnly } from '../media.ts';
import menu from '../parts/Menu.module.css';
import { PopupMenu } from '../parts/PopupMenu.tsx';
import { showShortcuts } from '../shortcuts/shown-sheet.ts';
import styles from './AccountMenu.module.css';

export function AccountMenuPopup({
  name,
  email,
  anchor,
  isOpen,
  onClose,
  onStars,
  onSettings,
  onSignOut,
}: {
  name: string;
  email: string;
  anchor: RefObject<HTMLButtonElement | null>;
  isOpen: boolean;
  onClose: () => void;
  onStars: () => void;
  onSettings: () => void;
  onSignOut: () => void;
}) {
  return (
    <PopupMenu anchor={anchor} isOpen={isOpen} onClose={onClose} className={styles.popup} opener={() => anchor.current}>
      <div className={styles.who}>
        <p className={styles.name} dir="auto">
          {name}
        </p>
        <p className={styles.email}>{email}</p>
      </div>
      <Menu.Separator className={menu.separator} />
      <Menu.Item className={menu.item} onClick={onStars}>
        <Star aria-hidden="true" />
        {t('stars.title')}
      </Menu.Item>
      <Menu.Item className={menu.item} onClick={onSettings}>
        <Settings aria-hidden="true" />
        {t('settings.open')}
      </Menu.Item>
      {!isTouchOnly() && (
        <Menu.Item className={menu.item} onClick={showShortcuts}>
          <Keyboard aria-hidden="true" />
          {t('shortcuts.title')}
        </Menu.Item>
      )}
      <Menu.Item className={menu.item} onClick={onSignOut}>
        <LogOut aria-hidden="true" />
        {t('account.signOut')}
      </Menu.Item>
    </PopupMenu>
  );
}
