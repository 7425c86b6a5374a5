/** How moments look: in a bubble, on a line of the list, in a day heading. Everything is local time. */
import { useEffect, useState } from 'react';
import { perLocale } from '../language/locale.ts';
import { t } from '../language/translate.ts';

const DAY_MS = 86_400_000;

const moment = (options: Intl.DateTimeFormatOptions) => perLocale((locale) => new Intl.DateTimeFormat(locale, options));

const time = moment({ hour: 'numeric', minute: '2-digit' });
const weekday = moment({ weekday: 'long' });
const shortWeekday = moment({ weekday: 'short' });
const dayOfYear = moment({ day: 'numeric', month: 'long' });
const shortDayOfYear = moment({ day: 'numeric', month: 'short' });
const dayAndYear = moment({ day: 'numeric', month: 'long', year: 'numeric' });
const shortDate = moment({ day: '2-digit', month: '2-digit', year: '2-digit' });
const full = moment({ dateStyle: 'full', timeStyle: 'short' });
const brief = moment({ dateStyle: 'medium', timeStyle: 'short' });

/** Local midnight of the day of `at`. */
export function startOfDay(at: number): number {
  const date = new Date(at);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

/** A day as date fields write it: `2026-01-31`. */
export function dateInputValue(at: number): string {
  const date = new Date(at);
  const two = (part: number) => String(part).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Local midnight of that day; undefined when it is none. `new Date(text)` would mean midnight in Greenwich. */
export function readDateInput(value: string): number | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value);
  if (!match) return undefined;
  const at = new Date(Number(match[1]), Number(match[2]) - 1, Number(match[3])).getTime();
  return dateInputValue(at) === value ? at : undefined;
}

/** Whole days from `at` to `today`; rounding absorbs the hour of a clock change. */
const daysAgo = (at: number, today: number): number => Math.round((startOfDay(today) - startOfDay(at)) / DAY_MS);

const isSameYear = (a: number, b: number): boolean => new Date(a).getFullYear() === new Date(b).getFullYear();

export const clockTime = (at: number): string => time().format(at);
export const fullTime = (at: number): string => full().format(at);
/** Where there is little room: "12 Mar 2024, 14:05". */
export const briefTime = (at: number): string => brief().format(at);

/** "Today", "Yesterday", "Monday", "12 March", "12 March 2024". */
export function dayLabel(at: number, today: number): string {
  const days = daysAgo(at, today);
  if (days === 0) return t('dates.today');
  if (days === 1) return t('dates.yesterday');
  if (days > 1 && days < 7) return weekday().format(at);
  return isSameYear(at, today) ? dayOfYear().format(at) : dayAndYear().format(at);
}

/** For a line of the list: "14:05", "Yesterday", "Mon", "12 Mar", "12/03/24". */
export function shortTime(at: number, today: number): string {
  const days = daysAgo(at, today);
  if (days === 0) return clockTime(at);
  if (days === 1) return t('dates.yesterday');
  if (days > 1 && days < 7) return shortWeekday().format(at);
  return isSameYear(at, today) ? shortDayOfYear().format(at) : shortDate().format(at);
}

/** When somebody was last seen: "at 14:05", "yesterday at 14:05", "on 12 March". */
export function lastSeenTime(at: number, today: number): string {
  const days = daysAgo(at, today);
  if (days <= 0) return t('presence.today', { time: clockTime(at) });
  if (days === 1) return t('presence.yesterday', { time: clockTime(at) });
  return onDay(at, today);
}

/** A day, also one to come: "on 12 March", "on 12 March 2027". */
export const onDay = (at: number, today: number): string => t('presence.earlier', { date: plainDay(at, today) });

/** "12 March", "12 March 2027". */
export const plainDay = (at: number, today: number): string =>
  (isSameYear(at, today) ? dayOfYear : dayAndYear)().format(at);

/** Local midnight of today; changes when the day does, also after the device slept. */
export function useToday(): number {
  const [today, setToday] = useState(() => startOfDay(Date.now()));
  useEffect(() => {
    const check = () => setToday(startOfDay(Date.now()));
    const timer = setInterval(check, 60_000);
    document.addEventListener('visibilitychange', check);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', check);
    };
  }, []);
  return today;
}
