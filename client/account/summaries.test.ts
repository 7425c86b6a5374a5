import { expect, test } from 'vitest';
import type { ConversationListItem } from '../../schema/http/conversations.ts';
import type { MessageId, UserId } from '../../schema/ids.ts';
import { type LocalView, NOTHING_KNOWN } from '../conversation/chain-view.ts';
import type { ConversationSummary } from '../conversation/conversation.ts';
import {
  activityAt,
  mergeList,
  summarize,
  summarizeAll,
  withHead,
  withoutFormerText,
  withPerson,
  wornPictures,
} from './summaries.ts';

const ana = 'ana' as UserId;
const people = [
  { id: 'ana', name: 'Ana', role: 'member' as const },
  { id: 'bo', name: 'Bo', role: 'member' as const },
];
const item = (id: string, change: Partial<ConversationListItem> = {}): ConversationListItem => ({
  id,
  kind: 'direct',
  title: null,
  epoch: 0,
  erased: 0,
  document: `${id}.0`,
  members: people,
  unread: 0,
  ...change,
});
const recordOf = (one: ConversationListItem) => {
  const [record] = mergeList([one], new Map(), 1_000);
  if (!record) throw new Error('no record');
  return record;
};

test('a direct conversation is called after the other person, an unnamed group after all others', () => {
  expect(summarize(recordOf(item('a')), undefined, ana).title).toBe('Bo');
  const members = [...people, { id: 'cy', name: 'Cy', role: 'member' as const }];
  expect(summarize(recordOf(item('b', { kind: 'group', members })), undefined, ana).title).toBe('Bo, Cy');
  expect(summarize(recordOf(item('c', { kind: 'group', title: 'Boats' })), undefined, ana).title).toBe('Boats');
});

test('what this device knows overrules what the server said', () => {
  const record = recordOf(item('a', { unread: 5, last: { id: '1-1', from: 'bo', at: 10, text: 'old' } }));
  const view: LocalView = {
    ...NOTHING_KNOWN,
    state: 'ready',
    last: { message: { id: '1-2' as MessageId, from: ana, at: 20, text: 'mine' }, delivery: 'sending' },
    isUnreadExact: true,
  };
  expect(summarize(record, view, ana)).toMatchObject({ unread: 0, last: { text: 'mine', delivery: 'sending' } });
  expect(summarize(record, { ...view, state: 'loading' }, ana)).toMatchObject({ unread: 5, last: { text: 'old' } });
});

test('an unread mention shows, and its line becomes another one when it was read', () => {
  const records = [recordOf(item('a', { unread: 1 }))];
  const view: LocalView = { ...NOTHING_KNOWN, state: 'ready', unread: 1, isMentioned: true };
  const summarizeWith = (now: LocalView, former: readonly ConversationSummary[]) =>
    summarizeAll({ records, viewOf: () => now, me: ana, former });
  const mentioned = summarizeWith(view, []);
  expect(mentioned[0]?.isMentioned).toBe(true);
  expect(summarizeWith(view, mentioned)).toBe(mentioned);
  expect(summarizeWith({ ...view, isMentioned: false }, mentioned)[0]?.isMentioned).toBeUndefined();
});

test('a hidden last message keeps its place in the list, without its text', () => {
  const records = [recordOf(item('a', { last: { id: '1-1', from: 'bo', at: 10, text: 'hidden' } }))];
  const isHidden = (id: string, message: string) => id === 'a' && message === '1-1';
  const [line] = summarizeAll({ records, viewOf: () => undefined, isHidden, me: ana, former: [] });
  expect(line?.last).toMatchObject({ at: 10, text: null });
});

test('a deleted last message has no text', () => {
  const record = recordOf(item('a', { last: { id: '1-1', from: 'bo', at: 10, text: null } }));
  expect(summarize(record, undefined, ana).last?.text).toBeNull();
});

test('a conversation without messages keeps its place between its neighbours', () => {
  const list = [
    item('a', { last: { id: '1-1', from: 'bo', at: 300, text: 'x' } }),
    item('empty'),
    item('b', { last: { id: '1-2', from: 'bo', at: 200, text: 'y' } }),
  ];
  const records = mergeList(list, new Map(), 1_000);
  const places = records.map((record) => activityAt(record, summarize(record, undefined, ana)));
  expect(places).toEqual([300, 300, 200]);
});

test('a notice about a conversation that is not open counts as unread, unless it is about an own message', () => {
  const head = { t: 'head', conversation: 'a', epoch: 1, seq: 4, from: 'bo', at: 50, preview: 'new' } as const;
  const record = withHead(recordOf(item('a')), head, ana);
  expect(summarize(record, undefined, ana)).toMatchObject({ unread: 1, last: { text: 'new', at: 50 } });
  expect(record.item.epoch).toBe(1);
  expect(withHead(record, { ...head, from: 'ana' }, ana).item.unread).toBe(1);
});

test('[P4] the last text that is kept follows an edit or deletion, also of a message that only a notice told of', () => {
  const message = { id: '1-1' as MessageId, from: 'bo' as UserId, at: 10, text: 'former' };
  const kept = recordOf(item('a', { last: { ...message } }));
  const heard = withHead(
    recordOf(item('a')),
    { t: 'head', conversation: 'a', epoch: 0, seq: 1, from: 'bo', at: 10, preview: 'former' },
    ana,
  );
  const viewOf = (shown: object): LocalView => ({
    ...NOTHING_KNOWN,
    state: 'ready',
    rows: [{ message: shown }, { message: { ...message, id: '1-2', at: 11, text: 'another' } }] as never,
  });
  const { text: _, ...rest } = message;
  for (const record of [kept, heard]) {
    expect(withoutFormerText(record, viewOf(message))).toBe(record);
    expect(withoutFormerText(record, NOTHING_KNOWN)).toBe(record);
    expect(withoutFormerText(record, viewOf({ ...message, text: 'better', editedAt: 20 })).last?.text).toBe('better');
    expect(withoutFormerText(record, viewOf({ ...rest, deletedAt: 20, by: 'bo' })).last?.text).toBeNull();
  }
});

test('[A14] what somebody is called now shows where they are a member, and nothing else changes', () => {
  const record = recordOf(item('a'));
  const said = { t: 'person', id: 'bo', name: 'Bo Berg', status: 'away', picture: 'p1' } as const;
  const told = withPerson(record, said);
  const shown = summarize(told, undefined, ana);
  expect(shown).toMatchObject({ title: 'Bo Berg', picture: 'p1' });
  expect(shown.members[1]).toEqual({ id: 'bo', name: 'Bo Berg', role: 'member', status: 'away', picture: 'p1' });
  expect(summarize(withPerson(told, { t: 'person', id: 'bo', name: 'Bo' }), undefined, ana)).toEqual(
    summarize(record, undefined, ana),
  );
  expect(withPerson(record, { ...said, id: 'cy' })).toBe(record);
});

test('[C8] a group wears its own picture, and a line whose picture changed is another line', () => {
  const group = (picture?: string) =>
    recordOf(item('b', { kind: 'group', title: 'Boats', ...(picture && { picture }) }));
  const summarizeWith = (picture: string | undefined, former: readonly ConversationSummary[]) =>
    summarizeAll({ records: [group(picture)], viewOf: () => undefined, me: ana, former });
  const worn = summarizeWith('p2', []);
  expect(worn[0]?.picture).toBe('p2');
  expect(summarizeWith('p2', worn)).toEqual(worn);
  expect(summarizeWith(undefined, worn)[0]).not.toHaveProperty('picture');
  expect([...wornPictures([group('p2'), recordOf(item('a'))])]).toEqual(['p2']);
});
