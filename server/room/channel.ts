/** What a room sees of those who talk to it. Transports implement this; a room knows no sockets, frames or channel numbers. */
import type { UserId } from '../../schema/ids.ts';
import type { Acknowledgement, RefusalNotice } from '../../schema/wire/frame.ts';

/** Payloads that every channel of a room gets. Transports keep their framed form with it, so that it is framed once. */
export interface Broadcast {
  readonly payloads: readonly Uint8Array[];
  /** Channel number (0: a socket of its own) → bytes ready for the wire. */
  readonly framed: Map<number, Uint8Array>;
}

/** Who hands in updates and is told what became of them. Calls on one that is gone do nothing. */
export interface Submitter {
  readonly user: UserId;
  refuse(notice: RefusalNotice): void;
  acknowledge(acknowledgement: Acknowledgement): void;
  /** The end: nothing of this submission was applied. */
  close(code: number, reason: string): void;
}

export interface Channel extends Submitter {
  /** Sends one y-websocket message. */
  send(payload: Uint8Array): void;
  broadcast(broadcast: Broadcast): void;
  /** A job of so many bytes is done: the transport may read on. */
  done(bytes: number): void;
}
