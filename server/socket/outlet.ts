/**
 * The way out of one socket. Everything written in one turn of the event loop leaves in one write; what a slow reader does
 * not take is bounded, and beyond the bound the socket is cut off: the server never grows for it.
 */
import type { Duplex } from 'node:stream';
import { MAX_SEND_QUEUE_BYTES } from './limits.ts';

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

  /** `overflow` is called once per flush that finds too much unread; it must end the socket. */
  constructor({ socket, overflow }: { socket: Duplex; overflow: () => void }) {
    this.#socket = socket;
    this.#overflow = overflow;
  }

  write(bytes: Uint8Array): void {
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
    this.#chunks = undefined;
    if (!this.#socket.writable) return;
    if (this.#socket.writableLength > MAX_SEND_QUEUE_BYTES) this.#overflow();
    else this.#socket.write(chunks ? Buffer.concat(chunks) : first);
  }
}
