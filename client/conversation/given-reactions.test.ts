/** Reactions on a device: given at once, counted by message, and the same object as long as nothing of it changes. */
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { REACTIONS, type Reaction } from '../../schema/document/reactions.ts';
import type { MessageId, UserId } from '../../schema/ids.ts';
import { GivenReactions, NOTHING_GIVEN } from './given-reactions.ts';

const [ana, bo] = ['ana', 'bo'] as [UserId, UserId];
const [one, two] = ['a-0', 'a-1'] as [MessageId, MessageId];

function device() {
  const doc = new Y.Doc();
  return { doc, reactions: new GivenReactions(doc.getMap<Reaction>(REACTIONS)) };
}

test('what is given shows at once, and what others gave stays as it was', () => {
  const { reactions } = device();
  expect(reactions.get()).toBe(NOTHING_GIVEN);
  reactions.toggle(ana, one, '👍');
  const before = reactions.get();
  expect(before).toEqual(new Map([[one, [{ emoji: '👍', users: [ana] }]]]));
  expect(reactions.get()).toBe(before);
  reactions.toggle(bo, two, '❤️');
  expect(reactions.get().get(one)).toBe(before.get(one));
  reactions.toggle(bo, one, '👍');
  expect(reactions.get().get(one)).toEqual([{ emoji: '👍', users: [ana, bo] }]);
});

test('taken back by all, a message has none, and a document without any is like one that never had', () => {
  const { reactions } = device();
  reactions.toggle(ana, one, '👍');
  reactions.toggle(ana, one, '❤️');
  reactions.toggle(ana, one, '👍');
  expect(reactions.get().get(one)).toEqual([{ emoji: '❤️', users: [ana] }]);
  reactions.toggle(ana, one, '❤️');
  expect(reactions.get()).toBe(NOTHING_GIVEN);
});

test('[P7] two devices that have exchanged what they have show the same', () => {
  const [here, there] = [device(), device()];
  here.reactions.toggle(ana, one, '👍');
  here.reactions.toggle(bo, one, '🙏');
  there.reactions.toggle(ana, one, '❤️');
  there.reactions.toggle(bo, two, '😂');
  Y.applyUpdate(here.doc, Y.encodeStateAsUpdate(there.doc));
  Y.applyUpdate(there.doc, Y.encodeStateAsUpdate(here.doc));
  const sorted = ({ reactions }: ReturnType<typeof device>) => [...reactions.get()].sort();
  expect(sorted(here)).toEqual(sorted(there));
});
