/** Whether somebody is told of a message now: the rules of push, pure. A withdrawal always goes. */
import type { UserId } from '../../schema/ids.ts';

/** What is known of a message's recipient at the moment of sending. */
export interface Circumstances {
  readonly user: UserId;
  readonly conversation: string;
  /** The message is not there any more, or was deleted. */
  readonly isDeleted: boolean;
  readonly isMember: boolean;
  readonly isSender: boolean;
  readonly hasRead: boolean;
  readonly isMuted: boolean;
  /** The message names the recipient. */
  readonly isMentioned: boolean;
  readonly quiet: Quiet | undefined;
}

/** Minutes since midnight in a time zone. */
export interface Quiet {
  readonly from: number;
  readonly to: number;
  readonly zone: string;
}

export const DROPPED = ['deleted', 'not-member', 'sender', 'read', 'muted', 'looking', 'quiet'] as const;
export type Dropped = (typeof DROPPED)[number];

interface Now {
  readonly nowMs: number;
  readonly isLooking: (user: UserId, conversation: string) => boolean;
}

export function whyNot(of: Circumstances, { nowMs, isLooking }: Now): Dropped | undefined {
  if (of.isDeleted) return 'deleted';
  if (!of.isMember) return 'not-member';
  if (of.isSender) return 'sender';
  if (of.hasRead) return 'read';
  if (of.isMuted && !of.isMentioned) return 'muted';
  if (isLooking(of.user, of.conversation)) return 'looking';
  if (of.quiet && isQuiet(of.quiet, nowMs)) return 'quiet';
  return undefined;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** From the first minute to before the last; over midnight when that is earlier. From a time to itself is never. */
export function isQuiet({ from, to, zone }: Quiet, nowMs: number): boolean {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
    formats.set(zone, format);
  }
  const [hours, minutes] = format.format(nowMs).split(':').map(Number) as [number, number];
  const now = hours * 60 + minutes;
  return from <= to ? from <= now && now < to : from <= now || now < to;
}
