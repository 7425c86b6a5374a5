import { expect, test } from 'vitest';
import { isLine } from './line.ts';

test('names of all scripts, emoji and marks of direction are lines', () => {
  for (const words of [
    'Ana',
    'José-María O’Neil',
    'أنا',
    '\u200fأنا\u200f',
    '李',
    '👩‍👧',
    'ｈａｎａ',
    'a\u200db',
    '…',
    'क्ष',
  ])
    expect(isLine(words), words).toBe(true);
});

test('what breaks the line, turns its direction or cannot be seen is none', () => {
  for (const words of ['a\nb', 'a\u0085b', 'a\u2028b', 'a\u2029b', 'a\u0000', '\u202eanA', 'a\u2066b'])
    expect(isLine(words), JSON.stringify(words)).toBe(false);
  for (const words of [
    '',
    ' ',
    '\u200b',
    '\u2060\ufeff',
    '\u3164',
    '\u115f\u1160\uffa0',
    '\u2800',
    '\u0301',
    '\u200f',
    '\u{e0041}',
  ])
    expect(isLine(words), JSON.stringify(words)).toBe(false);
});
