import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type MessageId, messageId } from '../ids.ts';
import { cover, covers, NO_RECEIPT, type ReceiptVector, sameReceipt, sameVector, union } from './receipts.ts';

const writers = fc.constantFrom('a', 'b', 'zik0zj');
const vectors: fc.Arbitrary<ReceiptVector> = fc.dictionary(writers, fc.nat(20));
const ids: fc.Arbitrary<MessageId> = fc
  .tuple(writers, fc.nat(20))
  .map(([writer, clock]) => messageId(Number.parseInt(writer, 36), clock));

describe('covering', () => {
  test('makes covered, and uncovers nothing', () => {
    fc.assert(
      fc.property(vectors, fc.array(ids), ids, (vector, some, other) => {
        const next = cover(vector, some);
        for (const id of some) expect(covers(next, id)).toBe(true);
        if (covers(vector, other)) expect(covers(next, other)).toBe(true);
      }),
    );
  });

  test('of nothing new answers the same object', () => {
    fc.assert(
      fc.property(vectors, fc.array(ids), (vector, some) => {
        const next = cover(vector, some);
        expect(cover(next, some)).toBe(next);
        if (some.every((id) => covers(vector, id))) expect(next).toBe(vector);
      }),
    );
  });

  test('a message covers those before it of its writer, and no other', () => {
    const vector = cover({}, [messageId(10, 5)]);
    expect([4, 5, 6].map((clock) => covers(vector, messageId(10, clock)))).toEqual([true, true, false]);
    expect(covers(vector, messageId(11, 0))).toBe(false);
  });

  test('what is no id covers nothing', () => {
    expect(cover({}, ['nonsense' as MessageId, '__proto__-0' as MessageId])).toEqual({});
  });
});

describe('the union', () => {
  test('is the higher clock of each writer, whatever the order and however often', () => {
    fc.assert(
      fc.property(vectors, vectors, vectors, (a, b, c) => {
        expect(sameVector(union(a, b), union(b, a))).toBe(true);
        expect(sameVector(union(union(a, b), c), union(a, union(b, c)))).toBe(true);
        expect(union(a, a)).toBe(a);
        expect(union(union(a, b), b)).toEqual(union(a, b));
        for (const writer of Object.keys({ ...a, ...b }))
          expect(union(a, b)[writer]).toBe(Math.max(a[writer] ?? -1, b[writer] ?? -1));
      }),
    );
  });
});

test('receipts are the same when both vectors are', () => {
  expect(sameReceipt(NO_RECEIPT, { d: {}, r: {} })).toBe(true);
  expect(sameReceipt({ d: { a: 1, b: 2 }, r: {} }, { d: { b: 2, a: 1 }, r: {} })).toBe(true);
  expect(sameReceipt({ d: { a: 1 }, r: {} }, { d: { a: 1, b: 0 }, r: {} })).toBe(false);
  expect(sameReceipt({ d: { a: 1 }, r: {} }, { d: { a: 1 }, r: { a: 1 } })).toBe(false);
});
