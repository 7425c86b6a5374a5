/** The order of a message's menu. */
import { expect, it } from 'vitest';
import { groupsOf } from './message-actions.ts';

it('the menu goes from what is done often to what cannot be taken back, whatever the order of what is allowed', () => {
  expect(
    groupsOf(['delete', 'link', 'star', 'deleteForMe', 'edit', 'select', 'pin', 'forward', 'copy', 'reply']),
  ).toEqual([
    ['reply', 'copy', 'forward'],
    ['star', 'pin', 'select'],
    ['edit', 'link'],
    ['deleteForMe', 'delete'],
  ]);
});

it('a group of which nothing is allowed leaves no gap', () => {
  expect(groupsOf(['delete', 'copy'])).toEqual([['copy'], ['delete']]);
  expect(groupsOf([])).toEqual([]);
});
