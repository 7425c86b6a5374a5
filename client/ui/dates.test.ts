/** Words for days and moments. */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { loadLanguage } from '../language/translate.ts';
import { dayLabel, shortTime, startOfDay } from './dates.ts';

// Newer versions of Node have a navigator too, and the machine's languages in it.
vi.hoisted(() => vi.stubGlobal('navigator', { languages: ['en-GB'] }));
beforeAll(() => loadLanguage('en'));

const today = startOfDay(new Date(2026, 4, 20).getTime());
const on = (day: number, month = 4, year = 2026) => new Date(year, month, day, 14, 5).getTime();

describe('dayLabel', () => {
  it.each([
    [on(20), 'Today'],
    [on(19), 'Yesterday'],
    [on(18), 'Monday'],
    [on(13), '13 May'],
    [on(20, 11, 2024), '20 December 2024'],
    [on(21), '21 May'],
  ])('of %i is %s', (at, label) => {
    expect(dayLabel(at, today)).toBe(label);
  });
});

describe('shortTime', () => {
  it.each([
    [on(20), '14:05'],
    [on(19), 'Yesterday'],
    [on(18), 'Mon'],
    [on(13), '13 May'],
    [on(20, 11, 2024), '20/12/24'],
  ])('of %i is %s', (at, label) => {
    expect(shortTime(at, today)).toBe(label);
  });
});
