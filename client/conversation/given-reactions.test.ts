/** Reactions on a device: given at once, counted by message, and the same object as long as nothing of it changes. */
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { REACTIONS, type Reaction, reactionKey, toggled } from '../../schema/document/reactions.ts';
import type { MessageId, UserId } from '../../schema/ids.ts';
import { GivenReactions, NOTHING_GIVEN } from './given-reactions.ts';

const [ana, bo] = ['ana', 'bo'] as [UserId, UserId];
const [one, two] = ['a-0', 'a-1'] as [MessageId, MessageId];

function device() {
  const doc = new Y.Doc();
  const map = doc.getMap<Reaction>(REACTIONS);
  const reactions = new GivenReactions(map);
  const toggle = (user: UserId, on: MessageId, emoji: string) =>
    map.set(reactionKey(user, on), { on, emoji: toggled(reactions.of(user, on)?.emoji ?? [], emoji) });
  return { doc, reactions, toggle };
}

test('what is given shows at once, and what others gave stays as it was', () => {
  const { reactions, toggle } = device();
  expect(reactions.get()).toBe(NOTHING_GIVEN);
  toggle(ana, one, '👍');
  const before = reactions.get();
  expect(before).toEqual(new Map([[one, [{ emoji: '👍', users: [ana] }]]]));
  expect(reactions.get()).toBe(before);
  toggle(bo, two, '❤️');
  expect(reactions.get().get(one)).toBe(before.get(one));
  toggle(bo, one, '👍');
  expect(reactions.get().get(one)).toEqual([{ emoji: '👍', users: [ana, bo] }]);
});

test('taken back by all, a message has none, and a document without any is like one that never had', () => {
  const { reactions, toggle } = device();
  toggle(ana, one, '👍');
  toggle(ana, one, '❤️');
  toggle(ana, one, '👍');
  expect(reactions.get().get(one)).toEqual([{ emoji: '❤️', users: [ana] }]);
  toggle(ana, one, '❤️');
  expect(reactions.get()).toBe(NOTHING_GIVEN);
});

test('[P7] two devices that have exchanged what they have show the same', () => {
  const [here, there] = [device(), device()];
  here.toggle(ana, one, '👍');
  here.toggle(bo, one, '🙏');
  there.toggle(ana, one, '❤️');
  there.toggle(bo, two, '😂');
  Y.applyUpdate(here.doc, Y.encodeStateAsUpdate(there.doc));
  Y.applyUpdate(there.doc, Y.encodeStateAsUpdate(here.doc));
  const sorted = ({ reactions }: ReturnType<typeof device>) => [...reactions.get()].sort();
  expect(sorted(here)).toEqual(sorted(there));
});
