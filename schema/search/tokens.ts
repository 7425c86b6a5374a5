/**
 * How a text becomes tokens for search, the same in Postgres (`search_vector` in `schema/database/`) and on devices. Case and
 * accents do not matter. Words are what stands between separators; scripts that are written without spaces, and emoji, become
 * overlapping pairs of characters, so that any part of them is found. No language is configured.
 */

/** Marks that are left out: Latin, Greek and Cyrillic accents, Hebrew and Arabic vowels, joiners and variation selectors. */
const IGNORED =
  '\\u00ad\\u0300-\\u036f\\u0591-\\u05bd\\u05bf\\u05c1\\u05c2\\u05c4\\u05c5\\u05c7\\u0640\\u064b-\\u065f\\u0670\\u200b-\\u200f\\u2060\\ufe00-\\ufe0f\\ufeff';

/** Thai, Lao, Burmese, Khmer, symbols, kana, Han, emoji. */
const UNSPACED =
  '\\u0e01-\\u0e3a\\u0e40-\\u0e4e\\u0e81-\\u0ecd\\u1000-\\u103f\\u1050-\\u109f\\u1780-\\u17d3\\u2190-\\u2bff\\u3005-\\u3007\\u3041-\\u30fa\\u30fc-\\u30ff\\u31f0-\\u31ff\\u3400-\\u9fff\\uf900-\\ufaff\\u{1f000}-\\u{3ffff}';

const SEPARATORS =
  '\\u0001-\\u002f\\u003a-\\u0040\\u005b-\\u0060\\u007b-\\u00bf\\u00d7\\u00f7\\u02c2-\\u02df\\u05be\\u05c0\\u05c3\\u05c6\\u05f3\\u05f4\\u060c\\u061b\\u061f\\u066a-\\u066d\\u06d4\\u0964\\u0965\\u0e3f\\u0e4f\\u0e5a\\u0e5b\\u104a-\\u104f\\u1680\\u17d4-\\u17db\\u2000-\\u206f\\u20a0-\\u20cf\\u2e00-\\u2e7f\\u3000-\\u3004\\u3008-\\u303f\\u30fb\\ufe10-\\ufe6f';

/** Postgres allows a lexeme 2 kB; nobody types more than this of a word. */
const MAX_TOKEN_CHARACTERS = 64;

const ignored = new RegExp(`[${IGNORED}]`, 'gu');
const runs = new RegExp(`([${UNSPACED}]+)|[^${UNSPACED}${SEPARATORS}]+`, 'gu');
/** A character with the marks behind it: normalizing moves marks, but never across a character. */
const clusters = /\P{M}\p{M}*|\p{M}+/gu;

/** Letters that no normalization takes apart. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  ħ: 'h',
  ı: 'i',
  ς: 'σ',
};
const letters = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'g');

export interface Token {
  readonly text: string;
  /** Counts the tokens of the text; of a run without spaces, its characters. */
  readonly place: number;
  readonly isUnspaced: boolean;
  /** Where it begins in the folded text, in UTF-16 units. */
  readonly from: number;
}

export function fold(text: string): string {
  const plain = text.normalize('NFKD').replace(ignored, '').toLowerCase();
  return plain.replace(letters, (letter) => LETTERS[letter] as string);
}

/** Reads a text that `fold` made. `pairs-and-end`: the last character of a run without spaces is a token of its own too. */
export function tokenize(folded: string, unspaced: 'pairs' | 'pairs-and-end' = 'pairs-and-end'): Token[] {
  const tokens: Token[] = [];
  let place = 0;
  for (const match of folded.matchAll(runs)) {
    const [run] = match;
    let from = match.index;
    if (match[1] === undefined) {
      place++;
      const text = run.length <= MAX_TOKEN_CHARACTERS ? run : [...run].slice(0, MAX_TOKEN_CHARACTERS).join('');
      tokens.push({ text, place, isUnspaced: false, from });
      continue;
    }
    const characters = [...run];
    for (const [index, character] of characters.entries()) {
      place++;
      const next = characters[index + 1];
      if (next !== undefined || unspaced === 'pairs-and-end' || characters.length === 1)
        tokens.push({ text: character + (next ?? ''), place, isUnspaced: true, from });
      from += character.length;
    }
  }
  return tokens;
}

/** For each UTF-16 unit of the folded text, and its end, where what it came from begins in `text`. */
export function originsOf(text: string): number[] {
  const origins: number[] = [];
  for (const { 0: cluster, index } of text.matchAll(clusters)) {
    const { length } = fold(cluster);
    for (let unit = 0; unit < length; unit++) origins.push(index);
  }
  origins.push(text.length);
  return origins;
}
