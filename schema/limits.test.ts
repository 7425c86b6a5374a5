import { describe, expect, test } from 'vitest';
import { isTooLong, MAX_PREVIEW_CHARACTERS, MAX_TEXT_CHARACTERS, preview } from './limits.ts';

describe('a text is too long', () => {
  test.each(['x', '🌊', 'é'])('by code points, as Postgres counts: %s', (character) => {
    expect(isTooLong(character.repeat(MAX_TEXT_CHARACTERS))).toBe(false);
    expect(isTooLong(character.repeat(MAX_TEXT_CHARACTERS + 1))).toBe(true);
  });

  test('also when both kinds of characters stand in it', () => {
    const half = MAX_TEXT_CHARACTERS / 2;
    expect(isTooLong('x'.repeat(half) + '🌊'.repeat(half))).toBe(false);
    expect(isTooLong('x'.repeat(half) + '🌊'.repeat(half + 1))).toBe(true);
    expect(isTooLong('x'.repeat(3 * MAX_TEXT_CHARACTERS))).toBe(true);
  });
});

describe('a preview', () => {
  test('is the text when it is short enough', () => {
    for (const text of ['', 'hello', 'x'.repeat(MAX_PREVIEW_CHARACTERS)]) expect(preview(text)).toBe(text);
  });

  test.each(['x', '🌊'])('is cut between code points and says so: %s', (character) => {
    const cut = preview(character.repeat(1_000));
    expect([...cut]).toHaveLength(MAX_PREVIEW_CHARACTERS);
    expect(cut.endsWith('…')).toBe(true);
    expect(cut.isWellFormed()).toBe(true);
  });
});
