/**
 * The elements of a conversation document's `messages` array: plain JSON values. A client appends messages and markers;
 * only the server writes `editedAt`, `deletedAt` and `by`, and only the server removes an element.
 */
import type { MessageId, UserId } from '../ids.ts';
import type { MessageFile } from './files.ts';

/** Root types of a conversation document, and no others. */
export const MESSAGES = 'messages';
export const RECEIPTS = 'receipts';

/** A message that can be read. Times are ms since 1970: `at` by the sender's clock, `editedAt` as settled. */
export interface LiveMessage {
  readonly id: MessageId;
  readonly from: UserId;
  readonly at: number;
  /** Empty only where there are files. */
  readonly text: string;
  /** The message this one replies to. */
  readonly re?: MessageId;
  /** One at least, and each in this message only. An edit keeps them. */
  readonly files?: readonly MessageFile[];
  readonly editedAt?: number;
}

/** In place of a person in `by`: messages of this conversation are kept for so long only. No account has this id. */
export const BY_RETENTION = 'retention' as UserId;

/** What is left of a message after "delete for everyone": who wrote it and when, who deleted it and when. */
export interface Tombstone {
  readonly id: MessageId;
  readonly from: UserId;
  readonly at: number;
  readonly deletedAt: number;
  readonly by: UserId;
}

export type Message = LiveMessage | Tombstone;

/** A request to edit, appended by the author; the server replaces the target in place and removes the marker. */
export interface EditMarker {
  readonly edit: MessageId;
  readonly from: UserId;
  readonly at: number;
  readonly text: string;
}

/** A request to delete for everyone. */
export interface DeleteMarker {
  readonly del: MessageId;
  readonly from: UserId;
  readonly at: number;
}

export type Element = Message | EditMarker | DeleteMarker;

export const isEdit = (element: Element): element is EditMarker => 'edit' in element;
export const isDelete = (element: Element): element is DeleteMarker => 'del' in element;
export const isMessage = (element: Element): element is Message => 'id' in element;
export const isDeleted = (message: Message): message is Tombstone => 'deletedAt' in message;
