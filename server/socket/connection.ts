/**
 * One authenticated WebSocket: what it may send, what it is sent, and its end. Two kinds share it: a `/sync` connection
 * (`shared-connection.ts`) carries many documents on numbered channels, a `/documents/<id>` one (`document-connection.ts`)
 * a single one. It knows neither rooms nor Yjs.
 */
import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import { CLOSE } from '../../schema/close-codes.ts';
import type { UserId } from '../../schema/ids.ts';
import { MAX_FRAME_BYTES } from '../../schema/limits.ts';
import { MAX_UNJUDGED_BYTES } from './limits.ts';
import { Outlet } from './outlet.ts';
import type { Pace } from './pace.ts';
import { Questions } from './questions.ts';
import { frameAll } from './web-socket-frame.ts';

/** A WebSocket that carries its connection, so that all sockets share the same four listeners. */
export class ServerSocket extends WebSocket {
  connection: Connection | undefined;

  /** ws ends frames that are too large with 1009, which a provider takes for a passing trouble: it would send them for ever. */
  override close(code?: number, reason?: string | Buffer): void {
    if (code === TOO_LARGE) super.close(CLOSE.hostile, `a frame of more than ${MAX_FRAME_BYTES} bytes`);
    else super.close(code, reason);
  }
}

/** RFC 6455, 7.4.1. */
const TOO_LARGE = 1009;

export interface ConnectionOptions {
  readonly socket: ServerSocket;
  /** The stream below the WebSocket. */
  readonly stream: Duplex;
  readonly user: UserId;
  readonly session: string;
  readonly onEnd: (connection: Connection) => void;
  /** How fast it may be read, undefined without a limit; calls back when that changes. */
  readonly pace: (onChange: () => void) => Pace | undefined;
  /** The connection, or a document on it, is being closed by the server. */
  readonly onClosing: (what: 'connection' | 'channel', code: number) => void;
}

let opened = 0;

export abstract class Connection {
  /** Counts up: spreads heartbeats over time. */
  readonly number = opened++;
  readonly user: UserId;
  readonly session: string;
  /** Whether the peer answered the last heartbeat. */
  isAlive = true;
  readonly #socket: ServerSocket;
  readonly #stream: Duplex;
  readonly #outlet: Outlet;
  readonly #pace: Pace | undefined;
  readonly #onEnd: (connection: Connection) => void;
  protected readonly onClosing: ConnectionOptions['onClosing'];
  /** What its channels want to know of their documents; kept only while there is something. */
  #questions: Questions<object> | undefined;
  #unjudgedBytes = 0;
  #hasEnded = false;

  constructor({ socket, stream, user, session, pace, onEnd, onClosing }: ConnectionOptions) {
    this.user = user;
    this.session = session;
    this.#socket = socket;
    this.#stream = stream;
    this.#onEnd = onEnd;
    this.onClosing = onClosing;
    this.#outlet = new Outlet({ socket: stream, overflow: () => this.#overflow() });
    socket.connection = this;
    this.#pace = pace(() => this.#regulate());
    this.#regulate();
    socket.on('message', onMessage);
    socket.on('pong', onPong);
    socket.on('close', onClose);
    socket.on('error', onError);
  }

  /** One binary message from the peer. */
  abstract receive(data: Uint8Array): void;
  /** The socket is gone: leave every room. */
  protected abstract leave(): void;
  /** Sends whatever keeps a client connected that hears nothing else, or that is not read. */
  abstract keepAlive(): void;
  /** Whether the connection holds the document open: it then needs no head notices about it. */
  abstract hasOpen(document: string): boolean;

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Writes bytes that are framed already. */
  writeFramed(bytes: Uint8Array): void {
    if (!this.#hasEnded) this.#outlet.write(bytes);
  }

  /** Sends one message. */
  write(payload: Uint8Array): void {
    this.writeFramed(frameAll([payload], undefined));
  }

  /** So many more bytes wait to be judged: above the bound the socket is read no further until some are done. */
  wait(bytes: number): void {
    this.#unjudgedBytes += bytes;
    if (this.#unjudgedBytes > MAX_UNJUDGED_BYTES) this.#regulate();
  }

  done(bytes: number): void {
    this.#unjudgedBytes -= bytes;
    if (this.#socket.isPaused) this.#regulate();
  }

  /** So many bytes were read as one message. */
  spend(bytes: number): void {
    this.#pace?.spend(bytes);
  }

  /** Whether it is read now: else neither what the peer says nor its pongs are heard, and its silence means nothing. */
  get isRead(): boolean {
    return !this.#socket.isPaused;
  }

  /** Reads the socket, or not: what is not read stays with the peer, whose TCP stops sending. */
  #regulate(): void {
    const isTooMuch = this.#pace?.isSlowed || this.#unjudgedBytes > MAX_UNJUDGED_BYTES;
    if (isTooMuch && !this.#hasEnded) this.#socket.pause();
    else if (this.#socket.isPaused) {
      this.isAlive = true;
      this.#socket.resume();
    }
  }

  /** Puts a channel's question for what its document has when its turn has come; a newer one replaces one that waits. */
  ask(channel: object, put: () => void): void {
    this.#questions ??= new Questions({
      backlogBytes: () => this.#outlet.backlogBytes,
      whenDrained: (resume) => this.#whenDrained(resume),
    });
    this.#questions.ask(channel, put);
  }

  /** After the flush of this turn: what the kernel takes at once is never announced by 'drain'. */
  #whenDrained(resume: () => void): void {
    setImmediate(() => {
      if (this.#stream.writableNeedDrain) this.#stream.once('drain', resume);
      else resume();
    });
  }

  /** The question of this channel was answered, or it is gone and asks nothing more. */
  answered(channel: object, why: 'answered' | 'gone'): void {
    if (why === 'gone') this.#questions?.forget(channel);
    else this.#questions?.answered(channel);
    if (this.#questions?.isIdle) this.#questions = undefined;
  }

  ping(): void {
    this.isAlive = false;
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.ping();
  }

  /** Closes with a code that the client can read. */
  close(code: number, reason: string): void {
    if (this.#hasEnded) return;
    this.onClosing('connection', code);
    this.#outlet.flush();
    this.end();
    // Control frames carry at most 123 bytes of reason.
    this.#socket.close(code, reason.slice(0, 120));
    // A paused socket would never read the peer's closing handshake.
    if (this.#socket.isPaused) this.#socket.resume();
  }

  #overflow(): void {
    this.onClosing('connection', CLOSE.slowReader);
    this.cut();
  }

  /** Cuts off a peer that reads too slowly: a closing frame would only queue behind what it does not read. */
  cut(): void {
    this.end();
    this.#stream.destroy();
  }

  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#pace?.[Symbol.dispose]();
    this.leave();
    this.#onEnd(this);
  }
}

function onMessage(this: WebSocket, data: Uint8Array, isBinary: boolean): void {
  const { connection } = this as ServerSocket;
  if (!connection || connection.hasEnded) return;
  connection.isAlive = true;
  connection.spend(data.length);
  if (isBinary) connection.receive(data);
  else connection.close(CLOSE.hostile, 'messages are binary');
}

function onPong(this: WebSocket): void {
  const { connection } = this as ServerSocket;
  if (connection) connection.isAlive = true;
}

function onClose(this: WebSocket): void {
  (this as ServerSocket).connection?.end();
}

/** Broken frames and resets: `ws` closes the socket after it, with the right code; there is nothing to add. */
function onError(): void {}
