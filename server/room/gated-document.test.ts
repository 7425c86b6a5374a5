import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import type { Element } from '../../schema/document/message.ts';
import { GatedDocument } from './gated-document.ts';

const message = (text: string): Element => ({ id: 'a-0', from: 'ana', at: 1, text }) as unknown as Element;

/** Counts what an observer of the document sees. */
function observed(doc: GatedDocument): Uint8Array[] {
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  return updates;
}

const push = (doc: GatedDocument, text: string) =>
  doc.hold(() => {
    doc.messages.push([message(text)]);
    return undefined;
  });

describe('[P1] a gated document', () => {
  test('shows what was held only when it is released, in order', () => {
    const doc = new GatedDocument([]);
    const updates = observed(doc);
    const held = ['one', 'two'].map((text) => push(doc, text));
    expect(updates).toEqual([]);
    doc.release();
    expect(updates).toEqual(held);
    doc.release();
    expect(updates).toEqual(held);
  });

  test('says what is durable, not what is held', () => {
    const doc = new GatedDocument([]);
    push(doc, 'one');
    doc.release();
    const durable = Y.encodeStateVector(doc);
    push(doc, 'two');
    push(doc, 'three');
    expect(doc.durableVector()).toEqual(durable);
    expect(Y.encodeStateVector(doc)).not.toEqual(durable);
    doc.release();
    expect(doc.durableVector()).toEqual(Y.encodeStateVector(doc));
  });

  test('answers the update that takes a replica along, or nothing when nothing changed', () => {
    const doc = new GatedDocument([]);
    const replica = new Y.Doc();
    for (const text of ['one', 'two']) Y.applyUpdate(replica, push(doc, text) as Uint8Array);
    expect(replica.getArray('messages').toJSON()).toEqual(doc.messages.toJSON());
    expect(doc.hold(() => undefined)).toBeUndefined();
  });

  test('takes the word of who knows the update already', () => {
    const doc = new GatedDocument([]);
    const known = Uint8Array.of(1, 2, 3);
    const updates = observed(doc);
    const held = doc.hold(() => {
      doc.messages.push([message('one')]);
      return known;
    });
    doc.release();
    expect([held, updates]).toEqual([known, [known]]);
  });

  test('holds nothing of a change that throws, and goes on', () => {
    const doc = new GatedDocument([]);
    const updates = observed(doc);
    expect(() =>
      doc.hold(() => {
        doc.messages.push([message('half')]);
        throw new Error('a bug');
      }),
    ).toThrow('a bug');
    doc.release();
    expect(updates).toEqual([]);
  });
});

test('a document is made from a snapshot and entries, and refuses a gap', () => {
  const former = new GatedDocument([]);
  const updates = ['one', 'two', 'three'].map((text) => push(former, text) as Uint8Array);
  const state = Y.encodeStateAsUpdate(former);
  expect(new GatedDocument([state]).messages.toJSON()).toEqual(former.messages.toJSON());
  expect(new GatedDocument(updates).messages.toJSON()).toEqual(former.messages.toJSON());
  expect(() => new GatedDocument([updates[0] as Uint8Array, updates[2] as Uint8Array])).toThrow('gap');
});

test('index operations hit the right elements although updates were applied in the same transaction', () => {
  const doc = new GatedDocument([]);
  const remote = new Y.Doc();
  remote.getArray('messages').push(Array.from({ length: 50 }, (_, index) => message(`${index}`)));
  doc.hold((transaction) => {
    doc.messages.push([message('first')]);
    doc.messages.get(0);
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(remote));
    transaction.local = true;
    return undefined;
  });
  const all = doc.messages.toArray();
  for (const index of [0, 1, 25, 49, 50]) expect(doc.messages.get(index)).toEqual(all[index]);
});
