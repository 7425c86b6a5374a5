/** Which texts may be sent, by the rules the server will apply, and what exactly is sent. */
import { isTooLong } from '../../../schema/limits.ts';

/** Without NUL, which no server stores, blank lines in front and blanks behind; an indented first line stays. */
export const toSend = (typed: string): string =>
  typed
    .replaceAll('\0', '')
    .replace(/^\s*\n/, '')
    .trimEnd();

export function isSendable(typed: string): boolean {
  const text = toSend(typed);
  return text !== '' && !isTooLong(text);
}

/** Code points, as the server counts. */
export function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
