/**
 * How a message reaches a device: one implementation a vendor. A transport knows no database and decides nothing; it sends a chunk
 * and says of each what became of it. Neither tokens nor what is said may stand in an outcome, which is logged.
 * Every implementation passes the suite in `transport.contract.ts`.
 */
import { createHash } from 'node:crypto';
import type { PushPayload } from '../../schema/http/push.ts';

/** HTTP/2 carries 100 streams a connection, and a server that is killed repeats no more than a chunk. */
export const MAX_CHUNK = 100;

/** A device that is off for longer finds them when the app opens. What push services keep at most. */
export const KEPT_SECONDS = 28 * 24 * 3600;

export interface Outgoing {
  readonly token: string;
  readonly platform: string;
  readonly payload: PushPayload;
  /** The device needs only the last of these that it has not received; undefined: all of them. */
  readonly topic: string | undefined;
}

export type Outcome =
  | { readonly is: 'sent' }
  /** The device is not there any more: its token is to be forgotten. */
  | { readonly is: 'gone' }
  /** It was refused, and would be again. */
  | { readonly is: 'failed'; readonly why: string }
  /** Try again later; not before `afterMs`, if the service said so. */
  | { readonly is: 'busy'; readonly why: string; readonly afterMs?: number | undefined };

export interface PushTransport extends AsyncDisposable {
  /** At most `MAX_CHUNK`; one outcome for each, in order. Never rejects. */
  send(messages: readonly Outgoing[]): Promise<Outcome[]>;
}

/** The same for all messages of a conversation: 32 characters, of those that may stand in a header. */
export const topicOf = (conversation: string): string =>
  createHash('sha256').update(conversation).digest('base64url').slice(0, 32);
