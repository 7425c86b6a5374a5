import { expect, test } from 'vitest';
import type { ConversationId, MessageId, UserId } from '../../schema/ids.ts';
import { TYPING_SHOWN_MS } from '../../schema/limits.ts';
import { TestClock } from '../connection/testing-link.ts';
import { Typists } from './typists.ts';

const [ANA, BO] = ['ana', 'bo'] as [UserId, UserId];
const [C, D] = ['c', 'd'] as [ConversationId, ConversationId];

function start() {
  const clock = new TestClock();
  let last: { id: MessageId; from: UserId } | undefined;
  const typists = new Typists({ clock, lastOf: () => last });
  /** A message arrives. */
  const arrive = (id: string, from: UserId) => {
    last = { id: id as MessageId, from };
    typists.changed(C);
  };
  return { clock, typists, arrive, shown: () => typists.typing.get().get(C) };
}

test('who is heard is shown, in the order of their beginning, and forgotten after six seconds of silence', () => {
  const { clock, typists, shown } = start();
  typists.heard(C, ANA);
  clock.advance(3_000);
  typists.heard(C, BO);
  typists.heard(C, ANA);
  expect(shown()).toEqual([ANA, BO]);
  clock.advance(TYPING_SHOWN_MS - 1);
  expect(shown()).toEqual([ANA, BO]);
  clock.advance(1);
  expect(shown()).toBeUndefined();
});

test('a message of the person ends it at once, one of somebody else does not, and neither does an older one', () => {
  const { typists, arrive, shown } = start();
  arrive('a-1', ANA);
  typists.heard(C, ANA);
  typists.heard(C, BO);
  arrive('a-1', ANA);
  expect(shown()).toEqual([ANA, BO]);
  arrive('b-1', BO);
  expect(shown()).toEqual([ANA]);
  arrive('a-2', ANA);
  expect(shown()).toBeUndefined();
  typists.heard(C, ANA);
  arrive('a-2', ANA);
  expect(shown()).toEqual([ANA]);
});

test('a notice of a message in a conversation that is not open ends it too', () => {
  const { typists, shown } = start();
  typists.heard(C, ANA);
  typists.wrote(C, BO);
  typists.wrote(C, ANA);
  typists.wrote(C, ANA);
  expect(shown()).toBeUndefined();
});

test('nobody types without a connection, and no timer is left', () => {
  const { clock, typists } = start();
  typists.heard(C, ANA);
  typists.heard(D, BO);
  typists.clear();
  expect(typists.typing.get().size).toBe(0);
  typists.heard(C, ANA);
  clock.advance(TYPING_SHOWN_MS - 1);
  expect(typists.typing.get().size).toBe(1);
});

test('what is known of other conversations stays the same value', () => {
  const { typists } = start();
  typists.heard(C, ANA);
  const before = typists.typing.get().get(C);
  typists.heard(D, BO);
  typists.heard(C, ANA);
  expect(typists.typing.get().get(C)).toBe(before);
});
