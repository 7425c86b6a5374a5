/**
 * The way out of one socket. Everything written in one turn of the event loop leaves in one write; what a slow reader does
 * not take is bounded, and beyond the bound the socket is cut off: the server never grows for it.
 */
import type { Duplex } from 'node:stream';
import { MAX_SEND_QUEUE_BYTES, MAX_TURN_BYTES } from './limits.ts';

/** Outlets with something to write: flushed together, after the current turn has handed out everything. */
const dirty: Outlet[] = [];

function flushAll(): void {
  for (const outlet of dirty.splice(0)) outlet.flush();
}

export class Outlet {
  readonly #socket: Duplex;
  readonly #overflow: () => void;
  #chunks: Uint8Array[] | undefined;
  #first: Uint8Array | undefined;
  /** Written in this turn and not flushed yet. */
  #bytes = 0;

  /** `overflow` is called once per flush that finds too much unread; it must end the socket. */
  constructor({ socket, overflow }: { socket: Duplex; overflow: () => void }) {
    this.#socket = socket;
    this.#overflow = overflow;
  }

  /** What the reader has not taken yet. */
  get backlogBytes(): number {
    return this.#bytes + this.#socket.writableLength;
  }

  write(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    // What is over the bound is not even kept until the flush that cuts the socket off.
    if (this.#bytes > MAX_TURN_BYTES) return;
    if (!this.#first) {
      this.#first = bytes;
      if (dirty.push(this) === 1) queueMicrotask(flushAll);
    } else if (this.#chunks) this.#chunks.push(bytes);
    else this.#chunks = [this.#first, bytes];
  }

  flush(): void {
    const first = this.#first;
    if (!first) return;
    const chunks = this.#chunks;
    this.#first = undefined;
    const isOver = this.#bytes > MAX_TURN_BYTES;
    this.#chunks = undefined;
    this.#bytes = 0;
    if (!this.#socket.writable) return;
    if (isOver || this.#socket.writableLength > MAX_SEND_QUEUE_BYTES) this.#overflow();
    else this.#socket.write(chunks ? Buffer.concat(chunks) : first);
  }
}
