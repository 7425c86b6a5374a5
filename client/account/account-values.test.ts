/** What is read of an account document, whoever has written it. */
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { CONVERSATIONS, DRAFTS, HIDDEN, IS_HIDDEN, SETTINGS, STARS } from '../../schema/document/account.ts';
import { NOTHING_SHARED } from '../conversation/conversation.ts';
import { AccountValues } from './account-values.ts';

function start() {
  const doc = new Y.Doc();
  const values = new AccountValues(doc);
  let former = NOTHING_SHARED;
  return {
    set: (root: string, key: string, value: unknown) => void doc.getMap(root).set(key, value),
    remove: (root: string, key: string) => doc.getMap(root).delete(key),
    read() {
      former = { ...values.read(former), isComplete: true };
      return former;
    },
  };
}

test('an empty document says what is so without one', () => {
  expect(start().read()).toEqual({ ...NOTHING_SHARED, isComplete: true });
});

test('what stands in it is read', () => {
  const { set, read } = start();
  set(SETTINGS, 'theme', 'dark');
  set(SETTINGS, 'language', 'ar');
  set(SETTINGS, 'receipts', false);
  set(SETTINGS, 'pushPreview', false);
  set(SETTINGS, 'quiet', { from: '22:00', to: '07:30', zone: 'Europe/Berlin' });
  set(DRAFTS, 'c', { text: 'half', at: 1 });
  set(CONVERSATIONS, 'c', { pinned: true });
  set(STARS, 'c/1-0', { at: 5 });
  set(HIDDEN, 'c/1-1', IS_HIDDEN);
  expect(read()).toMatchObject({
    ...{ theme: 'dark', language: 'ar' },
    privacy: { receipts: false, presence: true, typing: true },
    notices: { pushPreview: false, quiet: { from: '22:00', to: '07:30', zone: 'Europe/Berlin' } },
    drafts: new Map([['c', { text: 'half', at: 1 }]]),
    conversations: new Map([['c', { pinned: true }]]),
    stars: new Map([['c', new Map([['1-0', 5]])]]),
    hidden: new Map([['c', new Set(['1-1'])]]),
  });
});

test.each<[string, string, readonly unknown[]]>([
  [SETTINGS, 'theme', ['pink', 7, null]],
  [SETTINGS, 'language', ['tlh', {}]],
  [SETTINGS, 'presence', [0, null, 'false']],
  [SETTINGS, 'quiet', [null, '22:00', { from: '24:00', to: '07:00', zone: 'UTC' }, { from: '22:00', to: '07:00' }]],
  [
    SETTINGS,
    'quiet',
    [
      { from: '22:00', to: 7, zone: 'UTC' },
      { from: '22:60', to: '07:00', zone: 'UTC' },
    ],
  ],
  [DRAFTS, 'c', [null, 'half', { text: 'half' }, { text: 1, at: 1 }, { at: 1 }]],
  [CONVERSATIONS, 'c', [null, 'pinned', 1]],
])('what is no value of %s.%s counts as not written', (root, key, values) => {
  const { set, read } = start();
  for (const value of values) {
    set(root, key, value);
    expect(read()).toEqual({ ...NOTHING_SHARED, isComplete: true });
  }
});

test('thousands of stars and hidden messages are not read again with each letter of a draft, but when they change', () => {
  const { set, remove, read } = start();
  set(STARS, 'c/1-0', { at: 5 });
  for (const message of ['c/1-1', 'd/1-0']) set(HIDDEN, message, IS_HIDDEN);
  const before = read();
  set(DRAFTS, 'c', { text: 'h', at: 1 });
  const typed = read();
  expect(typed.stars).toBe(before.stars);
  expect(typed.hidden).toBe(before.hidden);
  remove(STARS, 'c/1-0');
  remove(HIDDEN, 'c/1-1');
  const after = read();
  expect(after.stars.size).toBe(0);
  expect([...after.hidden.keys()]).toEqual(['d']);
  expect([...after.hidden.values()][0]).toBe([...before.hidden.values()][1]);
});
