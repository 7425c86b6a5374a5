import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { messageId, type UserId } from '../../schema/ids.ts';
import { mergeEntries } from '../journal/merge.ts';
import { History, type HistoryEntry } from '../journal/testing.ts';
import { readEntry, readState } from './read-entry.ts';

const read = (entry: HistoryEntry | undefined) => {
  if (!entry) throw new Error('Nothing was submitted');
  return readEntry(entry.update, entry.user);
};

describe('readEntry', () => {
  test('finds appended messages in the order in which they were written', () => {
    const history = new History();
    const ids = ['one', 'two', 'three'].map((text) => history.write('ana', text));
    const contents = read(history.sync('ana'));
    expect(contents.messages.map(({ id }) => id)).toEqual(ids);
    expect(contents.receipts).toEqual([]);
  });

  test('keeps the order of a backlog typed on two pages, whichever clientID is larger', () => {
    for (const [first, second] of [
      [5, 9],
      [9, 5],
    ] as const) {
      const page = new Y.Doc();
      page.clientID = first;
      const say = (doc: Y.Doc, text: string) => {
        const id = messageId(doc.clientID, Y.getState(doc.store, doc.clientID));
        doc.getArray('messages').push([{ id, from: 'ana', at: 1, text }]);
      };
      say(page, '1');
      say(page, '2');
      const reloaded = new Y.Doc();
      reloaded.clientID = second;
      Y.applyUpdate(reloaded, Y.encodeStateAsUpdate(page));
      say(reloaded, '3');
      const { messages } = readEntry(Y.encodeStateAsUpdate(reloaded), 'ana' as UserId);
      expect(messages.map((message) => 'text' in message && message.text)).toEqual(['1', '2', '3']);
    }
  });

  test('finds a message as it became by an edit or a deletion, and no marker', () => {
    const history = new History();
    const edited = history.write('ana', 'first');
    const deleted = history.write('ana', 'second');
    history.sync('ana');
    history.edit('ana', edited, 'better');
    history.delete('ana', deleted);
    const { messages } = read(history.sync('ana'));
    expect(messages).toHaveLength(2);
    expect(messages).toContainEqual(
      expect.objectContaining({ id: edited, text: 'better', editedAt: expect.any(Number) }),
    );
    expect(messages).toContainEqual(expect.objectContaining({ id: deleted, deletedAt: expect.any(Number), by: 'ana' }));
  });

  test('finds nothing of what was refused', () => {
    const history = new History();
    history.write('ana', 'x'.repeat(9000));
    expect(read(history.sync('ana'))).toEqual({ messages: [], receipts: [], reactions: [] });
  });

  test('puts what the server moved to the end behind what stayed, under its id', () => {
    const history = new History();
    history.write('bo', 'start');
    history.sync('bo');
    history.sync('ana');
    const late = history.write('ana', 'written offline');
    for (let n = 0; n < 25; n++) history.write('bo', `${n}`);
    history.sync('bo');
    const { messages } = read(history.sync('ana'));
    expect(messages.map(({ id }) => id)).toEqual([late]);
    expect(history.settled().at(-1)?.id).toBe(late);
  });

  test("reads a receipt as its submitter's, also when the server rewrote it", () => {
    const history = new History();
    // Of two values set at the same time the higher clientID's stands, so the second one must be rewritten.
    history.device('ana').clientID = 1;
    history.device('ana/2').clientID = 2;
    history.write('bo', 'read me');
    history.sync('bo');
    history.sync('ana');
    history.sync('ana/2');
    history.read('ana');
    const writer = history.device('bo').clientID.toString(36);
    expect(read(history.sync('ana')).receipts).toEqual([{ user: 'ana', shown: { [writer]: 0 } }]);

    history.write('bo', 'and me');
    history.sync('bo');
    history.sync('ana');
    history.read('ana');
    history.sync('ana');
    // This device knows less, so what it writes would take something back.
    history.device('ana/2').getMap('receipts').set('ana', { d: {}, r: {} });
    expect(read(history.sync('ana/2')).receipts).toEqual([{ user: 'ana', shown: { [writer]: 1 } }]);
  });
});

test('a reaction that overwrites another one is read without the document, and so is one that was taken back', () => {
  const history = new History();
  const id = history.write('ana', 'hello');
  history.sync('ana');
  history.sync('bo');
  for (const emoji of [['👍'], ['❤️', '🎉'], []]) {
    history.device('bo').getMap('reactions').set(`bo/${id}`, { on: id, emoji });
    expect(read(history.sync('bo')).reactions).toEqual([{ user: 'bo', on: id, emoji }]);
  }
});

describe('readState', () => {
  test("reads messages in the order of the array, and everybody's receipts", () => {
    const history = new History();
    for (const name of ['ana', 'bo', 'ana']) {
      history.write(name, `by ${name}`);
      history.sync(name);
    }
    history.sync('bo');
    history.read('bo');
    history.sync('bo');
    const { messages, receipts } = readState(
      mergeEntries(
        undefined,
        history.entries.map(({ update }) => update),
      ),
    );
    expect(messages).toEqual(history.settled());
    expect(receipts).toEqual([{ user: 'bo', shown: { [history.device('ana').clientID.toString(36)]: 1 } }]);
  });
});
