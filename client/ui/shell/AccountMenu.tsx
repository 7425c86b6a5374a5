/** The person's own menu: who is signed in, the theme, signing out. */
import { Menu } from '@base-ui/react/menu';
import { Check, LogOut, Monitor, Moon, Sun } from 'lucide-react';
import { useState } from 'react';
import { Avatar } from '../parts/Avatar.tsx';
import menu from '../parts/Menu.module.css';
import { useSession } from '../session.ts';
import { text } from '../text.ts';
import { chooseTheme, type Theme, useTheme } from '../theme.ts';
import styles from './AccountMenu.module.css';
import { SignOutDialog } from './SignOutDialog.tsx';
import { useSignOut } from './use-sign-out.ts';

const THEMES = [
  ['system', Monitor],
  ['light', Sun],
  ['dark', Moon],
] as const satisfies readonly (readonly [Theme, typeof Sun])[];

export function AccountMenu() {
  const { account } = useSession().messenger;
  const theme = useTheme();
  const signOut = useSignOut();
  const [isAsking, setAsking] = useState(false);

  const leave = () => {
    if (signOut.losses.length > 0) setAsking(true);
    else void signOut.run({ keepLocal: false });
  };

  return (
    <Menu.Root>
      <Menu.Trigger className={styles.trigger} aria-label={text.account.menu}>
        <Avatar id={account.id} name={account.name} size="small" />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner sideOffset={6} align="start" className={menu.positioner}>
          <Menu.Popup className={`${menu.popup} ${styles.popup}`}>
            <div className={styles.who}>
              <p className={styles.name} dir="auto">
                {account.name}
              </p>
              <p className={styles.email}>{account.email}</p>
            </div>
            <Menu.Separator className={menu.separator} />
            <Menu.RadioGroup value={theme} onValueChange={(value) => chooseTheme(value as Theme)}>
              <Menu.GroupLabel className={menu.label}>{text.account.theme}</Menu.GroupLabel>
              {THEMES.map(([value, Icon]) => (
                <Menu.RadioItem key={value} value={value} className={menu.item} closeOnClick={false}>
                  <Icon aria-hidden="true" />
                  {text.account.themes[value]}
                  <Menu.RadioItemIndicator className={menu.check}>
                    <Check aria-hidden="true" />
                  </Menu.RadioItemIndicator>
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
            <Menu.Separator className={menu.separator} />
            <Menu.Item className={menu.item} onClick={leave}>
              <LogOut aria-hidden="true" />
              {text.account.signOut}
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
      <SignOutDialog isOpen={isAsking} onClose={() => setAsking(false)} signOut={signOut} />
    </Menu.Root>
  );
}
