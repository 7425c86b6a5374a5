/** What settling makes of honest updates, on a document alone. */
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { foldTimeline } from '../../schema/document/timeline.ts';
import { type MessageId, messageId } from '../../schema/ids.ts';
import { MAX_TEXT_CHARACTERS } from '../../schema/limits.ts';
import { BareRoom, type Judged } from '../testing/bare-room.ts';
import { bareDevice } from '../testing/bare-scene.ts';

const sound = (judged: Judged) => {
  if (judged.is !== 'sound') throw new Error(`judged ${JSON.stringify(judged)}`);
  return judged;
};
const texts = (room: BareRoom): string[] =>
  room.doc.messages.toArray().map((element) => ('text' in element ? element.text : 'deletedAt' in element ? '†' : '?'));
const includes = (bytes: Uint8Array | undefined, text: string): boolean =>
  Buffer.from(bytes ?? []).includes(Buffer.from(text));
const writer = (id: MessageId): string => id.slice(0, id.indexOf('-'));

/** Two people, each with a message that both know. */
function conversation() {
  const room = new BareRoom();
  const ana = bareDevice(room, 'ana');
  const bo = bareDevice(room, 'bo');
  const fromAna = ana.say('from ana');
  ana.submit();
  bo.pull();
  const fromBo = bo.say('from bo');
  bo.submit();
  ana.pull();
  return { room, ana, bo, fromAna, fromBo };
}

describe('a refused element', () => {
  test.each([
    ['too-long', 'x'.repeat(MAX_TEXT_CHARACTERS + 1)],
    ['too-long', '🌊'.repeat(MAX_TEXT_CHARACTERS + 1)],
    ['bad-text', ''],
    ['bad-text', 'a\0secret'],
  ])('is named and leaves without its text: %s', (kind, text) => {
    const { room, ana } = conversation();
    const id = ana.say(text);
    const { refused, update } = sound(ana.submit());
    expect(refused).toEqual([{ kind, ids: [id] }]);
    expect(texts(room)).toEqual(['from ana', 'from bo']);
    if (text.length > 1) expect(includes(update, text.slice(-6))).toBe(false);
    expect(includes(Y.encodeStateAsUpdate(room.doc), text || 'nothing')).toBe(false);
    ana.say('next');
    expect(sound(ana.submit()).refused).toEqual([]);
    expect(texts(room)).toEqual(['from ana', 'from bo', 'next']);
  });

  test('takes none of its neighbours with it, which stand in the same struct', () => {
    const { room, ana } = conversation();
    ana.say('one');
    const bad = ana.say('');
    ana.say('two');
    expect(sound(ana.submit()).refused).toEqual([{ kind: 'bad-text', ids: [bad] }]);
    expect(texts(room)).toEqual(['from ana', 'from bo', 'one', 'two']);
  });

  test('is exactly as long as allowed when it is not refused', () => {
    const { room, ana } = conversation();
    ana.say('🌊'.repeat(MAX_TEXT_CHARACTERS));
    expect(sound(ana.submit()).refused).toEqual([]);
    expect(room.doc.messages.length).toBe(3);
  });
});

describe('an edit', () => {
  test('replaces its target in place and erases the former text', () => {
    const { room, ana, fromAna } = conversation();
    ana.push({ edit: fromAna, from: 'ana', at: room.nowMs, text: 'changed' });
    const { refused, erases, update } = sound(ana.submit());
    expect({ refused, erases }).toEqual({ refused: [], erases: true });
    expect(texts(room)).toEqual(['changed', 'from bo']);
    expect(includes(update, 'from ana')).toBe(false);
    expect(includes(Y.encodeStateAsUpdate(room.doc), 'from ana')).toBe(false);
  });

  test('of a message in the same update erases the text before anybody could see it', () => {
    const { room, ana } = conversation();
    const id = ana.say('a slip');
    ana.push({ edit: id, from: 'ana', at: room.nowMs, text: 'as meant' });
    const { erases, update } = sound(ana.submit());
    expect(erases).toBe(false);
    expect(includes(update, 'a slip')).toBe(false);
    expect(texts(room)).toEqual(['from ana', 'from bo', 'as meant']);
  });

  test('counts upwards even when the clock of the author runs backwards', () => {
    const { room, ana, fromAna } = conversation();
    for (const at of [5_000, 4_000, 3_000]) {
      ana.push({ edit: fromAna, from: 'ana', at, text: `at ${at}` });
      ana.submit();
    }
    expect(room.doc.messages.get(0)).toMatchObject({ text: 'at 3000', editedAt: 5_002 });
  });

  test.each([
    ['not-author', 'bo', 'stolen'],
    ['too-long', 'ana', 'x'.repeat(MAX_TEXT_CHARACTERS + 1)],
    ['bad-text', 'ana', ''],
    ['bad-text', 'ana', 'nul\0'],
  ])('is refused as %s', (kind, by, text) => {
    const { room, ana, bo, fromAna } = conversation();
    const device = by === 'ana' ? ana : bo;
    const marker = messageId(device.doc.clientID, Y.getState(device.doc.store, device.doc.clientID));
    device.push({ edit: fromAna, from: by, at: 1, text });
    const { refused, update } = sound(device.submit());
    expect(refused).toEqual([{ kind, ids: [marker] }]);
    expect(texts(room)).toEqual(['from ana', 'from bo']);
    if (text) expect(includes(update, text)).toBe(false);
  });

  test.each(['zzz-0', 'nonsense', '', '__proto__', `${'a'.repeat(5_000)}`])(
    'of what is not there is refused: “%s”',
    (id) => {
      const { ana } = conversation();
      ana.push({ edit: id, from: 'ana', at: 1, text: 'text' });
      expect(sound(ana.submit()).refused).toMatchObject([{ kind: 'not-found' }]);
    },
  );

  test.each([
    [7, 8],
    [8, 7],
  ])('typed later wins, also from another page of the same device: writers %i and %i in one update', (one, two) => {
    const { room, ana, fromAna } = conversation();
    const edit = (writer: number, text: string) => {
      ana.doc.clientID = writer;
      ana.push({ edit: fromAna, from: 'ana', at: room.nowMs, text });
    };
    edit(one, 'first');
    edit(two, 'second');
    sound(ana.submit());
    expect(texts(room)).toEqual(['second', 'from bo']);
  });

  test('of a deleted message is refused', () => {
    const { room, ana, fromAna } = conversation();
    ana.push({ del: fromAna, from: 'ana', at: 1 });
    ana.push({ edit: fromAna, from: 'ana', at: 2, text: 'alive' });
    expect(sound(ana.submit()).refused).toMatchObject([{ kind: 'deleted' }]);
    expect(texts(room)).toEqual(['†', 'from bo']);
  });
});

describe('a deletion', () => {
  test('leaves a tombstone without text or reply, naming who did it', () => {
    const { room, bo, fromAna } = conversation();
    const id = messageId(bo.doc.clientID, Y.getState(bo.doc.store, bo.doc.clientID));
    bo.push({ id, from: 'bo', at: 7, text: 'a reply', re: fromAna });
    bo.push({ del: id, from: 'bo', at: 9 });
    bo.submit();
    expect(room.doc.messages.get(2)).toEqual({ id, from: 'bo', at: 7, deletedAt: 9, by: 'bo' });
  });

  test("of another's message is refused, but not to those who moderate, who are named", () => {
    const { room, bo, fromAna } = conversation();
    bo.push({ del: fromAna, from: 'bo', at: 5 });
    expect(sound(bo.submit()).refused).toMatchObject([{ kind: 'not-author' }]);
    bo.push({ del: fromAna, from: 'bo', at: 6 });
    expect(sound(bo.submit({ canModerate: true })).refused).toEqual([]);
    expect(room.doc.messages.get(0)).toMatchObject({ from: 'ana', by: 'bo', deletedAt: 6 });
  });

  test('asked for twice changes nothing the second time', () => {
    const { room, ana, fromAna } = conversation();
    ana.push({ del: fromAna, from: 'ana', at: 5 });
    ana.submit();
    ana.push({ del: fromAna, from: 'ana', at: 6 });
    expect(sound(ana.submit())).toMatchObject({ refused: [], erases: false });
    expect(room.doc.messages.get(0)).toMatchObject({ deletedAt: 5 });
  });
});

describe('a clock', () => {
  test('that runs ahead by more than a minute is corrected, of messages, edits and deletions', () => {
    const { room, ana, fromAna } = conversation();
    const far = room.nowMs + 3_600_000;
    const id = ana.say('from the future', far);
    ana.push({ edit: fromAna, from: 'ana', at: far, text: 'edited' });
    ana.submit();
    expect(room.doc.messages.toArray().find((each) => 'id' in each && each.id === id)).toMatchObject({
      at: room.nowMs,
    });
    expect(room.doc.messages.get(0)).toMatchObject({ editedAt: room.nowMs });
    ana.push({ del: id, from: 'ana', at: far });
    ana.submit();
    expect(room.doc.messages.get(2)).toMatchObject({ deletedAt: room.nowMs });
  });

  test.each([8.64e15 + 1, Number.MAX_SAFE_INTEGER, 2 ** 53, Number.MAX_VALUE])(
    'that runs ahead as far as numbers go is corrected, too: %d',
    (at) => {
      const { room, ana } = conversation();
      const id = ana.say('from the end of time', at);
      expect(sound(ana.submit()).refused).toEqual([]);
      expect(room.doc.messages.toArray().at(-1)).toMatchObject({ id, at: room.nowMs });
    },
  );

  test('that runs ahead by less, or behind by years, is kept', () => {
    const { room, ana } = conversation();
    ana.say('soon', room.nowMs + 60_000);
    ana.say('long ago', 5);
    ana.submit();
    expect(room.doc.messages.toArray().slice(2)).toMatchObject([{ at: room.nowMs + 60_000 }, { at: 5 }]);
  });
});

describe('a receipt', () => {
  test('that takes something back becomes the union', () => {
    const { room, ana, fromBo } = conversation();
    ana.receipt({ d: { [writer(fromBo)]: 0 }, r: { [writer(fromBo)]: 0 } });
    ana.submit();
    ana.receipt({ d: {}, r: {} });
    ana.submit();
    expect(room.receipt('ana')).toEqual({ d: { [writer(fromBo)]: 0 }, r: { [writer(fromBo)]: 0 } });
  });

  test('that is deleted is written again', () => {
    const { room, ana, fromBo } = conversation();
    ana.receipt({ d: { [writer(fromBo)]: 0 }, r: {} });
    ana.submit();
    ana.doc.getMap('receipts').delete('ana');
    sound(ana.submit());
    expect(room.receipt('ana')).toEqual({ d: { [writer(fromBo)]: 0 }, r: {} });
  });

  test('that is overwritten with deleted content is written again', () => {
    const { room, ana, fromBo } = conversation();
    ana.receipt({ d: { [writer(fromBo)]: 0 }, r: {} });
    ana.submit();
    ana.doc.transact(() => {
      ana.receipt({ d: {}, r: {} });
      ana.doc.getMap('receipts').delete('ana');
    });
    sound(ana.submit());
    expect(room.receipt('ana')).toEqual({ d: { [writer(fromBo)]: 0 }, r: {} });
  });

  test('covers no more than there is, only message writers, nobody’s own, and what is shown is also stored', () => {
    const { room, ana, fromAna, fromBo } = conversation();
    const server = room.doc.clientID.toString(36);
    ana.receipt({ d: { [writer(fromAna)]: 0, zzz: 5, [server]: 9 }, r: { [writer(fromBo)]: 4_000_000_000 } });
    ana.submit();
    expect(room.receipt('ana')).toEqual({ d: { [writer(fromBo)]: 0 }, r: { [writer(fromBo)]: 0 } });
  });

  test.each([
    [1, 2],
    [2, 1],
  ])('is the union of what two devices of a person wrote without knowing of each other: %i, %i', (first, last) => {
    const { room, bo, fromBo } = conversation();
    const ana = bareDevice(room, 'ana', first);
    const tablet = bareDevice(room, 'ana', last);
    const second = bo.say('second');
    bo.submit();
    const other = bareDevice(room, 'cy');
    const fromCy = other.say('from cy');
    other.submit();
    ana.pull();
    tablet.pull();
    ana.receipt({ d: { [writer(fromBo)]: 0 }, r: { [writer(fromBo)]: 0 } });
    tablet.receipt({ d: { [writer(second)]: 1, [writer(fromCy)]: 0 }, r: {} });
    // Sent as it was written: without knowing what the server made of the other.
    const [one, two] = [ana, tablet].map(({ doc }) => Y.encodeStateAsUpdate(doc));
    for (const bytes of [one, two]) sound(room.submit({ user: 'ana', bytes: bytes as Uint8Array }));
    expect(room.receipt('ana')).toEqual({
      d: { [writer(fromBo)]: 1, [writer(fromCy)]: 0 },
      r: { [writer(fromBo)]: 0 },
    });
  });

  test('that an offline device overwrote many times is taken as it stands', () => {
    const { room, ana, fromBo } = conversation();
    for (let i = 0; i < 20; i++) {
      ana.receipt({ d: { [writer(fromBo)]: 0 }, r: i > 10 ? { [writer(fromBo)]: 0 } : {} });
      if (i % 3 === 0) ana.say(`between ${i}`);
    }
    expect(sound(ana.submit()).refused).toEqual([]);
    expect(room.receipt('ana')?.r).toEqual({ [writer(fromBo)]: 0 });
  });
});

describe('settling', () => {
  test('knows an update that it has settled before, whatever it made of it', () => {
    const { room, ana, fromAna } = conversation();
    ana.say('');
    ana.push({ edit: fromAna, from: 'ana', at: 1, text: 'edited' });
    ana.say('kept');
    const bytes = Y.encodeStateAsUpdate(ana.doc, Y.encodeStateVector(room.doc));
    expect(sound(room.submit({ user: 'ana', bytes })).refused).toHaveLength(1);
    const before = Y.encodeStateAsUpdate(room.doc);
    expect(sound(room.submit({ user: 'ana', bytes }))).toMatchObject({ update: undefined, refused: [] });
    expect(Y.encodeStateAsUpdate(room.doc)).toEqual(before);
  });

  test('keeps one writer of its own, however often it writes', () => {
    const { room, ana, fromAna } = conversation();
    const own = room.doc.clientID;
    for (let i = 0; i < 5; i++) {
      ana.push({ edit: fromAna, from: 'ana', at: i, text: `edit ${i}` });
      ana.submit();
    }
    expect(room.doc.clientID).toBe(own);
    expect(foldTimeline(room.doc.messages)).toHaveLength(2);
  });

  test('gives out an update that takes every replica to the same document', () => {
    const { room, ana, fromAna, bo } = conversation();
    const replica = new Y.Doc();
    Y.applyUpdate(replica, Y.encodeStateAsUpdate(room.doc));
    ana.say('');
    ana.say('kept');
    ana.push({ edit: fromAna, from: 'ana', at: 1, text: 'edited' });
    ana.receipt({ d: {}, r: {} });
    for (const device of [ana, bo]) {
      const { update } = sound(device.submit());
      if (update) Y.applyUpdate(replica, update);
    }
    expect(replica.getArray('messages').toJSON()).toEqual(room.doc.messages.toJSON());
    expect(Y.encodeStateAsUpdate(replica)).toEqual(Y.encodeStateAsUpdate(room.doc));
  });
});
