/** Styles say where a line begins and ends, not left and right, because Arabic runs the other way. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const here = import.meta.dirname;
const sheets = readdirSync(here, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.css'));

/** The middle is the middle. */
const SIDED =
  /(?<![\w-])(?:(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)[\w-]*|border-(?:top|bottom)-(?:left|right)-radius|left|right)\s*:(?!\s*50%)|(?:text-align|float|clear)\s*:\s*(?:left|right)/;
/** Four values whose second and fourth differ. */
const FOUR = /(?<![\w-])(?:margin|padding|inset|border-(?:width|style|color))\s*:\s*([^;]+);/g;

function sidedIn(sheet: string): string[] {
  const found: string[] = [];
  for (const line of sheet.split('\n')) if (SIDED.test(line)) found.push(line.trim());
  for (const [rule, values = ''] of sheet.matchAll(FOUR)) {
    const [, second, , fourth] = values.match(/(?:[^\s(]+\([^)]*(?:\([^)]*\)[^)]*)*\)|[^\s(]+)+/g) ?? [];
    if (fourth !== undefined && second !== fourth) found.push(rule);
  }
  return found;
}

it('no style knows left and right', () => {
  expect(sheets.length).toBeGreaterThan(30);
  const found = sheets.map((file) => [file, ...sidedIn(readFileSync(join(here, file), 'utf8'))]);
  expect(found.filter(([, ...rules]) => rules.length > 0)).toEqual([]);
});

it.each([
  'margin-left: 2px;',
  'padding-right: 2px;',
  'border-left-color: red;',
  'border-top-left-radius: 2px;',
  '  left: 0;',
  'text-align: right;',
  'float: left;',
  'padding: 1px 2px 3px 4px;',
  'margin: 0 calc(1px + (2px * 3)) 0 env(x, 1px);',
])('it would find %s', (rule) => expect(sidedIn(rule)).toHaveLength(1));

it.each([
  'left: 50%;',
  'inset-inline-start: 0;',
  'padding: 1px 2px 3px 2px;',
  'padding: max(8px, env(safe-area-inset-left)) 8px 4px;',
])('it has nothing against %s', (rule) => expect(sidedIn(rule)).toEqual([]));
