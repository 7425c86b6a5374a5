import { expect, test } from 'vitest';
import { mergeReads, readIn, readsOf } from './kept-reads.ts';

test('what another value lacks is added, and nothing is taken back', () => {
  const merged = mergeReads({ 3: { a: 1, b: 7 } }, { 3: { a: 5, b: 2 }, 4: { c: 0 } });
  expect(merged).toEqual({ 3: { a: 5, b: 7 }, 4: { c: 0 } });
  expect(mergeReads(merged, { 3: { a: 4 } })).toBe(merged);
});

test('the newest epochs are kept, whoever brings the older ones', () => {
  const merged = mergeReads({ 9: { a: 1 }, 10: { a: 2 } }, { 2: { a: 9 }, 8: { a: 9 } });
  expect(merged).toEqual({ 9: { a: 1 }, 10: { a: 2 } });
  expect(mergeReads({ 9: { a: 1 }, 10: { a: 2 } }, { 11: { a: 3 } })).toEqual({ 10: { a: 2 }, 11: { a: 3 } });
});

test('a value of another shape says nothing, and one of ours is the same object as long as it is the same value', () => {
  for (const value of [undefined, null, 7, { r: 'x' }, { r: { x: {} } }, { r: { 1: { a: 'b' } } }])
    expect(readIn(readsOf(value), 1)).toEqual({});
  const value = { pinned: true, r: { 1: { a: 3 } } };
  expect(readIn(readsOf(value), 1)).toEqual({ a: 3 });
  expect(readIn(readsOf(value), 1)).toBe(readIn(readsOf({ ...value, pinned: false }), 1));
});
