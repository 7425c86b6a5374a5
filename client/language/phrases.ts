/**
 * What the compiler knows of the words: every key, what has to be given with it, and the shape that another language must
 * have. English (`en/`) is the measure. A phrase that depends on a number has one form for each plural category of its
 * language (`members_one`, `members_other`; `Intl.PluralRules`) and is asked for without it: `t('conversation.members', { count })`.
 */

import type { Language } from '../../schema/document/account.ts';
import type { english } from './en/index.ts';

type English = typeof english;

/** As `Intl.PluralRules` names them; a test compares. */
interface Categories extends Record<Language, Intl.LDMLPluralRule> {
  en: 'one' | 'other';
  de: 'one' | 'other';
  es: 'one' | 'many' | 'other';
  ar: Intl.LDMLPluralRule;
}
type EnglishCategory = Categories['en'];

/** Every phrase as `[key, words]`. */
type Entry<T, Before extends string = ''> = {
  [K in keyof T & (string | number)]: T[K] extends string ? [`${Before}${K}`, T[K]] : Entry<T[K], `${Before}${K}.`>;
}[keyof T & (string | number)];

type Phrases = { [E in Entry<English> as E[0]]: E[1] };

/** Everything that can be said, by its place in the catalog: `list.title`. */
export type Key = keyof Phrases extends infer K ? (K extends `${infer Base}_${EnglishCategory}` ? Base : K) : never;

/** `{{name}}` takes a string, `{{count, number}}` a number, `{{names, list}}` several strings. */
type Given<Words> = Words extends `${string}{{${infer Inner}}}${infer Rest}`
  ? (Inner extends `${infer Name}, ${infer Kind}`
      ? { readonly [N in Name]: Kind extends 'number' ? number : readonly string[] }
      : { readonly [N in Inner]: string }) &
      Given<Rest>
  : unknown;

type GivenFor<K extends Key> = K extends keyof Phrases
  ? Given<Phrases[K]>
  : `${K}_other` extends keyof Phrases
    ? Given<Phrases[`${K}_other`]> & { readonly count: number }
    : never;

/** Of several keys, what all of them need together. */
type GivenForAll<K extends Key> = (K extends Key ? (given: GivenFor<K>) => void : never) extends (
  given: infer G,
) => void
  ? G
  : never;

/** The second argument of `t`: none for a phrase that stands by itself. */
export type Arguments<K extends Key> = unknown extends GivenForAll<K> ? [] : [given: GivenForAll<K>];

/** Part of a catalog in another language: a key or a plural form too many or too few does not compile. */
export type Translation<Part, L extends Language> = {
  readonly [K in keyof Part as K extends `${infer Base}_other`
    ? `${Base}_${Categories[L]}`
    : K extends `${string}_${EnglishCategory}`
      ? never
      : K]: Part[K] extends string ? string : Translation<Part[K], L>;
};
