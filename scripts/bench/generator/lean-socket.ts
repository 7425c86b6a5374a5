/**
 * A WebSocket client that costs little enough to run ten thousand of them beside Postgres on one core: all sockets read
 * into one shared buffer, frames are handed on where they lie, and the mask is zero, which leaves payloads as they are.
 * It knows the framing of RFC 6455 as far as servers use it without extensions, and nothing of what payloads mean.
 */
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const PING = 9;
const PONG = 10;
const MASKED = 0x80;
const FINAL = 0x80;

/** Larger than any burst worth reading at once; libuv reads at most this much before the callback has used it. */
const shared = Buffer.allocUnsafe(256 * 1024);
const key = randomBytes(16).toString('base64');

export interface LeanSocketEvents {
  /** The upgrade was accepted. */
  onOpen(): void;
  /** One data frame: `bytes[start, end)` is its payload until this returns. `nowMs` is when it was read. */
  onFrame(bytes: Buffer, start: number, end: number, nowMs: number): void;
  /** The connection ended, with the code of the close frame if one came. */
  onClose(reason: string): void;
}

export interface LeanSocketOptions {
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly events: LeanSocketEvents;
}

export class LeanSocket {
  readonly #socket: Socket;
  readonly #events: LeanSocketEvents;
  /** Bytes of a frame (or handshake) that has not come completely. */
  #rest: Buffer | undefined;
  #state: 'handshake' | 'open' | 'closed' = 'handshake';
  #reason = 'connection lost';

  constructor({ port, path, headers, events }: LeanSocketOptions) {
    this.#events = events;
    this.#socket = connect({
      host: '127.0.0.1',
      port,
      noDelay: true,
      onread: {
        buffer: shared,
        callback: (length) => {
          this.#read(length);
          return true;
        },
      },
    });
    this.#socket.on('error', (error) => {
      this.#reason = error.message;
    });
    this.#socket.on('close', () => this.#closed());
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    this.#socket.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n${lines.join('')}\r\n`,
    );
  }

  /** Sends a frame made with room for its header (`frameOf`). */
  send(frame: Buffer): void {
    if (this.#state === 'open') this.#socket.write(frame);
  }

  /** Cuts the connection without a closing handshake. */
  destroy(): void {
    this.#reason = 'destroyed here';
    this.#socket.destroy();
  }

  #read(length: number): void {
    const nowMs = performance.now();
    let bytes = shared;
    let end = length;
    if (this.#rest) {
      bytes = Buffer.concat([this.#rest, shared.subarray(0, length)]);
      end = bytes.length;
      this.#rest = undefined;
    }
    const used = this.#state === 'handshake' ? this.#handshake(bytes, end, nowMs) : this.#frames(bytes, 0, end, nowMs);
    if (used < end) this.#rest = Buffer.from(bytes.subarray(used, end));
  }

  #handshake(bytes: Buffer, end: number, nowMs: number): number {
    const head = bytes.subarray(0, end).indexOf('\r\n\r\n');
    if (head < 0) return 0;
    const status = bytes.toString('latin1', 0, Math.min(head, 12));
    if (status !== 'HTTP/1.1 101') {
      this.#reason = bytes.toString('latin1', 0, Math.min(head, 60));
      this.#socket.destroy();
      return end;
    }
    this.#state = 'open';
    this.#events.onOpen();
    return this.#frames(bytes, head + 4, end, nowMs);
  }

  /** Hands on every complete frame; answers where the first incomplete one starts. */
  #frames(bytes: Buffer, from: number, end: number, nowMs: number): number {
    let at = from;
    while (at + 2 <= end) {
      const opcode = (bytes[at] as number) & 0x0f;
      let size = (bytes[at + 1] as number) & 0x7f;
      let start = at + 2;
      if (size === 126) {
        if (start + 2 > end) break;
        size = bytes.readUInt16BE(start);
        start += 2;
      } else if (size === 127) {
        if (start + 8 > end) break;
        size = Number(bytes.readBigUInt64BE(start));
        start += 8;
      }
      if (start + size > end) break;
      if (opcode === BINARY || opcode === TEXT) this.#events.onFrame(bytes, start, start + size, nowMs);
      else this.#control(opcode, bytes, start, start + size);
      at = start + size;
    }
    return at;
  }

  #control(opcode: number, bytes: Buffer, start: number, end: number): void {
    if (opcode === PING) {
      this.#socket.write(
        Buffer.concat([Buffer.from([FINAL | PONG, MASKED | (end - start), 0, 0, 0, 0]), bytes.subarray(start, end)]),
      );
    } else if (opcode === CLOSE) {
      this.#reason =
        end - start >= 2
          ? `closed with ${bytes.readUInt16BE(start)} ${bytes.toString('utf8', start + 2, end)}`
          : 'closed';
      this.#socket.destroy();
    }
  }

  #closed(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#events.onClose(this.#reason);
  }
}

/** Bytes that precede a payload of up to 65,535 bytes: opcode, length, zero mask. */
export const headerBytes = (payloadBytes: number): number => (payloadBytes < 126 ? 6 : 8);

/** Writes the header of a binary frame before a payload that starts at `headerBytes(payloadBytes)`. */
export function writeHeader(frame: Buffer, payloadBytes: number): void {
  frame[0] = FINAL | BINARY;
  if (payloadBytes < 126) {
    frame[1] = MASKED | payloadBytes;
    frame.writeUInt32BE(0, 2);
  } else {
    frame[1] = MASKED | 126;
    frame.writeUInt16BE(payloadBytes, 2);
    frame.writeUInt32BE(0, 4);
  }
}

/** The same for text. */
export function textFrameOf(text: string): Buffer {
  const frame = frameOf(Buffer.from(text));
  frame[0] = FINAL | TEXT;
  return frame;
}

/** A complete binary frame; for the few messages that are not hot. */
export function frameOf(payload: Uint8Array): Buffer {
  const header = headerBytes(payload.length);
  const frame = Buffer.alloc(header + payload.length);
  writeHeader(frame, payload.length);
  frame.set(payload, header);
  return frame;
}
