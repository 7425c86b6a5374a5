/** The letters on a person's mark. */
import { expect, it } from 'vitest';
import { initials } from './Avatar.tsx';

it.each([
  ['Mara Lindqvist', 'ML'],
  ['ana', 'A'],
  ['Greta van der Meer', 'GM'],
  ['Mara (away)', 'MA'],
  ['élodie Ångström', 'ÉÅ'],
  ['داليا حداد', 'دح'],
  ['🦭 seal', '🦭S'],
  ['', ''],
])('of %j are %j', (name, letters) => {
  expect(initials(name)).toBe(letters);
});
