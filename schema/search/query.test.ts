import { describe, expect, test } from 'vitest';
import { findMatches, isSearchable, makeExcerpt, parseQuery } from './query.ts';
import { fold, originsOf, tokenize } from './tokens.ts';

/** The parts of `text` that match; undefined when it does not. */
const find = (text: string, query: string) =>
  findMatches(text, parseQuery(query))?.map(([start, end]) => text.slice(start, end));

describe('tokens', () => {
  test('fold case, accents, width and letters that are written in two ways', () => {
    const words = tokenize(fold('Straße ŒUVRE naïve ﬁn ＡＢＣ Ἀθῆναι ёлка مَرْحَبًا שָׁלוֹם İstanbul ısı Łódź')).map(
      ({ text }) => text,
    );
    expect(words.join(' ')).toBe('strasse oeuvre naive fin abc αθηναι елка مرحبا שלום istanbul isi lodz');
  });

  test('are words between separators, and pairs of what is written without spaces', () => {
    const texts = (text: string) => tokenize(fold(text)).map(({ text: token, place }) => `${token}@${place}`);
    expect(texts("can't e-mail (3.5)")).toEqual(['can@1', 't@2', 'e@3', 'mail@4', '3@5', '5@6']);
    expect(texts('東京都 a')).toEqual(['東京@1', '京都@2', '都@3', 'a@4']);
    expect(texts('ok👍👍ok')).toEqual(['ok@1', '👍👍@2', '👍@3', 'ok@4']);
    expect(texts('')).toEqual([]);
  });

  test('know where they come from', () => {
    for (const text of ['Straße', 'ÉTÉ', 'e\u0301te\u0301', 'ﷺ!', '👍🏽 ok', 'がﾞ', 'ไทย'])
      expect(originsOf(text).length, text).toBe(fold(text).length + 1);
  });
});

describe('a query', () => {
  test.each([
    ['Meet at the Harbour', 'harbour meet', ['Meet', 'Harbour']],
    ['Meet at the harbour', 'harb', ['harb']],
    ['Meet at the harbour', 'harb ', undefined],
    ['Meet at the harbour', 'h', undefined],
    ['Meet at the harbour', 'harb meet', undefined],
    ['Meet at the harbour', 'arbour', undefined],
    ['Meet at the harbour', '"at the"', ['at the']],
    ['Meet at the harbour', '“the at”', undefined],
    ['Meet at the harbour', '"at the', ['at the']],
    ['Meet at the harbour', 'meet -pier', ['Meet']],
    ['Meet at the harbour', 'meet -the', undefined],
    ['Meet at the harbour', 'meet -"the at"', ['Meet']],
    ['Meet at the harbour', 'meet -"at the"', undefined],
    ['Meet at the harbour', 'meet -harb', ['Meet']],
    ['Ein Café an der Straße', 'cafe STRASSE', ['Café', 'Straße']],
    ['e\u0301te\u0301', 'ete', ['e\u0301te\u0301']],
    ['foo.bar', 'foo-bar', ['foo.bar']],
    ['I saw <b>it</b>', 'b', ['b', 'b']],
    ['明日は東京タワーに行く', '東京', ['東京']],
    ['明日は東京タワーに行く', '東京タワー', ['東京タワー']],
    ['明日は東京タワーに行く', '京東', undefined],
    ['明日は東京タワーに行く', '行', ['行']],
    ['明日は東京タワーに行く', '"東京タワー" 明日', ['明日', '東京タワー']],
    ['明日は東京タワーに行く', '東タ', undefined],
    ['東京tower', '京tower', ['京tower']],
    ['ｱﾆﾒ', 'アニメ', ['ｱﾆﾒ']],
    ['我们明天见面吧', '明天', ['明天']],
    ['我们明天见面吧', '明天 -见面', undefined],
    ['สวัสดีครับ', 'ครับ', ['ครับ']],
    ['한국어 공부', '한국', ['한국']],
    ['Great 👍🏽!', '👍', ['👍']],
  ])('%s / %s', (text, query, expected) => expect(find(text, query)).toEqual(expected));

  test('needs something to look for', () => {
    for (const query of ['', '  ', '!?', '""', '-', '-word', '-"a b" .'])
      expect(isSearchable(parseQuery(query)), query).toBe(false);
    for (const query of ['a', '-', '"a', '京', '👍'])
      expect(isSearchable(parseQuery(query)), query).toBe(query !== '-');
  });
});

describe('an excerpt', () => {
  const excerptOf = (text: string, query: string) => {
    const excerpt = makeExcerpt(text, findMatches(text, parseQuery(query)) ?? []);
    return { ...excerpt, parts: excerpt.highlights.map(([start, end]) => excerpt.text.slice(start, end)) };
  };

  test('of a short text is all of it, on one line', () => {
    expect(excerptOf('one\ntwo\nthree', 'two')).toMatchObject({ text: 'one two three', parts: ['two'] });
  });

  test('of a long text is what surrounds the first match', () => {
    const text = `${'before '.repeat(50)}needle ${'after '.repeat(50)}needle`;
    const { text: shown, parts } = excerptOf(text, 'needle');
    expect(parts).toEqual(['needle']);
    expect(shown.length).toBeLessThan(170);
    expect(shown).toMatch(/^…e? ?.*before needle after .*…$/);
    expect(excerptOf(`needle ${'after '.repeat(50)}`, 'needle').text.startsWith('needle')).toBe(true);
  });

  test('is never cut within a character', () => {
    for (let lead = 30; lead < 60; lead++) {
      const text = `${'x'.repeat(lead % 2)}${'👍'.repeat(lead)} needle ${'👍'.repeat(200)}`;
      expect(excerptOf(text, 'needle').text.isWellFormed(), `${lead}`).toBe(true);
    }
  });
});
