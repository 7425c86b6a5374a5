import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { type MessageId, messageId } from '../../schema/ids.ts';
import { BareRoom } from '../testing/bare-room.ts';
import { bareDevice } from '../testing/bare-scene.ts';
import { GatedDocument } from './gated-document.ts';
import { MessageIndex } from './message-index.ts';

test('a message is found wherever edits, deletions and moves have put it, also after loading', () => {
  const room = new BareRoom();
  const ana = bareDevice(room, 'ana', 500);
  const bo = bareDevice(room, 'bo', 1);
  const ids = ['plain', 'edited', 'deleted'].map((text) => ana.say(text));
  const moved = bo.say('moved');
  for (let i = 0; i < 30; i++) ana.say(`${i}`);
  ana.submit();
  ana.push({ edit: ids[1], from: 'ana', at: 1, text: 'anew' });
  ana.push({ del: ids[2], from: 'ana', at: 1 });
  ana.submit();
  bo.submit();
  const loaded = new GatedDocument([Y.encodeStateAsUpdate(room.doc)]);
  for (const index of [room.index, new MessageIndex(loaded)]) {
    const found = [...ids, moved].map((id) => index.find(id)?.message);
    expect(found).toMatchObject([{ text: 'plain' }, { text: 'anew' }, { deletedAt: 1 }, { text: 'moved' }]);
  }
});

test('what is no message is not found', () => {
  const room = new BareRoom();
  const ana = bareDevice(room, 'ana', 35);
  const id = ana.say('one');
  ana.push({ edit: id, from: 'ana', at: 1, text: 'two' });
  ana.receipt({ d: {}, r: {} });
  ana.say('');
  ana.submit();
  const absent = ['z-1', 'z-2', 'z-3', 'z-4', 'y-0', '', '-', 'Z-0', 'z-00', '__proto__', `z-${'z'.repeat(11)}`];
  for (const each of absent) expect(room.index.find(each as MessageId)).toBeUndefined();
  expect(room.index.find(id)?.message).toMatchObject({ text: 'two' });
  // The place of the server's own struct is not an id of a message.
  expect(room.index.find(messageId(room.doc.clientID, 0))).toBeUndefined();
});

test('the last clock of a writer is that of its last message, not of a marker or receipt', () => {
  const room = new BareRoom();
  const ana = bareDevice(room, 'ana', 35);
  const id = ana.say('one');
  ana.say('two');
  ana.push({ edit: id, from: 'ana', at: 1, text: 'three' });
  ana.receipt({ d: {}, r: {} });
  ana.submit();
  expect(room.index.lastClock('z')).toBe(1);
  expect(room.index.lastClock('y')).toBe(-1);
});
