/** Every language says everything: all keys, the plural forms that it has, the same values, and nothing left in English. */
import { describe, expect, it } from 'vitest';
import { LANGUAGES } from '../../schema/document/account.ts';
import { english } from './en/index.ts';
import { loadWords } from './languages.ts';

const OTHERS = LANGUAGES.filter((language) => language !== 'en');

/** Words that are the same in two languages, and those that are nobody's. */
const SAME: Record<(typeof OTHERS)[number], readonly string[]> = {
  de: [
    'Tidewire',
    'Offline',
    'online',
    'Name',
    'Chats',
    '{{name}}: {{message}}',
    'In',
    'Info',
    'Emoji',
    'Details',
    'Admin',
    'Webhooks',
    'Format',
    'Normal',
    'Status',
    'JSON',
    'Esc',
    'Tab',
  ],
  es: ['Tidewire', 'Normal', 'Chats', '{{name}}: {{message}}', 'Webhooks', 'JSON', 'Ctrl', 'Esc', 'Tab'],
  ar: ['Tidewire', '{{name}}: {{message}}', 'JSON', 'Ctrl', 'Shift', 'Enter', 'Esc', 'Tab', 'Backspace', 'Home', 'End'],
};

/** What stands in Latin letters among Arabic ones. */
const LATIN =
  /\{\{[^}]*\}\}|\b(?:Tidewire|API|JSON|Yjs|iPhone|iPad|zip|Ctrl|Shift|Enter|Esc|Tab|Backspace|Home|End|Page Up|Page Down)\b/g;

const ENGLISH = /\b(?:the|and|your|you|with|this|of|to|is|are|messages?|conversations?|device|people)\b/i;

interface Words {
  readonly [key: string]: string | Words;
}

function phrases(words: Words, before = ''): Map<string, string> {
  const all = new Map<string, string>();
  for (const [key, value] of Object.entries(words)) {
    if (typeof value === 'string') all.set(before + key, value);
    else for (const [inner, phrase] of phrases(value, `${before}${key}.`)) all.set(inner, phrase);
  }
  return all;
}

const FORM = /_(?:zero|one|two|few|many|other)$/;
const COUNT = '{{count, number}}';
const given = (phrase: string) => [...phrase.matchAll(/\{\{.*?\}\}/g)].map(String).sort();
const measure = phrases(english);

/** The English phrase that says the same. */
const inEnglish = (key: string) => measure.get(key) ?? measure.get(key.replace(FORM, '_other'));

describe.each(OTHERS)('in %s', async (language) => {
  // The type knows each word; here any will do.
  const words = phrases((await loadWords[language]()) as unknown as Words);
  const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;

  it('there is every phrase, in every plural form of the language, and no other', () => {
    const wanted = [...measure.keys()]
      .filter((key) => !key.endsWith('_one'))
      .flatMap((key) => (key.endsWith('_other') ? forms.map((form) => key.replace(FORM, `_${form}`)) : [key]));
    expect([...words.keys()].sort()).toEqual(wanted.sort());
  });

  it('each phrase takes what the English one takes; a form for one number need not write it', () => {
    const wrong = [...words].filter(([key, phrase]) => {
      const taken = given(phrase);
      const mayCount = !/_(?:zero|one|two)$/.test(key) || taken.includes(COUNT);
      const wanted = given(inEnglish(key) ?? '').filter((each) => mayCount || each !== COUNT);
      return taken.join() !== wanted.join();
    });
    expect(wrong).toEqual([]);
  });

  it('nothing is left in English', () => {
    const same = [...words].filter(([key, phrase]) => phrase === inEnglish(key));
    expect(same.filter(([, phrase]) => !SAME[language].includes(phrase))).toEqual([]);
    expect([...words].filter(([, phrase]) => ENGLISH.test(phrase.replace(LATIN, '')))).toEqual([]);
  });

  it('nothing is empty, begins or ends with a space, or has straight quotes or three dots', () => {
    expect([...words].filter(([, phrase]) => /^$|^\s|\s$|['"]|\.\.\./.test(phrase))).toEqual([]);
  });

  if (language !== 'ar') return;
  it('it stands in Arabic letters, but for names', () => {
    expect(
      [...words].filter(([key, phrase]) => key !== 'app' && /\p{Script=Latin}/u.test(phrase.replace(LATIN, ''))),
    ).toEqual([]);
  });
});
