/** A simulated client of Socket.IO: its text packets over the WebSocket transport, in the room that the address names. */
import { LeanSocket, textFrameOf } from '../generator/lean-socket.ts';
import { stampedText, visitMessages } from '../generator/message.ts';
import type { Client, PeerOptions } from '../generator/peer.ts';

// Packets of engine.io, and of Socket.IO within its messages.
const PING = 0x32;
const PONG = textFrameOf('3');
const CONNECT = textFrameOf('40');

export class SocketIoPeer implements Client {
  readonly #options: PeerOptions;
  readonly #socket: LeanSocket;
  #waiting: { resolve(): void; reject(error: Error): void } | undefined;
  #hasJoined = false;

  constructor(options: PeerOptions) {
    this.#options = options;
    this.#socket = new LeanSocket({
      port: options.port,
      path: `/socket.io/?EIO=4&transport=websocket&room=${options.roomName}`,
      headers: {},
      events: {
        onOpen: () => this.#socket.send(CONNECT),
        onFrame: (bytes, start, end, nowMs) => this.#frame(bytes, start, end, nowMs),
        onClose: (reason) => {
          if (reason !== 'destroyed here') options.tally.failed(reason);
          this.#waiting?.reject(new Error(reason));
        },
      },
    });
  }

  /** Connected and in its room: the server puts it there at once. */
  upgraded(): Promise<void> {
    if (this.#hasJoined) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  authenticated(): Promise<void> {
    return Promise.resolve();
  }

  openChannel(): Promise<void> {
    return Promise.resolve();
  }

  push(dueMs: number): void {
    const text = stampedText({ dueMs, sentMs: performance.now(), textCharacters: this.#options.textCharacters });
    this.#socket.send(textFrameOf(`42["message","${text}"]`));
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #frame(bytes: Buffer, start: number, end: number, nowMs: number): void {
    const { tally, textCharacters } = this.#options;
    if (bytes[start] === PING) this.#socket.send(PONG);
    else if (this.#hasJoined)
      visitMessages(bytes, start, end, textCharacters, (dueMs, sentMs) => tally.delivered(dueMs, sentMs, nowMs));
    else if (bytes.toString('latin1', start, end) === '42["joined"]') {
      this.#hasJoined = true;
      this.#waiting?.resolve();
      this.#waiting = undefined;
    }
  }
}
