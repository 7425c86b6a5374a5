/** What may be sent, by the server's rules. */
import { describe, expect, it } from 'vitest';
import { MAX_TEXT_CHARACTERS } from '../../../schema/limits.ts';
import { countCharacters, isSendable, toSend } from './sendable.ts';

describe('toSend', () => {
  it('removes NUL, blank lines in front and blanks behind, and nothing else', () => {
    expect(toSend('\n  \n  indented\n\nlast\0 \n')).toBe('  indented\n\nlast');
  });
});

describe('isSendable', () => {
  it('refuses nothing but blanks', () => {
    expect(isSendable(' \n\t\0')).toBe(false);
  });

  it('counts code points, as the server does', () => {
    const full = '🦭'.repeat(MAX_TEXT_CHARACTERS);
    expect(countCharacters(full)).toBe(MAX_TEXT_CHARACTERS);
    expect(isSendable(full)).toBe(true);
    expect(isSendable(`${full}!`)).toBe(false);
  });
});
