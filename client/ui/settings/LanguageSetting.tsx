/** The choice of a language, each named in itself; the app is drawn anew in it at once. */
import { LANGUAGE_CHOICES, type LanguageChoice } from '../../../schema/document/account.ts';
import { NAMES } from '../../language/languages.ts';
import { t } from '../../language/translate.ts';
import { chooseLanguage, useLanguageChoice } from '../language.ts';
import { Pills } from '../parts/Pills.tsx';
import { useSession } from '../session.ts';
import styles from './Settings.module.css';

export function LanguageSetting() {
  const { shared } = useSession().messenger;
  const chosen = useLanguageChoice();
  const choose = (next: LanguageChoice) => {
    chooseLanguage(next);
    shared.setLanguage(next);
  };
  return (
    <fieldset className={styles.group}>
      <legend className={styles.legend}>{t('account.language')}</legend>
      <Pills
        name="language"
        label={t('account.language')}
        options={LANGUAGE_CHOICES.map((each) => [each, each === 'system' ? t('account.languageSystem') : NAMES[each]])}
        value={chosen}
        onChange={choose}
      />
    </fieldset>
  );
}
