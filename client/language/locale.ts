/**
 * Which language is spoken now, and the locale by which dates and numbers are written: the person's own kind of the
 * language if the browser names one (`de-AT`), else the usual one.
 */
import type { Language } from '../../schema/document/account.ts';

/** English as in Britain: 24 hours, the day before the month. */
const USUAL: Record<Language, string> = { en: 'en-GB', de: 'de', es: 'es', ar: 'ar' };

let spoken: { readonly language: Language; readonly locale: string } | undefined;

function now(): NonNullable<typeof spoken> {
  if (!spoken) throw new Error('No language has been loaded yet.');
  return spoken;
}

export const locale = (): string => now().locale;
export const direction = (): 'ltr' | 'rtl' => (now().language === 'ar' ? 'rtl' : 'ltr');

export function speak(next: Language): void {
  const own = globalThis.navigator?.languages?.find((each) => each.split('-')[0] === next);
  spoken = { language: next, locale: own ?? USUAL[next] };
}

/** Formatters are slow to make and depend on the locale: one is kept until the locale changes. */
export function perLocale<T>(make: (locale: string) => T): () => T {
  let made: { readonly by: string; readonly value: T } | undefined;
  return () => {
    const by = locale();
    if (made?.by !== by) made = { by, value: make(by) };
    return made.value;
  };
}
