/** How the app looks: theme and language, which all devices share, and the size of everything, which is this device's own. */

import { THEMES, type Theme } from '../../../schema/document/account.ts';
import { t } from '../../language/translate.ts';
import { Pills } from '../parts/Pills.tsx';
import { useSession } from '../session.ts';
import { chooseTextSize, TEXT_SIZES, useTextSize } from '../text-size.ts';
import { chooseTheme, useTheme } from '../theme.ts';
import { LanguageSetting } from './LanguageSetting.tsx';
import styles from './Settings.module.css';

export function AppearanceSettings() {
  const { shared } = useSession().messenger;
  const theme = useTheme();
  const size = useTextSize();
  const choose = (next: Theme) => {
    chooseTheme(next);
    shared.setTheme(next);
  };
  return (
    <>
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
        <legend className={styles.legend}>{t('settings.textSize')}</legend>
        <Pills
          name="text-size"
          label={t('settings.textSize')}
          options={TEXT_SIZES.map((each) => [each, t(`settings.textSizes.${each}`)])}
          value={size}
          onChange={chooseTextSize}
        />
        <p className={styles.hint}>{t('settings.textSizeHint')}</p>
      </fieldset>
    </>
  );
}
