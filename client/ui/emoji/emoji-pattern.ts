/**
 * Patterns that know what an emoji is. Compiled at run time: as a literal, the newer `v` flag would keep the whole app from
 * starting in a browser without it.
 */

/** Undefined in a browser from before 2023. */
export function emojiPattern(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern, 'v');
  } catch {
    // It shows emoji all the same, and only cannot tell them from other texts.
    return undefined;
  }
}
