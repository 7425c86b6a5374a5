import { expect, test } from 'vitest';
import * as Y from 'yjs';
import type { UserId } from '../../schema/ids.ts';
import { openEntry, sealEntry } from './sealed-entry.ts';

const doc = new Y.Doc();
doc.getArray('messages').push(['text']);
const update = Y.encodeStateAsUpdate(doc);
const bindings = [
  { writer: 2 ** 32 - 1, user: 'ana' as UserId },
  { writer: 7, user: null },
];

test.each([
  { update, seq: 1, bindings: [], closes: false },
  { update, seq: 2 ** 40, bindings, closes: true },
])('an entry is opened as it was sealed', (entry) => {
  expect(openEntry(sealEntry(entry))).toEqual(entry);
});

test('to Yjs a sealed entry is its update', () => {
  const copy = new Y.Doc();
  Y.applyUpdate(copy, sealEntry({ update, seq: 5, bindings, closes: true }));
  expect(copy.getArray('messages').toJSON()).toEqual(['text']);
});

test('what is cut, of another version or no entry at all is not opened', () => {
  const sealed = sealEntry({ update, seq: 5, bindings, closes: false });
  const later = sealed.slice();
  later[update.length] = 2;
  for (const bytes of [later, update, new Uint8Array(), Uint8Array.of(0, 0), Uint8Array.of(255, 255)])
    expect(openEntry(bytes)).toBeUndefined();
  for (let length = 0; length < sealed.length; length++) expect(openEntry(sealed.subarray(0, length))).toBeUndefined();
});
