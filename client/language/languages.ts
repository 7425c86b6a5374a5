/** Where the words of each language are: in a chunk of its own, loaded when it is spoken. */
import { LANGUAGES, type Language } from '../../schema/document/account.ts';
import type { english } from './en/index.ts';
import type { Translation } from './phrases.ts';

export const loadWords: { readonly [L in Language]: () => Promise<Translation<typeof english, L>> } = {
  en: async () => (await import('./en/index.ts')).english,
  de: async () => (await import('./de/index.ts')).german,
  es: async () => (await import('./es/index.ts')).spanish,
  ar: async () => (await import('./ar/index.ts')).arabic,
};

/** The first of the person's languages that the app speaks; English if there is none. */
export function pickLanguage(wanted: readonly string[]): Language {
  for (const each of wanted) {
    const [own] = each.toLowerCase().split('-');
    const found = LANGUAGES.find((language) => language === own);
    if (found) return found;
  }
  return 'en';
}

/** Each in its own words, so that who cannot read the page finds theirs. */
export const NAMES: Readonly<Record<Language, string>> = { en: 'English', de: 'Deutsch', es: 'Español', ar: 'العربية' };
