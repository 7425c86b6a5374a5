/** The person's own menu: who is signed in, the theme, settings, signing out, deleting the account. */
import { Menu } from '@base-ui/react/menu';
import { Check, Download, LogOut, Monitor, MonitorSmartphone, Moon, Settings, Sun, Trash2 } from 'lucide-react';
import type { RefObject } from 'react';
import type { Theme } from '../../../schema/document/account.ts';
import type { Account } from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import menu from '../parts/Menu.module.css';
import { focusAfterMenu } from '../parts/menu-focus.ts';
import { useSession } from '../session.ts';
import { chooseTheme, useTheme } from '../theme.ts';
import styles from './AccountMenu.module.css';

const THEMES = [
  ['system', Monitor],
  ['light', Sun],
  ['dark', Moon],
] as const satisfies readonly (readonly [Theme, typeof Sun])[];

export function AccountMenuPopup({
  account,
  anchor,
  isOpen,
  onClose,
  onDevices,
  onSettings,
  onExport,
  onSignOut,
  onDelete,
}: {
  account: Account;
  anchor: RefObject<HTMLButtonElement | null>;
  isOpen: boolean;
  onClose: () => void;
  onDevices: () => void;
  onSettings: () => void;
  onExport: () => void;
  onSignOut: () => void;
  onDelete: () => void;
}) {
  const theme = useTheme();
  const { shared } = useSession().messenger;
  const choose = (next: Theme) => {
    chooseTheme(next);
    shared.setTheme(next);
  };
  return (
    <Menu.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Menu.Portal>
        <Menu.Positioner anchor={anchor} sideOffset={6} align="start" className={menu.positioner}>
          <Menu.Popup className={`${menu.popup} ${styles.popup}`} finalFocus={() => focusAfterMenu(anchor.current)}>
            <div className={styles.who}>
              <p className={styles.name} dir="auto">
                {account.name}
              </p>
              <p className={styles.email}>{account.email}</p>
            </div>
            <Menu.Separator className={menu.separator} />
            <Menu.RadioGroup value={theme} onValueChange={(value) => choose(value as Theme)}>
              <Menu.GroupLabel className={menu.label}>{t('account.theme')}</Menu.GroupLabel>
              {THEMES.map(([value, Icon]) => (
                <Menu.RadioItem key={value} value={value} className={menu.item} closeOnClick={false}>
                  <Icon aria-hidden="true" />
                  {t(`account.themes.${value}`)}
                  <Menu.RadioItemIndicator className={menu.check}>
                    <Check aria-hidden="true" />
                  </Menu.RadioItemIndicator>
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
            <Menu.Separator className={menu.separator} />
            <Menu.Item className={menu.item} onClick={onSettings}>
              <Settings aria-hidden="true" />
              {t('settings.open')}
            </Menu.Item>
            <Menu.Item className={menu.item} onClick={onDevices}>
              <MonitorSmartphone aria-hidden="true" />
              {t('account.devices')}
            </Menu.Item>
            <Menu.Item className={menu.item} onClick={onExport}>
              <Download aria-hidden="true" />
              {t('export.account')}
            </Menu.Item>
            <Menu.Item className={menu.item} onClick={onSignOut}>
              <LogOut aria-hidden="true" />
              {t('account.signOut')}
            </Menu.Item>
            <Menu.Item className={`${menu.item} ${menu.danger}`} onClick={onDelete}>
              <Trash2 aria-hidden="true" />
              {t('account.delete')}
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
