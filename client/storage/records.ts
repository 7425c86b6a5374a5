/** What this browser keeps of an account beside its documents: the shapes of the IndexedDB records. */
import type { FileId, MessageFile } from '../../schema/document/files.ts';
import type { Element } from '../../schema/document/message.ts';
import type { Reaction } from '../../schema/document/reactions.ts';
import type { ReceiptVector } from '../../schema/document/receipts.ts';
import type { ConversationListItem } from '../../schema/http/conversations.ts';
import type { ConversationId, DocumentId, MessageId, UserId } from '../../schema/ids.ts';
import type { TrayFile, UploadFailure } from '../conversation/attachments.ts';
import type { FailedText } from '../conversation/conversation.ts';

/** An own element that the server has not acknowledged; see `outbox.ts`. */
export interface OutboxRecord {
  readonly document: DocumentId;
  /** The local copy it was written to: after a reset the bytes fit nowhere any more. */
  readonly incarnation: number;
  /** The Yjs id of the element, also of a marker or reaction. */
  readonly id: MessageId;
  readonly writer: number;
  readonly clock: number;
  readonly element: Element | Reaction;
  /** The Yjs update that carries exactly this element. */
  readonly update: Uint8Array;
  /** Of an edit: the target's `editedAt` before it, to tell afterwards whether it took effect. */
  readonly editedAtBefore?: number;
  /** Of a reaction: when it was given here, in ms since 1970, and how often it was written anew after its copy was dropped. */
  readonly given?: { readonly at: number; readonly repeats: number };
}

/** What is written when something is appended. */
export type Written = Pick<OutboxRecord, 'element' | 'editedAtBefore' | 'given'>;

export const isReaction = (element: OutboxRecord['element']): element is Reaction => 'on' in element;

export interface FailedRecord extends FailedText {
  readonly conversation: ConversationId;
}

/** Something that only the server can do, and it has not heard it; see `account/waiting-wishes.ts`. */
export interface Wish {
  /** ms since 1970 by this device, never the same twice for the same thing. */
  readonly at: number;
  /** The status with which the server refused it; the person has not seen that yet. */
  readonly refused?: number;
}

/** A message that is to be pinned, or not any more. */
export interface PinWish extends Wish {
  readonly conversation: ConversationId;
  readonly message: MessageId;
  readonly isPinned: boolean;
}

/** What this person wants to be to others. */
export type ProfileWish = Wish &
  (
    | { readonly field: 'name'; readonly value: string }
    | { readonly field: 'status'; readonly value: string | null }
    | { readonly field: 'picture'; readonly value: Blob | null }
  );

/** All kinds of wishes, under their keys in the store. */
export interface Wishes {
  readonly pins: PinWish;
  readonly profile: ProfileWish;
}

/** A file that the next message will carry; see `files/trays.ts`. */
export interface TrayRecord extends TrayFile {
  readonly conversation: ConversationId;
}

/** A message that waits for its files; see `files/unsent.ts`. The bytes are records of their own. */
export interface UnsentRecord {
  readonly conversation: ConversationId;
  readonly key: string;
  readonly text: string;
  readonly at: number;
  readonly re?: MessageId;
  /** With an id once all its bytes are on the server; `url`: where the upload goes on. */
  readonly files: readonly (Omit<MessageFile, 'id'> & { readonly id?: FileId; readonly url?: string | undefined })[];
  readonly failure?: UploadFailure;
  /** It went to the outbox as this message. */
  readonly sent?: { readonly document: DocumentId; readonly id: MessageId };
}

/** From the beginning: what the server had of it may be what it refused. */
export function toBeSentAgain({ failure: _, sent: __, files, ...record }: UnsentRecord): UnsentRecord {
  return { ...record, files: files.map(({ id: _, url: __, ...file }) => file) };
}

/** The keys of what belongs to one conversation, where these begin with it. */
export const ofConversation = (conversation: ConversationId): IDBKeyRange =>
  IDBKeyRange.bound([conversation], [conversation, []]);

/** A change of both that was written to the store. */
export interface OutboxChange {
  readonly kept?: OutboxRecord;
  readonly gone?: readonly Pick<OutboxRecord, 'document' | 'id'>[];
  readonly failed?: readonly FailedRecord[];
  readonly settled?: Pick<FailedRecord, 'conversation' | 'key'>;
}

/** What this device knows of a document, beside its content. */
export interface DocumentRecord {
  readonly document: DocumentId;
  /** Counts the local copies of this document: a reset begins another one under another database name. */
  readonly incarnation: number;
  /** Of the stored document on the server, whose content this copy holds. */
  readonly generation?: string;
  /** The copy has been complete once: from then on an empty conversation is empty, not unknown. */
  readonly wasSynced: boolean;
  /**
   * The server has shut this person out. The copy holds elements that were refused and must never be sent, so it is only
   * read; once they are let in again a fresh copy takes its place.
   */
  readonly isShutOut: boolean;
  /** Up to where own messages were delivered to (`d`) and read by (`r`) all others; kept because it never goes back. */
  readonly reached: { readonly d: ReceiptVector; readonly r: ReceiptVector };
}

/** A line of the conversation list as last heard of. */
export interface ConversationRecord {
  readonly item: Omit<ConversationListItem, 'last'>;
  readonly last?: { readonly id?: MessageId; readonly from: UserId; readonly at: number; readonly text: string | null };
  /** Not a member any more; it is listed because own texts wait there. */
  readonly isFormer?: true;
  /** What `item.erased` was when all its epochs that are stored here were last brought up to date. */
  readonly erasedHere?: number;
  /** When this device first heard of it: its place in the list until it has a message. */
  readonly since: number;
}

/** The name of the database that holds one copy of a document; `account` is that of the account's own database. */
export const documentDatabase = (
  account: string,
  { document, incarnation }: Pick<DocumentRecord, 'document' | 'incarnation'>,
): string => `${account}/${document}${incarnation === 0 ? '' : `~${incarnation}`}`;

export const newDocumentRecord = (document: DocumentId): DocumentRecord => ({
  document,
  incarnation: 0,
  wasSynced: false,
  isShutOut: false,
  reached: { d: {}, r: {} },
});
