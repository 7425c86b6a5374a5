/** Settings that a person's devices share: the theme, and what others may know; each with what it means. */
import { THEMES, type Theme } from '../../../schema/document/account.ts';
import { useObserved } from '../observed.ts';
import { Dialog } from '../parts/Dialog.tsx';
import { Pills } from '../parts/Pills.tsx';
import { useSession } from '../session.ts';
import { text } from '../text.ts';
import { chooseTheme, useTheme } from '../theme.ts';
import { NotificationSettings } from './NotificationSettings.tsx';
import { ProgramSettings } from './ProgramSettings.tsx';
import styles from './SettingsDialog.module.css';

const PRIVACY = ['receipts', 'presence', 'typing'] as const;

export function SettingsDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { shared } = useSession().messenger;
  const { privacy } = useObserved(shared.values);
  const theme = useTheme();
  const choose = (next: Theme) => {
    chooseTheme(next);
    shared.setTheme(next);
  };
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={text.settings.title} hint={text.settings.hint} size="tall">
      <div className={styles.body}>
        <fieldset className={styles.group}>
          <legend className={styles.legend}>{text.account.theme}</legend>
          <Pills
            name="theme"
            label={text.account.theme}
            options={THEMES.map((each) => [each, text.account.themes[each]])}
            value={theme}
            onChange={choose}
          />
        </fieldset>
        <fieldset className={styles.group}>
          <legend className={styles.legend}>{text.settings.privacy}</legend>
          {PRIVACY.map((key) => (
            <label key={key} className={styles.setting}>
              <span>
                {text.settings[key]}
                <span id={`setting-${key}`} className={styles.hint}>
                  {text.settings.hints[key]}
                </span>
              </span>
              <input
                type="checkbox"
                aria-label={text.settings[key]}
                aria-describedby={`setting-${key}`}
                checked={privacy[key]}
                onChange={(event) => shared.setPrivacy({ [key]: event.target.checked })}
              />
            </label>
          ))}
        </fieldset>
        <NotificationSettings />
        <ProgramSettings />
      </div>
    </Dialog>
  );
}
