/**
 * What the app sees of its connection to the server: documents opened as channels, control messages, and how it is. Whether
 * this tab has the socket (`socket-connection.ts`) or shares that of another tab (`shared-connection.ts`) does not show.
 */
import type { ClientControl, ServerControl } from '../../schema/wire/control.ts';
import type { LinkState } from './link.ts';

/** Called by the connection; nothing is called after `closed` or after the channel's owner closed it. */
export interface ChannelEvents {
  opened(generation: string): void;
  payload(bytes: Uint8Array): void;
  /** 1006 when the connection ended, else the code the server gave for this channel. */
  closed(code: number, reason: string): void;
}

export interface Channel {
  /** Only after `opened`. */
  send(payload: Uint8Array): void;
  close(): void;
}

/** One user of a connection that may have several. Disposing of it ends its channels: those asked for hear 1006. */
export interface Seat extends Disposable {
  readonly state: LinkState;
  /** Called after every change of `state`. */
  onState(listener: () => void): () => void;
  /** Called with every control message that is not about a channel. */
  onControl(listener: (message: ServerControl) => void): () => void;
  /**
   * Called with a document that changes and that only other tabs hold: the server, which sees one connection, sends no `head`
   * for it.
   */
  onStir(listener: (document: string) => void): () => void;
  /** Connects, now; also after a permanent code, when the reason for it is gone. */
  request(): void;
  /** Asks for a document, now or as soon as there is a connection. */
  open(document: string, generation: string | undefined, events: ChannelEvents): Channel;
  /** Sends a control message; lost when there is no connection. */
  send(message: ClientControl): void;
}

export interface Connection extends Seat {
  /** Closes and stays closed until the next `request`. */
  stop(): void;
}
