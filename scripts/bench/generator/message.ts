/**
 * Messages on the wire without Yjs: a frame whose payload is the y-websocket update an honest client makes when it pushes
 * one message to `messages`, and the way back from a received frame to the time stamps in its text. `message.test.ts`
 * holds it against Yjs itself.
 */
import { headerBytes, writeHeader } from './lean-socket.ts';

/** Starts the text; no other part of a frame holds these bytes except by a chance of 2⁻³². */
const MARK = '~>~>';
const DIGITS = 12;

/** Writer and clock of an element of `messages`. */
export interface ElementId {
  readonly writer: number;
  readonly clock: number;
}

export interface OutgoingMessage extends ElementId {
  /** Below 128. */
  readonly channel: number;
  /** The element this one is appended after; undefined in an empty document. */
  readonly origin: ElementId | undefined;
  readonly from: string;
  readonly at: number;
  /** When the schedule wanted it sent and when it is, on the generator's clock. */
  readonly dueMs: number;
  readonly sentMs: number;
  readonly textCharacters: number;
}

// lib0's type bytes of `writeAny`.
const ANY_OBJECT = 118;
const ANY_STRING = 119;
const ANY_FLOAT64 = 123;
const CONTENT_ANY = 8;
const HAS_ORIGIN = 0x80;

/** Scratch space: a payload is made here and copied once into its frame. */
const scratch = Buffer.alloc(64 * 1024);
let position = 0;

function writeVarUint(value: number): void {
  let rest = value;
  while (rest > 0x7f) {
    scratch[position++] = 0x80 | (rest % 0x80);
    rest = Math.floor(rest / 0x80);
  }
  scratch[position++] = rest;
}

/** ASCII only: ids, digits and key names. */
function writeString(text: string): void {
  writeVarUint(text.length);
  position += scratch.write(text, position, 'latin1');
}

const digits = (ms: number): string =>
  Math.round(ms * 1_000)
    .toString()
    .padStart(DIGITS, '0');

const fillers = new Map<number, string>();

/** The text of a message, which carries its time stamps. */
export function stampedText(message: Pick<OutgoingMessage, 'dueMs' | 'sentMs' | 'textCharacters'>): string {
  let filler = fillers.get(message.textCharacters);
  if (filler === undefined) {
    filler = ' and some words that make it a sentence'
      .repeat(9)
      .slice(0, message.textCharacters - MARK.length - 2 * DIGITS);
    fillers.set(message.textCharacters, filler);
  }
  return MARK + digits(message.dueMs) + digits(message.sentMs) + filler;
}

function writeUpdate(message: OutgoingMessage): void {
  writeVarUint(1); // clients
  writeVarUint(1); // structs
  writeVarUint(message.writer);
  writeVarUint(message.clock);
  if (message.origin) {
    scratch[position++] = CONTENT_ANY | HAS_ORIGIN;
    writeVarUint(message.origin.writer);
    writeVarUint(message.origin.clock);
  } else {
    scratch[position++] = CONTENT_ANY;
    scratch[position++] = 1; // the parent is a root type
    writeString('messages');
  }
  writeVarUint(1); // elements
  scratch[position++] = ANY_OBJECT;
  writeVarUint(4);
  writeString('id');
  scratch[position++] = ANY_STRING;
  writeString(`${message.writer.toString(36)}-${message.clock.toString(36)}`);
  writeString('from');
  scratch[position++] = ANY_STRING;
  writeString(message.from);
  writeString('at');
  scratch[position++] = ANY_FLOAT64;
  position = scratch.writeDoubleBE(message.at, position);
  writeString('text');
  scratch[position++] = ANY_STRING;
  writeString(stampedText(message));
  writeVarUint(0); // deletes
}

/** The Yjs update alone. */
export function encodeUpdate(message: OutgoingMessage): Uint8Array {
  position = 0;
  writeUpdate(message);
  return new Uint8Array(scratch.subarray(0, position));
}

/** The whole WebSocket frame: channel, sync, update. Its bytes are its own, because a full socket keeps them. */
export function encodeMessageFrame(message: OutgoingMessage): Buffer {
  position = 16; // room for what is only known afterwards: channel, 0 (sync), 2 (update), length
  writeUpdate(message);
  const end = position;
  const bytes = end - 16;
  const lengthBytes = bytes < 0x80 ? 1 : 2;
  const start = 16 - lengthBytes - 3;
  position = start;
  scratch[position++] = message.channel;
  scratch[position++] = 0;
  scratch[position++] = 2;
  writeVarUint(bytes);
  const payload = end - start;
  const header = headerBytes(payload);
  const frame = Buffer.allocUnsafe(header + payload);
  writeHeader(frame, payload);
  scratch.copy(frame, header, start, end);
  return frame;
}

function readDigits(bytes: Buffer, from: number): number {
  let value = 0;
  for (let i = from; i < from + DIGITS; i++) value = value * 10 + (bytes[i] as number) - 48;
  return value / 1_000;
}

/** Calls `visit` with the two time stamps of every message in `bytes[start, end)`. */
export function visitMessages(
  bytes: Buffer,
  start: number,
  end: number,
  textCharacters: number,
  visit: (dueMs: number, sentMs: number) => void,
): void {
  // A plain loop: a frame has 200 bytes, and `indexOf` would search the rest of the shared buffer too.
  for (let at = start; at + textCharacters <= end; at++) {
    if (bytes[at] !== 0x7e || bytes[at + 1] !== 0x3e || bytes[at + 2] !== 0x7e || bytes[at + 3] !== 0x3e) continue;
    visit(readDigits(bytes, at + MARK.length), readDigits(bytes, at + MARK.length + DIGITS));
    at += textCharacters - 1;
  }
}

/** A varUint at a position, for headers in place; `varUintEnd` is where it ended. */
export let varUintEnd = 0;
export function readVarUint(bytes: Buffer, from: number): number {
  let value = 0;
  let factor = 1;
  let at = from;
  for (;;) {
    const byte = bytes[at++] as number;
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) break;
    factor *= 0x80;
  }
  varUintEnd = at;
  return value;
}

/**
 * Keeps in `last` the first element of an update when it is a message, so that the next one is appended after it as a
 * client would that has just received it. Deleted elements are left out: what has a deleted origin may be lost with it.
 */
export function noteElement(bytes: Buffer, updateStart: number, last: { writer: number; clock: number }): void {
  if (readVarUint(bytes, updateStart) === 0) return;
  readVarUint(bytes, varUintEnd);
  const writer = readVarUint(bytes, varUintEnd);
  const clock = readVarUint(bytes, varUintEnd);
  if (((bytes[varUintEnd] as number) & 0x1f) !== CONTENT_ANY) return;
  last.writer = writer;
  last.clock = clock;
}
