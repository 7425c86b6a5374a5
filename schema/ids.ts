/**
 * Identifiers that two versions of the software must agree on: how they look, how they are made and how they are read.
 * A document is one Y.Doc of a conversation's chain; a message id is the Yjs id of the message's first insertion.
 */

declare const brand: unique symbol;
type Brand<Name extends string> = string & { readonly [brand]: Name };

export type UserId = Brand<'user'>;
export type ConversationId = Brand<'conversation'>;
/** `<conversationId>.<epoch>`, epochs counting from 0, or `u.<userId>`: an account document. */
export type DocumentId = Brand<'document'>;
/** `<clientID base 36>-<clock base 36>` of the struct that first carried the message. */
export type MessageId = Brand<'message'>;

/** A Yjs clientID. Yjs draws them from 32 bits; anything larger is refused. */
export const MAX_CLIENT_ID = 2 ** 32 - 1;

/** The highest clock of a writer: a page that appends a thousand elements a second reaches it after fifty days. */
export const MAX_CLOCK = 2 ** 32 - 1;

const DOCUMENT = /^([A-Za-z0-9_-]{1,64})\.(0|[1-9][0-9]{0,8})$/;
/** No conversation is called `u`. */
const ACCOUNT = 'u.';
const USER = /^[A-Za-z0-9_-]{1,64}$/;
const MESSAGE = /^(0|[1-9a-z][0-9a-z]{0,6})-(0|[1-9a-z][0-9a-z]{0,9})$/;

export const documentId = (conversation: ConversationId, epoch: number): DocumentId =>
  `${conversation}.${epoch}` as DocumentId;

/** The document that a person's devices share. */
export const accountId = (user: UserId): DocumentId => `${ACCOUNT}${user}` as DocumentId;

/** Reads the id of an account document: whose it is; undefined when `text` is none. */
export const parseAccountId = (text: string): UserId | undefined =>
  text.startsWith(ACCOUNT) && USER.test(text.slice(ACCOUNT.length))
    ? (text.slice(ACCOUNT.length) as UserId)
    : undefined;

/** Reads the id of a conversation's document; undefined when `text` is none. */
export function parseDocumentId(text: string): { conversation: ConversationId; epoch: number } | undefined {
  const match = text.startsWith(ACCOUNT) ? null : DOCUMENT.exec(text);
  return match ? { conversation: match[1] as ConversationId, epoch: Number(match[2]) } : undefined;
}

/** The id of the element at `clock` of `writer`: of a message, and of a marker when a refusal names it. */
export const messageId = (writer: number, clock: number): MessageId =>
  `${writer.toString(36)}-${clock.toString(36)}` as MessageId;

/** The parts of an id that is known to be one, as everything in a document is: without the checks of `parseMessageId`. */
export function splitMessageId(id: MessageId): { writer: number; clock: number } {
  const dash = id.indexOf('-');
  return { writer: Number.parseInt(id.slice(0, dash), 36), clock: Number.parseInt(id.slice(dash + 1), 36) };
}

/** Reads a message id; undefined when `text` is none or names a clientID above 32 bits. */
export function parseMessageId(text: string): { writer: number; clock: number } | undefined {
  const match = MESSAGE.exec(text);
  if (!match) return undefined;
  const writer = Number.parseInt(match[1] as string, 36);
  const clock = Number.parseInt(match[2] as string, 36);
  return writer <= MAX_CLIENT_ID && Number.isSafeInteger(clock) ? { writer, clock } : undefined;
}
