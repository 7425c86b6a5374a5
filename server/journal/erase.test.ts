import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { isDeleted, type Message } from '../../schema/document/message.ts';
import { eraseFormerTexts } from './erase.ts';
import { foldState } from './fold-state.ts';
import { mergeEntries } from './merge.ts';
import { History } from './testing.ts';
import { play, plays } from './testing-histories.ts';

const textsIn = (messages: readonly Message[]): string[] =>
  messages.flatMap((message) => (isDeleted(message) ? [] : [message.text]));

const updatesOf = (history: History): Uint8Array[] => history.entries.map(({ update }) => update);

test('[P4] an older state loses the receipt of whoever took it back, and no other', () => {
  const doc = new Y.Doc();
  const receipts = doc.getMap('receipts');
  for (const user of ['ana', 'bo']) receipts.set(user, { d: { a: 1 }, r: {} });
  const older = Y.encodeStateAsUpdate(doc);
  receipts.set('bo', { d: { a: 2 }, r: {} });
  receipts.delete('bo');
  const present = Y.encodeStateAsUpdate(doc);
  const erased = eraseFormerTexts(new Map([['older', older]]), present).get('older') as Uint8Array;
  expect(foldState(erased).receipts).toEqual({ ana: { d: { a: 1 }, r: {} } });
  expect(Buffer.from(mergeEntries(present, [erased]))).toEqual(Buffer.from(mergeEntries(present, [])));
  expect(eraseFormerTexts(new Map([['older', erased]]), present).size).toBe(0);
});

test('[P4] an older state loses the reactions that were taken back or changed since, and no other', () => {
  const doc = new Y.Doc();
  const reactions = doc.getMap('reactions');
  for (const user of ['ana', 'bo', 'cy', 'di']) reactions.set(`${user}/a-0`, { on: 'a-0', emoji: ['🦭'] });
  const older = Y.encodeStateAsUpdate(doc);
  reactions.set('bo/a-0', { on: 'a-0', emoji: [] });
  reactions.set('cy/a-0', { on: 'a-0', emoji: ['👍'] });
  reactions.delete('di/a-0');
  const present = Y.encodeStateAsUpdate(doc);
  const erased = eraseFormerTexts(new Map([['older', older]]), present).get('older') as Uint8Array;
  expect([...foldState(erased).reactions.keys()]).toEqual(['ana/a-0']);
  expect(Buffer.from(mergeEntries(present, [erased]))).toEqual(Buffer.from(mergeEntries(present, [])));
});

describe('[P4] an older state after erasure', () => {
  test('holds the texts that stand in both and none else, and adds nothing to the present one', () => {
    let erasures = 0;
    fc.assert(
      fc.property(plays, (steps) => {
        const updates = updatesOf(play(steps));
        const present = mergeEntries(undefined, updates);
        const standing = new Set(textsIn(foldState(present).messages));
        const states = new Map(updates.map((_, n) => [n, mergeEntries(undefined, updates.slice(0, n + 1))]));
        const erased = eraseFormerTexts(states, present);
        erasures += erased.size;
        for (const [n, state] of states) {
          const after = erased.get(n) ?? state;
          const before = foldState(state);
          expect(textsIn(foldState(after).messages)).toEqual(
            textsIn(before.messages).filter((text) => standing.has(text)),
          );
          expect(foldState(after).receipts).toEqual(before.receipts);
          const bytes = Buffer.from(after).toString('latin1');
          for (const [text] of bytes.matchAll(/(text|edited) \d+;/g)) expect(standing).toContain(text);
          expect(Buffer.from(mergeEntries(present, [after]))).toEqual(Buffer.from(mergeEntries(present, [])));
        }
      }),
      { numRuns: 12 },
    );
    expect(erasures).toBeGreaterThan(20);
  }, 30_000);

  test('loses every former version, and merged into the present one brings none back', () => {
    const history = new History();
    const id = history.write('ana', 'version one;');
    history.sync('ana');
    history.edit('ana', id, 'version two;');
    history.sync('ana');
    history.edit('ana', id, 'version three;');
    history.sync('ana');
    const [one, two, three] = updatesOf(history).map((_, n, all) => mergeEntries(undefined, all.slice(0, n + 1)));
    if (!one || !two || !three) throw new Error('unreachable');
    for (const state of eraseFormerTexts(
      new Map([
        [1, one],
        [2, two],
      ]),
      three,
    ).values()) {
      expect(foldState(state).messages).toEqual([]);
      const doc = new Y.Doc();
      Y.applyUpdate(doc, state);
      expect(Buffer.from(state).includes('version')).toBe(false);
      Y.applyUpdate(doc, three);
      expect(doc.getArray('messages').toJSON()).toMatchObject([{ id, text: 'version three;' }]);
    }
  });
});
