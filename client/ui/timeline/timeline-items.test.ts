/** The flat list of the timeline: headings, runs of one person, the line of unread messages, late arrivals, failures. */
import { describe, expect, it } from 'vitest';
import { type MessageId, messageId, type UserId } from '../../../schema/ids.ts';
import type { FailedText, Timeline, TimelineRow } from '../../conversation/conversation.ts';
import { type TimelineItem, timelineItems } from './timeline-items.ts';

const at = (day: number, hour: number, minute = 0) => new Date(2026, 4, day, hour, minute).getTime();

function row(clock: number, from: string, when: number): TimelineRow {
  const message = { id: messageId(1, clock), from: from as UserId, at: when, text: `text ${clock}` };
  return { message, epoch: 0, own: from === 'me', pending: false };
}

const timeline = (rows: TimelineRow[], rest: Partial<Timeline> = {}): Timeline => ({
  state: 'ready',
  rows,
  older: 'none',
  newer: 'none',
  failed: [],
  unread: 0,
  ...rest,
});

/** One letter an item: D(ay), U(nread), W(aits for its files), F(ailed); m(essage), with < for the first and > for the last of a run. */
const shape = (items: readonly TimelineItem[]): string =>
  items
    .map((item) =>
      item.is === 'message'
        ? `${item.first ? '<' : ''}${item.late ? 'l' : 'm'}${item.last ? '>' : ''}`
        : { day: 'D', unread: 'U', unsent: 'W', failed: 'F' }[item.is],
    )
    .join(' ');

describe('timelineItems', () => {
  it('heads each day once and joins messages of one person into runs', () => {
    const rows = [
      row(1, 'ana', at(4, 9)),
      row(2, 'ana', at(4, 9, 1)),
      row(3, 'me', at(4, 9, 2)),
      row(4, 'me', at(5, 0, 1)),
    ];
    expect(shape(timelineItems(timeline(rows)))).toBe('D <m m> <m> D <m>');
  });

  it('begins a new run after a long pause', () => {
    const rows = [row(1, 'ana', at(4, 9)), row(2, 'ana', at(4, 9, 9)), row(3, 'ana', at(4, 9, 30))];
    expect(shape(timelineItems(timeline(rows)))).toBe('D <m m> <m>');
  });

  it('breaks the run at the line of new messages', () => {
    const rows = [row(1, 'ana', at(4, 9)), row(2, 'ana', at(4, 9, 1)), row(3, 'ana', at(4, 9, 2))];
    const items = timelineItems(timeline(rows, { firstUnread: messageId(1, 2) }));
    expect(shape(items)).toBe('D <m> U <m m>');
  });

  it('gives no heading to a message that arrives days late, and marks it', () => {
    const rows = [row(1, 'ana', at(5, 9)), row(2, 'bo', at(3, 12)), row(3, 'ana', at(5, 10))];
    expect(shape(timelineItems(timeline(rows)))).toBe('D <m> <l> <m>');
  });

  it('puts failed texts after the messages', () => {
    const failed: FailedText = { key: 'k', text: 'x', at: at(4, 10), kind: 'rate' };
    expect(shape(timelineItems(timeline([row(1, 'me', at(4, 9))], { failed: [failed] })))).toBe('D <m> F');
  });

  it('gives every item a key of its own, which does not change when older messages appear', () => {
    const newer = [row(3, 'ana', at(4, 9)), row(4, 'me', at(5, 9))];
    const older = [row(1, 'ana', at(3, 9)), row(2, 'ana', at(4, 8))];
    const before = timelineItems(timeline(newer)).map((item) => item.key);
    const after = timelineItems(timeline([...older, ...newer])).map((item) => item.key);
    expect(new Set(after).size).toBe(after.length);
    // The heading of the day moves to its first message; all else keeps its key.
    expect(before.filter((key) => !after.includes(key))).toEqual([`day ${messageId(1, 3) as MessageId}`]);
  });
});
