/**
 * What the timeline shows, in order, as one flat list for the virtualizer: day headings, the "New messages" line,
 * messages with their place in a run of the same person, and the texts that failed. Pure; knows no React.
 */
import type { UnsentMessage } from '../../conversation/attachments.ts';
import type { FailedText, Timeline, TimelineRow } from '../../conversation/conversation.ts';
import { startOfDay } from '../dates.ts';

export interface MessageItem {
  readonly is: 'message';
  readonly key: string;
  readonly row: TimelineRow;
  /** First and last of a run of messages by one person. */
  readonly first: boolean;
  readonly last: boolean;
  /** Written on an earlier day than the heading above says: it arrived late, so its own time names the day. */
  readonly late: boolean;
}

export type TimelineItem =
  | { readonly is: 'day'; readonly key: string; readonly at: number }
  | { readonly is: 'unread'; readonly key: string }
  | MessageItem
  | { readonly is: 'unsent'; readonly key: string; readonly unsent: UnsentMessage }
  | { readonly is: 'failed'; readonly key: string; readonly failed: FailedText };

/** Longer pauses begin a new run, so that its name and time are shown again. */
const RUN_PAUSE_MS = 10 * 60_000;

/** The shortest day has 23 hours. */
const SURELY_SAME_DAY_MS = 23 * 3_600_000;

export function timelineItems({ rows, unsent = [], failed, firstUnread, older }: Timeline): TimelineItem[] {
  const items: TimelineItem[] = [];
  let day = Number.NEGATIVE_INFINITY;
  let previous: TimelineRow | undefined;
  for (const row of rows) {
    const { message } = row;
    const ownDay = message.at >= day && message.at < day + SURELY_SAME_DAY_MS ? day : startOfDay(message.at);
    let begins =
      !previous ||
      previous.message.from !== message.from ||
      message.at - previous.message.at > RUN_PAUSE_MS ||
      // Epochs come and go as wholes: what stands before one must not change how its first row looks.
      previous.epoch !== row.epoch;
    if (ownDay > day) {
      day = ownDay;
      // Named by the message and not by the day, so that an older page in front of it moves the heading only. Where older
      // rows are yet to come they tell whether the day begins here.
      if (previous || older === 'none') items.push({ is: 'day', key: `day ${message.id}`, at: message.at });
      begins = true;
    }
    if (message.id === firstUnread) {
      items.push({ is: 'unread', key: 'unread' });
      begins = true;
    }
    if (begins) closeRun(items);
    items.push({ is: 'message', key: message.id, row, first: begins, last: false, late: ownDay < day });
    previous = row;
  }
  closeRun(items);
  for (const one of unsent) items.push({ is: 'unsent', key: `unsent ${one.key}`, unsent: one });
  for (const one of failed) items.push({ is: 'failed', key: `failed ${one.key}`, failed: one });
  return items;
}

/** Marks the newest message in `items` as the last of its run. */
function closeRun(items: TimelineItem[]): void {
  for (let index = items.length - 1; index >= 0; index--) {
    const item = items[index] as TimelineItem;
    if (item.is !== 'message') continue;
    items[index] = { ...item, last: true };
    return;
  }
}

export const isFocusable = (item: TimelineItem | undefined): boolean =>
  item?.is === 'message' || item?.is === 'unsent' || item?.is === 'failed';

/** The nearest item from `from` on that can have the focus; -1 when there is none. */
export function findFocusable(items: readonly TimelineItem[], from: number, step: 1 | -1): number {
  for (let index = from; index >= 0 && index < items.length; index += step) if (isFocusable(items[index])) return index;
  return -1;
}
