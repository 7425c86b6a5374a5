/** Which messages are gone for a person, and that there is an end to what one person can hide. */
import { expect, test } from 'vitest';
import type { ConversationId, MessageId, UserId } from '../../schema/ids.ts';
import { MAX_HIDDEN } from '../../schema/limits.ts';
import { TestClock } from '../connection/testing-link.ts';
import type { SharedValues } from '../conversation/conversation.ts';
import { type Deletion, TooManyHidden } from '../conversation/deletions.ts';
import { Source } from '../conversation/source.ts';
import { GoneMessages } from './gone-messages.ts';

const [TALK, OTHER] = ['talk', 'other'] as [ConversationId, ConversationId];
const [A, B, C] = ['1-0', '1-1', '1-2'] as [MessageId, MessageId, MessageId];

/** A person who has hidden these messages of `TALK`. */
function personWho(...hidden: MessageId[]) {
  const values = new Source({ hidden: new Map([[TALK, new Set(hidden)]]) } as unknown as SharedValues);
  const done: unknown[] = [];
  const notes = new Map<string, string>();
  const gone = new GoneMessages({
    ...{ me: 'ana' as UserId, clock: new TestClock(), name: 'ana', onChange: () => undefined },
    notes: {
      getItem: (key) => notes.get(key) ?? null,
      setItem: (key, value) => void notes.set(key, value),
      removeItem: (key) => void notes.delete(key),
    },
    shared: {
      values,
      hide: async (...what) => void done.push(['hide', ...what]),
      unhide: (id, ids) => void done.push(['unhide', id, [...ids]]),
    },
    erase: async (...what) => void done.push(['erase', ...what]),
  });
  return { gone, done };
}

const deletion = (whom: Deletion['whom'], ...ids: MessageId[]): Deletion => ({ conversation: TALK, ids, whom });

test('gone is what was hidden before, and what is being deleted for oneself or for everyone until that is undone', () => {
  const { gone } = personWho(A);
  const goneNow = () => [A, B, C].filter((id) => gone.has(TALK, id));
  expect(goneNow()).toEqual([A]);
  gone.deletions.begin(deletion('me', B));
  expect(goneNow()).toEqual([A, B]);
  gone.deletions.undo();
  gone.deletions.begin(deletion('everyone', C));
  expect(goneNow()).toEqual([A, C]);
  gone.deletions.undo();
  expect(goneNow()).toEqual([A]);
  expect(gone.has(OTHER, A)).toBe(false);
});

test('for oneself it is hidden on all devices, for everyone it is erased', async () => {
  const { gone, done } = personWho();
  for (const whom of ['me', 'everyone'] as const) {
    gone.deletions.begin(deletion(whom, A, B));
    await gone.deletions.finish();
  }
  expect(done).toEqual([
    ['hide', TALK, [A, B]],
    ['erase', TALK, [A, B]],
  ]);
});

test('who has hidden very many hides no more than there is room for, and deletes for everyone all the same', () => {
  const many = Array.from({ length: MAX_HIDDEN - 1 }, (_, clock) => `9-${clock}` as MessageId);
  const { gone } = personWho(...many);
  gone.deletions.begin(deletion('me', A, B));
  expect(gone.deletions.state.get()).toEqual({ is: 'failed', failure: new TooManyHidden() });
  for (const fits of [deletion('me', A), deletion('everyone', A, B)]) {
    gone.deletions.begin(fits);
    expect(gone.deletions.state.get()).toEqual({ is: 'undoable', deletion: fits });
    gone.deletions.undo();
  }
});

test('what nobody can read any more need not be hidden: some messages, or all of a conversation', () => {
  const { gone, done } = personWho(A, B);
  gone.forget(TALK, [A]);
  gone.forget(TALK);
  gone.forget(OTHER);
  expect(done).toEqual([
    ['unhide', TALK, [A]],
    ['unhide', TALK, [A, B]],
    ['unhide', OTHER, []],
  ]);
});
