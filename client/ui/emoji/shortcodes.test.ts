/** Emoji by their names, from the real data. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type Emoji, loadEmoji } from './emoji-data.ts';
import { exactEmoji, findByShortcode } from './shortcodes.ts';

let all: readonly Emoji[];
beforeAll(async () => {
  all = await loadEmoji();
});

const find = (query: string) => findByShortcode(all, query, { tone: 'none', most: 6 });

describe('a shortcode', () => {
  it('is found by its beginning, the shortest first, then by any part', () => {
    expect(find('wav').map(({ shortcode }) => shortcode)).toEqual(['wave', 'wavy_dash']);
    expect(find('smil').map(({ shortcode }) => shortcode)[0]).toMatch(/^smil/);
    expect(find('thumbs')[0]?.emoji).toBe('👍');
    expect(find('heart').length).toBe(6);
    expect(find('zzzz')).toEqual([]);
  });

  it('names one emoji, in the preferred tone where it has tones', () => {
    expect(exactEmoji(all, '+1', 'none')).toBe('👍');
    expect(exactEmoji(all, 'Thumbsup', 'dark')).toBe('👍🏿');
    expect(exactEmoji(all, 'ferry', 'dark')).toBe('⛴️');
    expect(exactEmoji(all, 'no-such', 'none')).toBeUndefined();
  });
});

it('an emoji that is coloured anyway is written as keyboards write it, so that equal ones are equal texts', () => {
  expect(all.filter(({ emoji }) => /^\p{Emoji_Presentation}\uFE0F$/u.test(emoji))).toEqual([]);
  expect(all.length).toBeGreaterThan(1_500);
});
