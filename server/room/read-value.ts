/**
 * Reads the elements that a document can hold, in lib0's `any` encoding: an object with exactly the keys of a message, a
 * marker or a receipt. Anything else has no honest sender. Into variables and a set of bits, several times faster than into
 * a dictionary: every message passes here.
 */
import * as decoding from 'lib0/decoding';
import type { Element } from '../../schema/document/message.ts';
import type { Receipt, ReceiptVector } from '../../schema/document/receipts.ts';
import { type MessageId, parseMessageId, type UserId } from '../../schema/ids.ts';
import { MalformedUpdate } from './malformed-update.ts';

/** One element of an item: what `messages` or `receipts` may hold. Its ids are claims until they have been inspected. */
export type Value = Element | Receipt;

/** Type bytes of lib0's `any` encoding. */
const ANY = { integer: 125, float32: 124, float64: 123, string: 119, object: 118 } as const;

/** A bit for each key that an element may have. */
const KEY = {
  id: 1 << 0,
  from: 1 << 1,
  at: 1 << 2,
  text: 1 << 3,
  re: 1 << 4,
  edit: 1 << 5,
  del: 1 << 6,
  editedAt: 1 << 7,
  deletedAt: 1 << 8,
  by: 1 << 9,
  d: 1 << 10,
  r: 1 << 11,
} as const;
const BITS: ReadonlyMap<string, number> = new Map(Object.entries(KEY));
const MAX_KEY_BYTES = 9;

const MESSAGE = KEY.id | KEY.from | KEY.at | KEY.text;
const EDIT = KEY.edit | KEY.from | KEY.at | KEY.text;
const DELETE = KEY.del | KEY.from | KEY.at;
const TOMBSTONE = KEY.id | KEY.from | KEY.at | KEY.deletedAt | KEY.by;
const RECEIPT = KEY.d | KEY.r;

/** The last moment a JavaScript Date can name, and above every clock a document can reach. */
const MAX_TIME_MS = 8.64e15;

const WRITER = /^(0|[1-9a-z][0-9a-z]{0,6})$/;

/** `count` counts what follows against the limit of the whole update before anything is made of it. Throws `MalformedUpdate`. */
export function readValue(decoder: decoding.Decoder, count: () => number): Value {
  requireType(decoder, ANY.object, 'not a plain object');
  let keys = 0;
  let id = '' as MessageId;
  let re = '' as MessageId;
  let from = '' as UserId;
  let by = '' as UserId;
  let text = '';
  let at = 0;
  let settledAt = 0;
  let d: ReceiptVector = {};
  let r: ReceiptVector = {};
  for (let left = count(); left > 0; left--) {
    const bit = BITS.get(readKey(decoder));
    if (bit === undefined) throw new MalformedUpdate('an unknown key');
    if (keys & bit) throw new MalformedUpdate('a key stands twice');
    keys |= bit;
    if (bit === KEY.text) text = readString(decoder);
    else if (bit === KEY.from) from = readString(decoder) as UserId;
    else if (bit === KEY.at) at = readNumber(decoder);
    else if (bit === KEY.re) re = readString(decoder) as MessageId;
    else if (bit === KEY.by) by = readString(decoder) as UserId;
    else if (bit === KEY.d) d = readVector(decoder, count);
    else if (bit === KEY.r) r = readVector(decoder, count);
    else if (bit === KEY.editedAt || bit === KEY.deletedAt) settledAt = readNumber(decoder);
    else id = readString(decoder) as MessageId;
  }
  if (keys & KEY.re && !parseMessageId(re)) throw new MalformedUpdate('re is no message id');
  switch (keys) {
    case MESSAGE:
      return { id, from, at, text };
    case MESSAGE | KEY.re:
      return { id, from, at, text, re };
    case EDIT:
      return { edit: id, from, at, text };
    case DELETE:
      return { del: id, from, at };
    case RECEIPT:
      return { d, r };
    // The server's own settled values come back with what a client relays; whether they may be new is not judged here.
    case MESSAGE | KEY.editedAt:
      return { id, from, at, text, editedAt: settledAt };
    case MESSAGE | KEY.re | KEY.editedAt:
      return { id, from, at, text, re, editedAt: settledAt };
    case TOMBSTONE:
      return { id, from, at, deletedAt: settledAt, by };
    default:
      throw new MalformedUpdate('not a message, marker or receipt');
  }
}

function readVector(decoder: decoding.Decoder, count: () => number): ReceiptVector {
  requireType(decoder, ANY.object, 'not a plain object');
  const vector: Record<string, number> = {};
  for (let left = count(); left > 0; left--) {
    const writer = readKey(decoder);
    if (!WRITER.test(writer)) throw new MalformedUpdate('not a writer');
    if (writer in vector) throw new MalformedUpdate('a key stands twice');
    const clock = readNumber(decoder);
    if (!Number.isSafeInteger(clock)) throw new MalformedUpdate('not a clock');
    vector[writer] = clock;
  }
  return vector;
}

function requireType(decoder: decoding.Decoder, type: number, otherwise: string): void {
  if (decoding.readUint8(decoder) !== type) throw new MalformedUpdate(otherwise);
}

/** Keys are short and ASCII: no text decoder needs to be called for them. */
function readKey(decoder: decoding.Decoder): string {
  const length = decoding.readVarUint(decoder);
  if (length > MAX_KEY_BYTES) throw new MalformedUpdate('an unknown key');
  let key = '';
  for (let left = length; left > 0; left--) key += String.fromCharCode(decoding.readUint8(decoder));
  return key;
}

function readString(decoder: decoding.Decoder): string {
  requireType(decoder, ANY.string, 'not a string');
  return decoding.readVarString(decoder);
}

function readNumber(decoder: decoding.Decoder): number {
  const number = readAnyNumber(decoder);
  if (!(number >= 0 && number <= MAX_TIME_MS)) throw new MalformedUpdate('a number out of range');
  return number;
}

function readAnyNumber(decoder: decoding.Decoder): number {
  switch (decoding.readUint8(decoder)) {
    case ANY.integer:
      return decoding.readVarInt(decoder);
    case ANY.float32:
      return decoding.readFloat32(decoder);
    case ANY.float64:
      return decoding.readFloat64(decoder);
    default:
      throw new MalformedUpdate('not a number');
  }
}
