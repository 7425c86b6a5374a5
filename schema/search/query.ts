/**
 * What a person types to search: words that must all be there, "phrases", -exclusions; the word being typed is the beginning of
 * one, from its second letter on. Compares it with texts, and shows where it was found.
 */
import { fold, originsOf, type Token, tokenize } from './tokens.ts';

/** More than a sentence is no search. */
export const MAX_QUERY_CHARACTERS = 200;

/** Context shown with a match: three lines on a phone. */
const MAX_EXCERPT_CHARACTERS = 160;
/** Of them before the first match. */
const LEAD_CHARACTERS = 40;

export interface QueryToken extends Token {
  /** The beginning of a token is enough. */
  readonly isPrefix: boolean;
}

/** Tokens that must follow each other as they do here. */
export interface Term {
  readonly tokens: readonly QueryToken[];
  readonly isExcluded: boolean;
}

/** A part of a text, from the first UTF-16 unit to the one behind the last. */
export type Range = readonly [start: number, end: number];

/** The terms of a query; none of them is wanted when there is nothing to look for. */
export function parseQuery(query: string): readonly Term[] {
  const straight = query.slice(0, MAX_QUERY_CHARACTERS).replace(/[“”„«»]/g, '"');
  const terms = [...straight.matchAll(/(-?)(?:"([^"]*)"?|([^\s"]+))/gu)];
  return terms.flatMap((match) => {
    const [whole, minus, phrase, word] = match;
    const tokens = tokenize(fold(phrase ?? word ?? ''), 'pairs');
    const isBeingTyped = word !== undefined && minus === '' && match.index + whole.length === straight.length;
    const last = tokens.at(-1);
    const isPrefix = (token: Token) => {
      const isOne = [...token.text].length === 1;
      return token.isUnspaced ? isOne : isBeingTyped && token === last && !isOne;
    };
    const marked = tokens.map((token) => ({ ...token, isPrefix: isPrefix(token) }));
    return marked.length > 0 ? [{ tokens: marked, isExcluded: minus === '-' }] : [];
  });
}

/** False when there is nothing to look for: no word at all, or only what must not be there. */
export const isSearchable = (terms: readonly Term[]): boolean => terms.some((term) => !term.isExcluded);

/** Where the wanted terms stand in `text`, in order, without overlaps; undefined when it does not match. */
export function findMatches(text: string, terms: readonly Term[]): Range[] | undefined {
  const tokens = tokenize(fold(text));
  const found: Range[] = [];
  for (const { tokens: wanted, isExcluded } of terms) {
    const ranges = tokens.flatMap((_, index) => {
      const end = endOfMatch(tokens, index, wanted);
      return end === undefined ? [] : [[(tokens[index] as Token).from, end] as const];
    });
    if (ranges.length > 0 === isExcluded) return undefined;
    found.push(...ranges);
  }
  const origins = originsOf(text);
  return join(found.map(([start, end]) => [origins[start] ?? text.length, origins[end] ?? text.length]));
}

export interface Excerpt {
  /** Part of the message, on one line, with an ellipsis where something was left out. */
  readonly text: string;
  readonly highlights: readonly Range[];
}

/** The text around the first match. */
export function makeExcerpt(text: string, matches: readonly Range[]): Excerpt {
  const first = matches[0]?.[0] ?? 0;
  const isShort = text.length <= MAX_EXCERPT_CHARACTERS;
  const start = isShort ? 0 : boundary(text, first <= LEAD_CHARACTERS ? 0 : first - LEAD_CHARACTERS);
  const end = isShort ? text.length : boundary(text, Math.min(text.length, start + MAX_EXCERPT_CHARACTERS));
  const lead = start > 0 ? '…' : '';
  const shift = lead.length - start;
  const excerpt = lead + text.slice(start, end).replace(/\s/g, ' ') + (end < text.length ? '…' : '');
  const inside = matches.filter(([from]) => from >= start && from < end);
  return { text: excerpt, highlights: inside.map(([from, to]) => [from + shift, Math.min(to, end) + shift]) };
}

/** The end of `wanted` in the folded text when it stands at `index`. */
function endOfMatch(tokens: readonly Token[], index: number, wanted: readonly QueryToken[]): number | undefined {
  const shift = (tokens[index] as Token).place - (wanted[0] as QueryToken).place;
  let end: number | undefined;
  let next = index;
  for (const want of wanted) {
    while (tokens[next] && (tokens[next] as Token).place < want.place + shift) next++;
    const token = tokens[next];
    const fits =
      token?.place === want.place + shift &&
      (token.text === want.text || (want.isPrefix && token.text.startsWith(want.text)));
    if (!fits) return undefined;
    end = token.from + want.text.length;
  }
  return end;
}

/** Not between the halves of a character. */
const boundary = (text: string, index: number): number =>
  /^[\udc00-\udfff]/.test(text.slice(index)) ? index - 1 : index;

function join(ranges: Range[]): Range[] {
  const joined: [number, number][] = [];
  for (const [start, end] of ranges.sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
    const last = joined.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else joined.push([start, end]);
  }
  return joined;
}
