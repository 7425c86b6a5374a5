import { describe, expect, test } from 'vitest';
import type { MessageId, UserId } from '../ids.ts';
import { MAX_EMOJI_UNITS, MAX_REACTION_EMOJI } from '../limits.ts';
import {
  foldReactions,
  isEmoji,
  isSoundReaction,
  parseReactionKey,
  type Reaction,
  reactionKey,
  toggled,
} from './reactions.ts';

const ana = 'ana' as UserId;
const bo = 'bo' as UserId;
const id = (text: string): MessageId => text as MessageId;
const entry = (user: UserId, on: string, ...emoji: string[]): [string, Reaction] => [
  reactionKey(user, id(on)),
  { on: id(on), emoji },
];

describe('an emoji', () => {
  test.each(['👍', '❤️', '❤', '☺', '👍🏿', '🏳️‍🌈', '👩🏻‍❤️‍💋‍👩🏿', '🇪🇸', '1️⃣', '#️⃣', '👨‍👩‍👧‍👦', '🧑‍🦰', '🏴󠁧󠁢󠁥󠁮󠁧󠁿'])(
    'is %s',
    (text) => {
      expect(isEmoji(text)).toBe(true);
      expect(text.length).toBeLessThanOrEqual(MAX_EMOJI_UNITS);
    },
  );

  test.each([
    '',
    'a',
    '1',
    ' ',
    '👍👍',
    '👍 ',
    'ok👍',
    '\0',
    '‍',
    '️',
    '🇪',
    '🏿',
    '\uD83D',
    '👍‍',
    '<b>',
    `👍${'‍👍'.repeat(20)}`,
  ])('is not %j', (text) => {
    expect(isEmoji(text)).toBe(false);
  });
});

test('a key tells who and on what; nothing else is one', () => {
  expect(parseReactionKey(reactionKey(ana, id('a-0')))).toEqual({ user: 'ana', on: 'a-0' });
  for (const key of ['ana', 'ana/', '/a-0', 'ana/a-0/b-0', 'ana/A-0', '__proto__', ''])
    expect(parseReactionKey(key)).toBeUndefined();
});

test('reactions are counted by message and emoji, in an order that does not depend on how they arrived', () => {
  const entries = [entry(bo, 'a-0', '👍'), entry(ana, 'a-0', '👍', '❤️'), entry(ana, 'b-0', '🙏'), entry(bo, 'b-0')];
  const folded = foldReactions(entries);
  expect([...folded]).toEqual([
    [
      'a-0',
      [
        { emoji: '❤️', users: ['ana'] },
        { emoji: '👍', users: ['ana', 'bo'] },
      ],
    ],
    ['b-0', [{ emoji: '🙏', users: ['ana'] }]],
  ]);
  expect(new Map([...foldReactions(entries.toReversed())].sort())).toEqual(new Map([...folded].sort()));
});

test('pressing an emoji gives it and takes it back; one too many costs the oldest', () => {
  expect(toggled([], '👍')).toEqual(['👍']);
  expect(toggled(['👍', '❤️'], '👍')).toEqual(['❤️']);
  const full = ['1️⃣', '2️⃣', '3️⃣', '4️⃣', '5️⃣', '6️⃣'].slice(0, MAX_REACTION_EMOJI);
  expect(toggled(full, '👍')).toEqual([...full.slice(1), '👍']);
  expect(isSoundReaction({ on: id('a-0'), emoji: toggled(full, '👍') })).toBe(true);
  expect(isSoundReaction({ on: id('a-0'), emoji: [...full, '👍'] })).toBe(false);
  expect(isSoundReaction({ on: id('a-0'), emoji: ['👍', '👍'] })).toBe(false);
});
