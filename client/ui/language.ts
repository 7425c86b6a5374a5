/** The language: the first that the app speaks of those that the browser asks for. */
import { directionOf, pickLanguage } from '../language/languages.ts';
import { locale } from '../language/locale.ts';
import { loadLanguage } from '../language/translate.ts';

/** Before anything is drawn: it is never drawn in one language and then in another. */
export async function startLanguage(): Promise<void> {
  const language = pickLanguage(navigator.languages);
  await loadLanguage(language);
  const { documentElement: page } = document;
  page.lang = locale();
  page.dir = directionOf(language);
}
