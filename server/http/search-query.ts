/** Writes the terms of a search as a `tsquery` over the lexemes of `search_vector`. Tokens hold no quotes, so nothing escapes. */
import type { QueryToken, Term } from '../../schema/search/query.ts';

/** `where` are further lexemes: one of each group must be there. */
export function toTsquery(terms: readonly Term[], where: readonly (readonly string[])[] = []): string {
  const wanted = terms.map(({ tokens, isExcluded }) => `${isExcluded ? '!' : ''}(${tokens.map(lexeme).join(' ')})`);
  return [...wanted, ...where.map((group) => `(${group.map((each) => `'${each}'`).join(' | ')})`)].join(' & ');
}

function lexeme({ text, place, isPrefix }: QueryToken, index: number, tokens: readonly QueryToken[]): string {
  const before = tokens[index - 1];
  return `${before ? `<${place - before.place}> ` : ''}'${text}'${isPrefix ? ':*' : ''}`;
}
