import { describe, expect, test } from 'vitest';
import type { MessageId, UserId } from '../ids.ts';
import type { Element } from './message.ts';
import { foldTimeline } from './timeline.ts';

const ana = 'ana' as UserId;
const bo = 'bo' as UserId;
const id = (text: string): MessageId => text as MessageId;
const live = (name: string, text = name, more: object = {}): Element => ({
  id: id(name),
  from: ana,
  at: 1,
  text,
  ...more,
});
const gone = (name: string, deletedAt = 9): Element => ({ id: id(name), from: ana, at: 1, deletedAt, by: ana });
const edit = (name: string, text: string, at = 5, from = ana): Element => ({ edit: id(name), from, at, text });
const del = (name: string, from = ana): Element => ({ del: id(name), from, at: 7 });
const folded = (...elements: Element[]): string[] =>
  foldTimeline(elements).map((row) => `${row.id}:${'text' in row ? row.text : '†'}`);

describe('the timeline', () => {
  test('has a row for each message, in the order of the array, whatever the clocks say', () => {
    expect(folded(live('a', 'one', { at: 5 }), live('b', 'two', { at: 1 }), gone('c'))).toEqual([
      'a:one',
      'b:two',
      'c:†',
    ]);
  });

  test.each([
    ['deleted wins, also over what was edited later', [gone('a'), live('a', 'x', { editedAt: 99 })], ['a:†']],
    ['deleted wins, also from behind', [live('a', 'x', { editedAt: 99 }), live('b'), gone('a')], ['b:b', 'a:†']],
    [
      'then the later edit',
      [live('a', 'new', { editedAt: 2 }), live('b'), live('a', 'old', { editedAt: 1 })],
      ['a:new', 'b:b'],
    ],
    ['any edit over none', [live('a', 'new', { editedAt: 1 }), live('b'), live('a', 'old')], ['a:new', 'b:b']],
    ['then the later position', [live('a', 'first'), live('b'), live('a', 'second')], ['b:b', 'a:second']],
    ['of two deletions the later position', [gone('a', 9), live('b'), gone('a', 1)], ['b:b', 'a:†']],
  ])('has one row for an id that stands twice: %s', (_, elements, rows) => {
    expect(folded(...elements)).toEqual(rows);
  });

  test('shows markers that are not settled yet on top of messages, wherever they stand', () => {
    expect(folded(edit('a', 'edited'), live('a'), del('b'), live('b'))).toEqual(['a:edited', 'b:†']);
    expect(folded(live('a'), edit('a', 'one'), edit('a', 'two'))).toEqual(['a:two']);
    expect(folded(live('a'), del('a'), edit('a', 'alive'))).toEqual(['a:†']);
  });

  test('shows no edit of somebody else, but a deletion by one who moderates', () => {
    expect(folded(live('a'), edit('a', 'forged', 5, bo))).toEqual(['a:a']);
    expect(foldTimeline([live('a'), del('a', bo)])).toEqual([{ id: 'a', from: ana, at: 1, deletedAt: 7, by: bo }]);
  });

  test('leaves out markers of what is not there, of later epochs for instance', () => {
    expect(folded(edit('x', 'y'), del('z'), live('a'))).toEqual(['a:a']);
  });

  test('keeps what a reply replies to through an edit, and drops it with the text', () => {
    expect(foldTimeline([live('a', 'a', { re: 'r' }), edit('a', 'b')])).toMatchObject([
      { re: 'r', text: 'b', editedAt: 5 },
    ]);
    expect(foldTimeline([live('a', 'a', { re: 'r' }), del('a')])[0]).not.toHaveProperty('re');
  });

  test('counts an unsettled edit after the settled one, as settling will', () => {
    expect(foldTimeline([live('a', 'a', { editedAt: 50 }), edit('a', 'b', 5)])).toMatchObject([{ editedAt: 51 }]);
  });
});
