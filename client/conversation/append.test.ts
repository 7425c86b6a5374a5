import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { type Element, MESSAGES } from '../../schema/document/message.ts';
import { REACTIONS } from '../../schema/document/reactions.ts';
import type { MessageId } from '../../schema/ids.ts';
import { encodeAppend, lastStruct } from './append.ts';

const element = (text: string) => ({ id: '1-0', from: 'ana', at: 1_700_000_000_000, text }) as Element;

/** What the document's own `push` would send. */
function pushed(doc: Y.Doc, value: Element): Uint8Array {
  let sent: Uint8Array | undefined;
  doc.once('update', (update: Uint8Array) => {
    sent = update;
  });
  doc.getArray<Element>(MESSAGES).push([value]);
  return sent as Uint8Array;
}

test('an appended element has the very bytes that push produces', () => {
  const doc = new Y.Doc();
  doc.clientID = 7;
  const messages = doc.getArray<Element>(MESSAGES);
  for (let clock = 0; clock < 3; clock++) {
    const value = element(`number ${clock} — ŝ 🌊`);
    const made = encodeAppend({ writer: 7, clock, origin: lastStruct(messages), element: value });
    expect(made).toEqual(pushed(doc, value));
  }
});

test('an appended element stands behind deleted ones, as with push', () => {
  const doc = new Y.Doc();
  doc.clientID = 7;
  const messages = doc.getArray<Element>(MESSAGES);
  messages.push([element('a'), element('b')]);
  messages.delete(1);
  const made = encodeAppend({ writer: 7, clock: 2, origin: lastStruct(messages), element: element('c') });
  expect(made).toEqual(pushed(doc, element('c')));
});

test('a reaction has the very bytes that set produces, also in the place of a former one', () => {
  const doc = new Y.Doc();
  doc.clientID = 7;
  const map = doc.getMap(REACTIONS);
  const key = 'ana/1-0';
  let sent: Uint8Array = new Uint8Array();
  doc.on('update', (update) => {
    sent = update;
  });
  for (const emoji of [['👍'], ['👍', '❤️'], []]) {
    const clock = Y.getState(doc.store, 7);
    const value = { on: '1-0' as MessageId, emoji };
    const made = encodeAppend({ writer: 7, clock, origin: map._map.get(key)?.lastId, element: value, key });
    map.set(key, value);
    // Without the deletion of the former value, which follows by itself wherever the struct is integrated.
    const { structs } = Y.decodeUpdate(made);
    expect(structs).toEqual(Y.decodeUpdate(sent).structs);
    expect(made.slice(0, -1)).toEqual(sent.slice(0, made.length - 1));
  }
});

test('[P3] applying the bytes again, in any replica, changes nothing', () => {
  const [a, b] = [new Y.Doc(), new Y.Doc()];
  const update = encodeAppend({ writer: 7, clock: 0, origin: undefined, element: element('once') });
  Y.applyUpdate(a, update);
  Y.applyUpdate(b, Y.encodeStateAsUpdate(a));
  Y.applyUpdate(b, update);
  Y.applyUpdate(a, update);
  expect(a.getArray(MESSAGES).toArray()).toEqual([element('once')]);
  expect(b.getArray(MESSAGES).toArray()).toEqual([element('once')]);
});

test('appending under another writer leaves the document its clientID', () => {
  const doc = new Y.Doc();
  const before = doc.clientID;
  Y.applyUpdate(doc, encodeAppend({ writer: 7, clock: 0, origin: undefined, element: element('x') }));
  expect(doc.clientID).toBe(before);
});
