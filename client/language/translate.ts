/**
 * Says everything in the language that was loaded: `t('list.unread', { count })`. It is loaded before anything is drawn.
 * Only this file knows i18next.
 */
import { createInstance, type i18n } from 'i18next';
import type { Language } from '../../schema/document/account.ts';
import { formatCount, formatNames } from './format.ts';
import { loadWords } from './languages.ts';
import { direction, locale, speak } from './locale.ts';
import type { Arguments, Key } from './phrases.ts';

let words: i18n | undefined;
/** Phrases that are the same each time: a screen asks for a hundred, and i18next looks for rules and options in each. */
const fixed = new Map<string, string>();

/** The words for `key`; what stands in `{{…}}` there has to be given. */
export function t<K extends Key>(key: K, ...[given]: Arguments<K>): string {
  if (!words) throw new Error(`“${key}” was asked for before a language was loaded.`);
  if (given) return words.t(key, given as Record<string, unknown>);
  const said = fixed.get(key) ?? words.t(key);
  fixed.set(key, said);
  return said;
}

/** Speaks it, if it `isWanted` when its words are there. */
export async function loadLanguage(language: Language, isWanted = () => true): Promise<void> {
  const translation = await loadWords[language]();
  if (!isWanted()) return;
  speak(language);
  const next = createInstance();
  // Given with its resources it is ready at once, and the promise only says so later.
  void next.init({
    lng: locale(),
    fallbackLng: false,
    initAsync: false,
    nsSeparator: false,
    resources: { [language]: { translation } },
    // React escapes what it shows; but a name must not turn the words around it.
    interpolation: { escape: isolated(direction()) },
  });
  // Its own formats keep a formatter for every number and name that was ever shown.
  next.services.formatter?.add('number', formatCount);
  next.services.formatter?.add('list', formatNames);
  words = next;
  fixed.clear();
}

const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]/u;

/** Unicode's marks for a piece whose direction is its own; left out where there is nothing to tell apart. */
const isolated = (direction: 'ltr' | 'rtl') => (value: string) =>
  (direction === 'ltr' ? RIGHT_TO_LEFT : /\p{Letter}/u).test(value) ? `\u2068${value}\u2069` : value;
