/** What a room asks of whoever judges the submissions to one kind of document, and the answer. */
import type { LiveMessage, Message } from '../../schema/document/message.ts';
import type { MessageId, UserId } from '../../schema/ids.ts';
import type { RefusalKind } from '../../schema/refusals.ts';
import type { AccountRows } from '../account/account-rows.ts';
import type { FileClaim } from '../files/file-rows.ts';
import type { Appended } from './conversation-grammar.ts';
import type { FindFile } from './file-claims.ts';
import type { Unsound } from './inspect.ts';
import type { Replica } from './replica.ts';

export interface Submission {
  readonly user: UserId;
  readonly bytes: Uint8Array;
  /** Whether the bytes claim to be all the sender has. */
  readonly isComplete: boolean;
  /** Whether a doubtful verdict on it was confirmed against the journal. */
  readonly isConfirmed: boolean;
  /** Has the file looked up when nobody has yet. */
  readonly findFile: FindFile;
  readonly nowMs: number;
}

export interface Refused {
  readonly kind: RefusalKind;
  /** Yjs ids of the refused elements. */
  readonly ids: readonly MessageId[];
}

/** Applied to the replica, held back until it is committed. */
export interface Accepted {
  readonly is: 'settled';
  /** The net result; undefined when nothing changed. */
  readonly update: Uint8Array | undefined;
  /** See `Settled`. */
  readonly plain?: readonly Appended[] | undefined;
  readonly refused: readonly Refused[];
  /** The user's writers in the submission: each is acknowledged. */
  readonly writers: readonly number[];
  /** Writers that were nobody's and are to be bound to the user. */
  readonly unbound: readonly number[];
  /** Whether text that an earlier entry holds was edited or deleted. */
  readonly erases: boolean;
  /** Whether the user has read more. */
  readonly reads?: boolean;
  /** The last new message that stayed, for the head notice. */
  readonly last?: LiveMessage | undefined;
  /** New messages of a closed document, taken out of it. */
  readonly late?: readonly Message[];
  /** Files that belong to a message from now on. */
  readonly claims?: readonly FileClaim[];
  readonly account?: AccountRows;
}

/** `doubtful`: the verdict may change once the room has caught up with the journal; nothing was applied. */
export type Judgement = Accepted | Unsound | { readonly is: 'doubtful' };

/** Throws only on a bug: the replica may then be half changed and must be dropped. */
export type Judge = (replica: Replica, submission: Submission) => Judgement;
