/** Tells people at once of a conversation that is new to them, a head notice without a message, or not any more what it was. */
import type { ConversationId, UserId } from '../../schema/ids.ts';
import type { FanOut } from './fan-out.ts';

export interface Announcement {
  readonly conversation: string;
  readonly epoch: number;
  /** Who started it or added them. */
  readonly from: UserId;
  readonly at: number;
  readonly members: readonly string[];
}

export function announce(fanOut: FanOut, { conversation, epoch, from, at, members }: Announcement): void {
  fanOut.publish('head', {
    conversation: conversation as ConversationId,
    epoch,
    seq: 0,
    from,
    at,
    preview: '',
    members: members as readonly UserId[],
  });
}

export interface Change {
  readonly conversation: string;
  /** All its members, and who is one no more. */
  readonly members: readonly string[];
}

/** Their devices ask what it is now. */
export function announceChange(fanOut: FanOut, { conversation, members }: Change): void {
  fanOut.publish('changed', {
    conversation: conversation as ConversationId,
    members: members as readonly UserId[],
  });
}
