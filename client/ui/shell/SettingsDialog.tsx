/** Settings that a person's devices share: the theme, and what others may know; each with what it means. */
import { THEMES, type Theme } from '../../../schema/document/account.ts';
import { t } from '../../language/translate.ts';
import { useObserved } from '../observed.ts';
import { Dialog } from '../parts/Dialog.tsx';
import { Pills } from '../parts/Pills.tsx';
import { useSession } from '../session.ts';
import { chooseTheme, useTheme } from '../theme.ts';
import { LanguageSetting } from './LanguageSetting.tsx';
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
    <Dialog isOpen={isOpen} onClose={onClose} title={t('settings.title')} hint={t('settings.hint')} size="tall">
      <div className={styles.body}>
        <fieldset className={styles.group}>
          <legend className={styles.legend}>{t('account.theme')}</legend>
          <Pills
            name="theme"
            label={t('account.theme')}
            options={THEMES.map((each) => [each, t(`account.themes.${each}`)])}
            value={theme}
            onChange={choose}
          />
        </fieldset>
        <LanguageSetting />
        <fieldset className={styles.group}>
          <legend className={styles.legend}>{t('settings.privacy')}</legend>
          {PRIVACY.map((key) => (
            <label key={key} className={styles.setting}>
              <span>
                {t(`settings.${key}`)}
                <span id={`setting-${key}`} className={styles.hint}>
                  {t(`settings.hints.${key}`)}
                </span>
              </span>
              <input
                type="checkbox"
                aria-label={t(`settings.${key}`)}
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
