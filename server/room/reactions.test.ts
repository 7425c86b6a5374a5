/** Settling reactions in a bare room: what stays, what is refused, and what goes with its message. */
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { REACTIONS, reactionKey } from '../../schema/document/reactions.ts';
import { type MessageId, messageId, type UserId } from '../../schema/ids.ts';
import { MAX_REACTIONS, MAX_REACTIONS_OF_ONE } from '../../schema/limits.ts';
import { BareRoom } from '../testing/bare-room.ts';
import { bareDevice } from '../testing/bare-scene.ts';
import { isTooMany } from './reactions.ts';

function talk() {
  const room = new BareRoom();
  const ana = bareDevice(room, 'ana', 1);
  const bo = bareDevice(room, 'bo', 2);
  const id = ana.say('hello');
  ana.submit();
  bo.pull();
  const given = (user: string) => room.doc.reactions?.get(reactionKey(user as UserId, id))?.emoji;
  return { room, ana, bo, id, given };
}

const kindsOf = (judged: ReturnType<BareRoom['submit']>) =>
  judged.is === 'sound' ? judged.refused.map(({ kind }) => kind) : judged;

test('a reaction is given, changed and taken back; other keys stay as they were', () => {
  const { ana, bo, id, given } = talk();
  bo.react(id, '👍');
  expect(kindsOf(bo.submit())).toEqual([]);
  ana.react(id, '❤️');
  ana.submit();
  bo.react(id, '👍', '🎉');
  bo.submit();
  expect([given('ana'), given('bo')]).toEqual([['❤️'], ['👍', '🎉']]);
  bo.react(id);
  bo.submit();
  expect([given('ana'), given('bo')]).toEqual([['❤️'], []]);
});

test('one reaction costs some eighty bytes, and a changed one less', () => {
  const { bo, id } = talk();
  bo.react(id, '👍');
  const first = bo.submit();
  bo.react(id, '❤️');
  const second = bo.submit();
  const size = (judged: typeof first) => (judged.is === 'sound' ? judged.update?.length : undefined);
  expect(size(first)).toBeLessThan(80);
  expect(size(second)).toBeLessThan(60);
});

test('a key that its owner deletes keeps a value without emoji, which others can read', () => {
  const { room, bo, id, given } = talk();
  bo.react(id, '👍');
  bo.submit();
  bo.doc.getMap(REACTIONS).delete(reactionKey('bo' as UserId, id));
  bo.submit();
  expect(given('bo')).toEqual([]);
  expect(bo.doc.getMap(REACTIONS).toJSON()).toEqual(room.doc.reactions?.toJSON());
});

test('given and deleted before it was sent, it was never there', () => {
  const { bo, id, given } = talk();
  bo.react(id, '👍');
  bo.doc.getMap(REACTIONS).delete(reactionKey('bo' as UserId, id));
  expect(kindsOf(bo.submit())).toEqual([]);
  expect(given('bo')).toBeUndefined();
});

test('what is no emoji is refused and leaves nothing of what was given before', () => {
  const { room, bo, id, given } = talk();
  bo.react(id, '👍');
  bo.submit();
  bo.react(id, 'a secret');
  expect(kindsOf(bo.submit())).toEqual(['bad-text']);
  expect(given('bo')).toEqual([]);
  expect(Buffer.from(Y.encodeStateAsUpdate(room.doc)).includes('a secret')).toBe(false);
});

test('a reaction to nothing is refused, and so is one to what is deleted', () => {
  const { room, ana, bo, id } = talk();
  bo.react(messageId(77, 0), '👍');
  expect(kindsOf(bo.submit())).toEqual(['not-found']);
  ana.push({ del: id, from: 'ana', at: room.nowMs });
  ana.submit();
  bo.react(id, '👍');
  expect(kindsOf(bo.submit())).toEqual(['deleted']);
  expect(room.doc.reactions?.size).toBe(0);
});

test('[P4] with its message everybody’s reactions go, in the same update', () => {
  const { room, ana, bo, id } = talk();
  const other = ana.say('another');
  ana.submit();
  bo.pull();
  bo.react(id, '🦭');
  bo.react(other, '👍');
  bo.submit();
  ana.pull();
  ana.push({ del: id, from: 'ana', at: room.nowMs });
  const judged = ana.submit();
  if (judged.is !== 'sound' || !judged.update) throw new Error('The deletion was not taken');
  bo.doc.destroy();
  expect([...(room.doc.reactions?.keys() ?? [])]).toEqual([reactionKey('bo' as UserId, other)]);
  expect(Buffer.from(Y.encodeStateAsUpdate(room.doc)).includes('🦭')).toBe(false);
});

test('[P4] a message deleted in the update that brings a reaction to it has none', () => {
  const { room, ana } = talk();
  const id = ana.say('a mistake');
  ana.react(id, '👍');
  ana.push({ del: id, from: 'ana', at: room.nowMs });
  expect(kindsOf(ana.submit())).toEqual(['deleted']);
  expect(room.doc.reactions?.size).toBe(0);
});

test('a document holds so many reactions and refuses more; who has one there may still change it', () => {
  const { room, ana, bo, id } = talk();
  bo.react(id, '👍');
  bo.submit();
  const last = ana.say('one more');
  ana.submit();
  bo.pull();
  const map = room.doc.reactions?._map as Map<string, unknown>;
  // The keys of a crowd: only their number counts.
  for (let key = 0; map.size < MAX_REACTIONS; key++) map.set(`somebody/a-${key.toString(36)}`, { deleted: true });
  bo.react(last, '👍');
  expect(kindsOf(bo.submit())).toEqual(['too-large']);
  bo.react(id, '❤️');
  expect(kindsOf(bo.submit())).toEqual([]);
});

test('one person’s reactions are to no more messages than there can be', () => {
  const { room } = talk();
  const ids = Array.from({ length: MAX_REACTIONS_OF_ONE }, (_, clock): MessageId => messageId(9, clock));
  const eve = 'eve' as UserId;
  expect(isTooMany(room.doc, eve, ids)).toBe(false);
  expect(isTooMany(room.doc, eve, [...ids, messageId(10, 0)])).toBe(true);
  const map = room.doc.getMap(REACTIONS)._map as Map<string, unknown>;
  for (const id of ids) map.set(reactionKey(eve, id), {});
  expect(isTooMany(room.doc, eve, ids.slice(0, 3))).toBe(false);
  expect(isTooMany(room.doc, eve, [messageId(10, 0)])).toBe(true);
  expect(isTooMany(room.doc, 'bo' as UserId, [messageId(10, 0)])).toBe(false);
});
