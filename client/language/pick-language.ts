/** Apart from where the words are: the service worker picks, too, and has few words of its own. */
import { LANGUAGES, type Language } from '../../schema/document/account.ts';

/** The first of the person's languages that the app speaks; English if there is none. */
export function pickLanguage(wanted: readonly string[]): Language {
  for (const each of wanted) {
    const [own] = each.toLowerCase().split('-');
    const found = LANGUAGES.find((language) => language === own);
    if (found) return found;
  }
  return 'en';
}
