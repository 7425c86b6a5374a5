/** Numbers, sizes and names as the language writes them. Dates are in `client/ui/dates.ts`. */
import { perLocale } from './locale.ts';

const number = perLocale((locale) => new Intl.NumberFormat(locale));
const list = perLocale((locale) => new Intl.ListFormat(locale, { type: 'conjunction' }));
const size = (unit: 'kilobyte' | 'megabyte' | 'gigabyte', maximumFractionDigits: number) =>
  perLocale((locale) => new Intl.NumberFormat(locale, { style: 'unit', unit, maximumFractionDigits }));
const kilobytes = size('kilobyte', 0);
const megabytes = size('megabyte', 1);
const gigabytes = size('gigabyte', 1);

export const formatCount = (count: number): string => number().format(count);
export const formatNames = (names: readonly string[]): string => list().format(names);
export const formatMegabytes = (bytes: number): string => megabytes().format(bytes / 1_000_000);
export function formatSize(bytes: number): string {
  if (bytes < 100_000) return kilobytes().format(Math.ceil(bytes / 1_000));
  return bytes < 1_000_000_000 ? formatMegabytes(bytes) : gigabytes().format(bytes / 1_000_000_000);
}

/** A badge has room for three characters. */
export const formatBadge = (count: number): string => (count > 99 ? `${formatCount(99)}+` : formatCount(count));
