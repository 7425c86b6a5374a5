/**
 * What somebody has read while their receipts were off: per conversation, epochs and what was read in them. Devices write it as a
 * whole, and the last writer wins; so what a value lacks of the one before it is added again, and it never goes back.
 */
import { type ReceiptVector, union } from '../../schema/document/receipts.ts';
import { isObject } from './is-object.ts';

export type Reads = Readonly<Record<string, ReceiptVector>>;

/** Having read in an epoch is having read all before it; one more, for devices that are behind. A full one takes some 2 kB. */
const KEPT_EPOCHS = 2;

const NOWHERE: ReceiptVector = {};
const NONE: Reads = {};
const EPOCH = /^(0|[1-9]\d{0,8})$/;

/** Any client of this person may have written it. The same object for the same value. */
export function readsOf(preferences: unknown): Reads {
  const value = isObject(preferences) && 'r' in preferences ? preferences.r : undefined;
  if (!isObject(value)) return NONE;
  const known = parsed.get(value);
  if (known) return known;
  const isSound = ([epoch, vector]: [string, unknown]) =>
    EPOCH.test(epoch) && isObject(vector) && Object.values(vector).every(Number.isSafeInteger);
  const reads = Object.fromEntries(Object.entries(value).filter(isSound)) as Reads;
  parsed.set(value, reads);
  return reads;
}

export const readIn = (reads: Reads, epoch: number): ReceiptVector => reads[epoch] ?? NOWHERE;

/** `a` with what `b` adds; `a` itself when that is nothing. */
export function mergeReads(a: Reads, b: Reads): Reads {
  const epochs = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort((x, y) => Number(y) - Number(x));
  const kept = epochs.slice(0, KEPT_EPOCHS);
  const merged = Object.fromEntries(kept.map((epoch) => [epoch, union(a[epoch] ?? NOWHERE, b[epoch] ?? NOWHERE)]));
  const isSame = Object.keys(a).length === kept.length && kept.every((epoch) => merged[epoch] === a[epoch]);
  return isSame ? a : merged;
}

const parsed = new WeakMap<object, Reads>();
