/** Previews read as what is shown, without the signs that asked for it. */
import { describe, expect, it } from 'vitest';
import type { UserId } from '../ids.ts';
import { mention, mentionedUser, mentions, plainPreview, plainText } from './plain-text.ts';

describe('plainText', () => {
  it.each([
    ['**bold**, *italic* and ~~gone~~', 'bold, italic and gone'],
    ['**bold *and* more**', 'bold and more'],
    ['run `npm *test*` now', 'run npm *test* now'],
    ['```ts\nconst a = `b`;\n```\nthere', 'const a = `b`;\nthere'],
    ['> quoted\n>> twice\nmine', 'quoted\ntwice\nmine'],
    ['[the map](https://example.org/a_(b)) is here', 'the map is here'],
    ['ask [@Ana Berg](user:u-1)!', 'ask @Ana Berg!'],
    ['ask [@Ana Berg](user:u-…', 'ask @Ana Berg'],
  ])('%j', (text, plain) => {
    expect(plainText(text)).toBe(plain);
  });

  it.each([
    'nothing to see',
    '2 * 3 * 4 and 2*3*4',
    'snake_case_name',
    '¯\\_(ツ)_/¯',
    '[a](javascript:alert)',
    '5 > 3',
    'https://example.org/_a_b',
  ])('%j stays as it is', (text) => {
    expect(plainText(text)).toBe(text);
  });

  it('has the length of a preview, also of what is long and full of signs', () => {
    expect(plainPreview(`**${'a'.repeat(200)}**`)).toHaveLength(140);
    expect(plainPreview('*a '.repeat(2_600)).length).toBeLessThanOrEqual(140);
  });
});

describe('a mention', () => {
  const ana = 'u-1' as UserId;

  it('names one person exactly, whatever their name is', () => {
    expect(mention(ana, 'Ana [x](https://example.org)')).toBe('[@Ana  x (https://example.org)](user:u-1)');
    expect(mentions(`so ${mention(ana, 'Ana')}?`, ana)).toBe(true);
    expect(mentions(mention('u-11' as UserId, 'Ana'), ana)).toBe(false);
    expect(plainText(mention(ana, 'Ana Berg'))).toBe('@Ana Berg');
  });

  it('is an address of its own kind', () => {
    expect(mentionedUser('user:u-1')).toBe(ana);
    expect(mentionedUser('user:u/1')).toBeUndefined();
    expect(mentionedUser('https://user:u-1')).toBeUndefined();
  });
});
