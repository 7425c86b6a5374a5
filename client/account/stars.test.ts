import { expect, test } from 'vitest';
import { messageKey } from '../../schema/document/account.ts';
import type { ConversationId, MessageId } from '../../schema/ids.ts';
import { MAX_ACCOUNT_KEY_CHARACTERS } from '../../schema/limits.ts';
import { starsOf } from './stars.ts';

const C = 'c' as ConversationId;

test('[A16] stars are told by conversation and message, and whatever else stands there is passed over', () => {
  const [one, two] = ['1-0', '1-1'] as MessageId[] as [MessageId, MessageId];
  const entries: [string, unknown][] = [
    [messageKey(C, one) ?? '', { at: 5 }],
    [messageKey('d' as ConversationId, one) ?? '', { at: 6 }],
    [messageKey(C, two) ?? '', { at: 7 }],
    ...['c', 'c/', '/1-0', 'c/x', 'c/1-0/1-0', 'c d/1-0'].map((key): [string, unknown] => [key, { at: 8 }]),
    ...[null, 9, {}, { at: '9' }].map((value, n): [string, unknown] => [`c/2-${n}`, value]),
  ];
  expect(starsOf(entries)).toEqual(
    new Map([
      [
        'c',
        new Map([
          ['1-0', 5],
          ['1-1', 7],
        ]),
      ],
      ['d', new Map([['1-0', 6]])],
    ]),
  );
});

test('[A16] what makes no key that the account document takes is not starred', () => {
  expect(messageKey('c'.repeat(MAX_ACCOUNT_KEY_CHARACTERS - 4) as ConversationId, '1-0' as MessageId)).toHaveLength(64);
  expect(messageKey('c'.repeat(MAX_ACCOUNT_KEY_CHARACTERS - 3) as ConversationId, '1-0' as MessageId)).toBeUndefined();
});
