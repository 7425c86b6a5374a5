/** The languages of the app, and where the words of each are: a chunk of its own, loaded when it is spoken. */
import type { english } from './en/index.ts';

export const LANGUAGES = ['en'] as const;
export type Language = (typeof LANGUAGES)[number];

export const loadWords: Record<Language, () => Promise<object>> = {
  en: async (): Promise<typeof english> => (await import('./en/index.ts')).english,
};
