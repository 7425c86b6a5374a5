import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { mergeEntries } from './merge.ts';
import { History } from './testing.ts';
import { play, plays } from './testing-histories.ts';

function applied(...updates: readonly Uint8Array[]): Y.Doc {
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, update);
  return doc;
}

function content(doc: Y.Doc): unknown {
  return { messages: doc.getArray('messages').toJSON(), receipts: doc.getMap('receipts').toJSON() };
}

const has = (bytes: Uint8Array, text: string): boolean => Buffer.from(bytes).includes(text);

describe('mergeEntries', () => {
  test('equals the document to which the same entries were applied one by one', () => {
    let entries = 0;
    fc.assert(
      fc.property(plays, fc.nat(60), (steps, cut) => {
        const history = play(steps);
        const updates = history.entries.map(({ update }) => update);
        entries += updates.length;
        const slow = applied(...updates);
        const first = updates.slice(0, cut % (updates.length + 1));
        const state = first.length > 0 ? mergeEntries(undefined, first) : undefined;
        const merged = mergeEntries(state, updates.slice(first.length));
        const fast = applied(merged);
        expect(content(fast)).toEqual(content(slow));
        expect(content(fast)).toEqual(content(history.doc));
        expect(Y.equalSnapshots(Y.snapshot(fast), Y.snapshot(slow))).toBe(true);
        expect(mergeEntries(state, updates.slice(first.length))).toEqual(merged);
      }),
      { numRuns: 15 },
    );
    expect(entries).toBeGreaterThan(100);
  }, 30_000);

  test('[P4] the bytes hold no text that was edited, deleted or refused', () => {
    const history = new History();
    const edited = history.write('ana', 'former-words');
    const deleted = history.write('ana', 'deleted-words');
    history.write('ana', 'kept-words');
    history.sync('ana');
    history.edit('ana', edited, 'second-words');
    history.sync('ana');
    history.edit('ana', edited, 'third-words');
    history.delete('ana', deleted);
    history.sync('ana');
    const updates = history.entries.map(({ update }) => update);
    expect(updates.some((update) => has(update, 'former-words'))).toBe(true);
    expect(has(Y.mergeUpdates(updates), 'former-words')).toBe(true);

    const state = mergeEntries(undefined, updates.slice(0, 1));
    expect(has(state, 'former-words')).toBe(true);
    const merged = mergeEntries(state, updates.slice(1));
    for (const text of ['former-words', 'deleted-words', 'second-words']) expect(has(merged, text)).toBe(false);
    for (const text of ['third-words', 'kept-words']) expect(has(merged, text)).toBe(true);
  });

  test('refuses entries with one missing among them', () => {
    const history = new History();
    for (let n = 0; n < 3; n++) {
      history.write('ana', `${n}`);
      history.sync('ana');
    }
    const [first, , third] = history.entries.map(({ update }) => update) as [Uint8Array, Uint8Array, Uint8Array];
    expect(() => mergeEntries(undefined, [first, third])).toThrow('missing');
  });
});
