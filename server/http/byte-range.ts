/** The `Range` of a request: one range of bytes (RFC 9110). Several at once, and other units, are answered with the whole. */
import type { ByteRange } from '../files/blob-store.ts';

const RANGE = /^bytes=(\d{0,15})-(\d{0,15})$/;

/** Undefined: the whole. `beyond`: it begins after the end. */
export function byteRange(header: string | undefined, size: number): ByteRange | 'beyond' | undefined {
  const [, first, last] = RANGE.exec(header ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined;
  if (first === '') return last === '0' ? 'beyond' : { start: Math.max(0, size - Number(last)), end: size - 1 };
  const start = Number(first);
  if (start >= size) return 'beyond';
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return end < start ? undefined : { start, end };
}
