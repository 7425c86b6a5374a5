/** The pieces of lib0's `any` encoding that documents hold: objects with short keys, arrays, strings and numbers that may be times. */
import * as decoding from 'lib0/decoding';
import { MalformedUpdate } from './malformed-update.ts';

/** Type bytes. */
export const TYPE = { integer: 125, float32: 124, float64: 123, string: 119, object: 118, array: 117 } as const;

const MAX_KEY_BYTES = 9;

export function requireType(decoder: decoding.Decoder, type: number, otherwise: string): void {
  if (decoding.readUint8(decoder) !== type) throw new MalformedUpdate(otherwise);
}

/** Keys are short and ASCII: no text decoder needs to be called for them. */
export function readKey(decoder: decoding.Decoder): string {
  const length = decoding.readVarUint(decoder);
  if (length > MAX_KEY_BYTES) throw new MalformedUpdate('an unknown key');
  let key = '';
  for (let left = length; left > 0; left--) key += String.fromCharCode(decoding.readUint8(decoder));
  return key;
}

export function readString(decoder: decoding.Decoder): string {
  requireType(decoder, TYPE.string, 'not a string');
  return decoding.readVarString(decoder);
}

/** However far a time runs ahead: settling makes it the server's. */
export function readNumber(decoder: decoding.Decoder): number {
  const number = readAnyNumber(decoder);
  if (!(number >= 0 && number < Number.POSITIVE_INFINITY)) throw new MalformedUpdate('a number out of range');
  return number;
}

function readAnyNumber(decoder: decoding.Decoder): number {
  switch (decoding.readUint8(decoder)) {
    case TYPE.integer:
      return decoding.readVarInt(decoder);
    case TYPE.float32:
      return decoding.readFloat32(decoder);
    case TYPE.float64:
      return decoding.readFloat64(decoder);
    default:
      throw new MalformedUpdate('not a number');
  }
}
