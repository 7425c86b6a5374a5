/**
 * Refusals: the expected "no" of the write path. A refused element was durable nowhere and is gone from the document;
 * its sender keeps the text as a failed message. The list is closed: a new kind is a change of the protocol.
 */

/** `retry: 'edit'` the same text will be refused again; `'later'` it may pass unchanged; `'never'` the reason stays. */
interface Refusal {
  readonly retry: 'edit' | 'later' | 'never';
}

export const REFUSALS = {
  /** The text has more than `MAX_TEXT_CHARACTERS`. */
  'too-long': { retry: 'edit' },
  /** The text is empty or contains NUL, which Postgres cannot store; or a reaction is no emoji. */
  'bad-text': { retry: 'edit' },
  /** A value of an account document is larger than `MAX_ACCOUNT_VALUE_BYTES`, all together than `MAX_ACCOUNT_BYTES`, or one of more hidden messages than `MAX_HIDDEN`; or a document has `MAX_REACTIONS`. */
  'too-large': { retry: 'edit' },
  /** The message that an edit, a delete or a reaction names is not in this document. */
  'not-found': { retry: 'never' },
  /** Only the author edits; only the author, or an owner or admin of a group, deletes. */
  'not-author': { retry: 'never' },
  /** The message to be edited, or reacted to, has been deleted. */
  deleted: { retry: 'never' },
  /** The time in which this could be changed is over. */
  'window-over': { retry: 'never' },
  /** The sender was no member of the conversation when the update was committed. */
  'not-member': { retry: 'never' },
  /** The conversation takes no messages: the other person's account was deleted. */
  'read-only': { retry: 'later' },
  /** A file it names is not there: never uploaded by the sender for this conversation, not complete, in another message, or swept. */
  'no-file': { retry: 'later' },
  /** Too many in too short a time. */
  rate: { retry: 'later' },
} as const satisfies Record<string, Refusal>;

export type RefusalKind = keyof typeof REFUSALS;

export const isRefusalKind = (text: string): text is RefusalKind => Object.hasOwn(REFUSALS, text);
