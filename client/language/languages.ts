/** Where the words of each language are: in a chunk of its own, loaded when it is spoken. */
import type { Language } from '../../schema/document/account.ts';
import type { english } from './en/index.ts';
import type { Translation } from './phrases.ts';

export const loadWords: { readonly [L in Language]: () => Promise<Translation<typeof english, L>> } = {
  en: async () => (await import('./en/index.ts')).english,
  de: async () => (await import('./de/index.ts')).german,
  es: async () => (await import('./es/index.ts')).spanish,
  ar: async () => (await import('./ar/index.ts')).arabic,
};

/** Each in its own words, so that who cannot read the page finds theirs. */
export const NAMES: Readonly<Record<Language, string>> = { en: 'English', de: 'Deutsch', es: 'Español', ar: 'العربية' };
