/** Deletions that can still be undone, and what they take from view until they are done. */
import type { DeleteMarker } from '../../schema/document/message.ts';
import type { ConversationId, MessageId } from '../../schema/ids.ts';

/** Messages that somebody wants to be gone. */
export interface Deletion {
  readonly conversation: ConversationId;
  readonly ids: readonly MessageId[];
  readonly whom: 'everyone' | 'me';
}

/** `undoable`: nothing has left this page. `failed`: it was not kept on this device, and the messages are back. */
export type DeletionState =
  | { readonly is: 'undoable'; readonly deletion: Deletion }
  | { readonly is: 'failed'; readonly failure: unknown };

/** What deletions under way take from one conversation; the same object until that changes. */
export interface Gone {
  /** As if they had been written. */
  readonly markers: readonly DeleteMarker[];
  readonly hidden: ReadonlySet<MessageId>;
}

export const NO_MESSAGES: ReadonlySet<MessageId> = new Set();

export const NOTHING_GONE: Gone = { markers: [], hidden: NO_MESSAGES };

/** There is no room for more messages that one person has deleted for themself. */
export class TooManyHidden extends Error {
  override readonly name = 'TooManyHidden';
}
