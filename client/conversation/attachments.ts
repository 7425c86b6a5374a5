/**
 * What the user interface sees of files: those it hands over to be sent, messages that wait for their uploads, and the bytes of
 * those that have come. Part of the seam of `conversation.ts`.
 */
import type { FileId, MessageFile } from '../../schema/document/files.ts';
import type { MessageId } from '../../schema/ids.ts';
import type { RefusalKind } from '../../schema/refusals.ts';

/** A file to be sent: what is known of it before it has an id, and its bytes. */
export interface OutgoingFile extends Omit<MessageFile, 'id'> {
  readonly blob: Blob;
}

/** A file that the next message of a conversation will carry. */
export interface TrayFile extends OutgoingFile {
  /** Names it on this device. */
  readonly key: string;
}

/** What was chosen for the next message. */
export interface Tray {
  readonly files: readonly TrayFile[];
  /** More was chosen than one message can take. */
  readonly isFull: boolean;
}

/** `too-large`: for the server, or for what this account may hold there. */
export type UploadFailure = RefusalKind | 'rejected';

/** A message that waits for its files, or whose files could not be sent; only on this device. */
export interface UnsentMessage {
  /** Names it on this device. */
  readonly key: string;
  readonly text: string;
  readonly at: number;
  readonly re?: MessageId;
  readonly files: readonly (Omit<MessageFile, 'id'> & { readonly id?: FileId })[];
  /** Set when somebody has to decide: try again, or delete it. */
  readonly failure?: UploadFailure;
}

/** The bytes of files, from this device or from the server. */
export interface Files {
  /** `absent`: not on this device, and there is no network; `gone`: deleted, or not for this person. */
  open(message: MessageId, file: MessageFile): Promise<Blob | 'absent' | 'gone'>;
  /** Of a message that waits. */
  openUnsent(key: string, index: number): Promise<Blob | undefined>;
}
