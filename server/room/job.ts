/** What a room is asked to do, in order of arrival. */
import type { MessageId } from '../../schema/ids.ts';
import type { Commit } from '../journal/append.ts';
import type { Posted } from '../journal/idempotency.ts';
import type { Channel, Submitter } from './channel.ts';
import type { Erased, Erasing } from './erase.ts';
import type { LateMessages } from './late.ts';

/** A message handed in as text, by an integration: the room composes the update that its author's client would send. */
export interface TextSubmission {
  readonly text: string;
  readonly re?: MessageId;
  readonly idempotencyKey?: string;
  readonly fingerprint?: number;
  /** Told, before any refusal or acknowledgement, which id the message has and with which entry it is being committed. */
  readonly composed: (posted: Posted) => void;
  /** Told instead of anything else when the epoch was closed: the text belongs to the next. */
  readonly closed: () => void;
  /** Told instead of anything else when the idempotency key was used before. */
  readonly answered: (posted: Posted) => void;
}

/** `isComplete`: the bytes claim to be all the sender has (SyncStep2). */
export type UpdateJob = {
  readonly is: 'update';
  readonly from: Channel;
  readonly bytes: Uint8Array;
  readonly isComplete: boolean;
};
export type TextJob = { readonly is: 'text'; readonly from: Submitter; readonly text: TextSubmission };
/** Ask a channel for what it has and we lack. */
export type AskJob = { readonly is: 'ask'; readonly from: Channel };
/** Answer a channel's state vector. */
export type AnswerJob = {
  readonly is: 'answer';
  readonly from: Channel;
  readonly vector: Uint8Array;
  /** Called when the answer was sent: the transport may ask the next. */
  readonly answered?: () => void;
};

/** Take in what was written for an epoch that was closed: the commit of that document rides with ours. */
export type LateJob = {
  readonly is: 'late';
  readonly batches: readonly LateMessages[];
  readonly commit: Commit;
  /** Both are durable, and everybody here has seen the messages. */
  readonly committed: () => void;
  /** Nothing has happened: the closed room judges again. */
  readonly failed: () => void;
};

/** Erase some of what somebody wrote here who is no member any more, or messages whose time is over. */
export type EraseJob = {
  readonly is: 'erase';
  readonly what: Erasing;
  /** It is durable. */
  readonly erased: (left: Erased['left']) => void;
  /** The room was closed, and it may have happened or not. */
  readonly failed: () => void;
};

export type SubmissionJob = UpdateJob | TextJob;
/** Questions about the state, answered only while all of it is durable. */
export type StateJob = AskJob | AnswerJob;
export type Job = SubmissionJob | StateJob | LateJob | EraseJob;
