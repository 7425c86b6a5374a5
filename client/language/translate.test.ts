/** What is said, and that nobody's name is taken for an instruction. */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { pickLanguage } from './pick-language.ts';
import { loadLanguage, t } from './translate.ts';

// Newer versions of Node have a navigator too, and the machine's languages in it.
vi.hoisted(() => vi.stubGlobal('navigator', { languages: ['en-GB'] }));

it('nothing is said before a language is loaded', () => {
  expect(() => t('app')).toThrow('before a language was loaded');
});

describe('t', () => {
  beforeAll(() => loadLanguage('en'));

  it('chooses the form by the number, and writes the number as the language does', () => {
    expect(t('conversation.members', { count: 1 })).toBe('1 member');
    expect(t('conversation.members', { count: 1234 })).toBe('1,234 members');
  });

  it('an Arabic name keeps to its place', () => {
    expect(t('create.remove', { name: 'سارة' })).toBe('Remove \u2068سارة\u2069');
  });

  it('joins names as the language does', () => {
    expect(t('presence.typing', { names: ['Ana', 'Bo'], count: 2 })).toBe('Ana and Bo are typing…');
  });

  it.each(['{{name}}', '$t(app)', '$t(list.unread, {"count": 1})', '<b>Ana</b>', '{{- x}}', '$&'])(
    'leaves a person called %s as they are',
    (name) => {
      expect(t('conversation.announce', { name, message: '{{name}} $t(app)' })).toBe(`${name}: {{name}} $t(app)`);
    },
  );
});

it.each([
  [['de-AT', 'en'], 'de'],
  [['fr-FR', 'es-419', 'en-US'], 'es'],
  [['AR-eg'], 'ar'],
  [['fr', 'arc'], 'en'],
  [[], 'en'],
])('who wants %j gets %s', (wanted, language) => {
  expect(pickLanguage(wanted)).toBe(language);
});

describe('in Arabic', () => {
  beforeAll(() => loadLanguage('ar'));

  it('each number has its form', () => {
    const members = [0, 1, 2, 3, 11, 100].map((count) => t('conversation.members', { count }));
    expect(members).toEqual(['لا أعضاء', 'عضو واحد', 'عضوان', '3 أعضاء', '11 عضوًا', '100 عضو']);
  });

  it('a name keeps to its place, whichever way it is written', () => {
    expect(t('create.remove', { name: 'Ana (1)' })).toBe('إزالة \u2068Ana (1)\u2069');
  });
});
