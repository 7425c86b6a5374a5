/** Finding people and conversations by the beginnings of words in their names. Pure. */

/** "É" is found by "e". */
const fold = (words: string): string => words.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase();

/** Whether every word of the query begins some word of the name. */
export function matchesName(query: string): (name: string) => boolean {
  const wanted = fold(query).split(/\s+/u).filter(Boolean);
  return (name) => {
    if (wanted.length === 0) return true;
    const words = fold(name).split(/\s+/u);
    return wanted.every((want) => words.some((word) => word.startsWith(want)));
  };
}
