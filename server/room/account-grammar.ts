/**
 * What its owner may write into an account document: any plain JSON under any short key of its root maps, and in `hidden` nothing
 * but keys of messages. Nobody else opens it, and the server only deletes there, so whatever stands in it is the owner's own.
 */
import * as decoding from 'lib0/decoding';
import { ACCOUNT_ROOTS, HIDDEN, IS_HIDDEN, parseMessageKey } from '../../schema/document/account.ts';
import { MAX_ACCOUNT_KEY_CHARACTERS } from '../../schema/limits.ts';
import type { Grammar } from './grammar.ts';
import type { SoundUpdate } from './inspect.ts';
import { MalformedUpdate } from './malformed-update.ts';

/** Plain JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Settling looks at what the maps became, not at what was written. */
type AccountContents = object;

export type SoundAccountUpdate = SoundUpdate<AccountContents>;

export const ACCOUNT_GRAMMAR: Grammar<Json, AccountContents> = {
  roots: ACCOUNT_ROOTS,
  // A deleted value goes, but its key stays in the document: a longer one is nobody's honest work.
  hasPlace: (root, key) =>
    key !== null &&
    isShort(key) &&
    (ACCOUNT_ROOTS as readonly string[]).includes(root) &&
    (root !== HIDDEN || parseMessageKey(key) !== undefined),
  readValue: (decoder, count) => readJson(decoder, count, MAX_DEPTH),
  noContents: () => ({}),
  collect: (_contents, { values }, { root }) => {
    if (values && values.length !== 1) return 'several values under one key';
    return root === HIDDEN && values && values[0] !== IS_HIDDEN ? 'more than that a message is hidden' : undefined;
  },
  mayDelete: () => true,
};

/** In code points, as texts are counted. */
const isShort = (key: string): boolean =>
  key.length <= MAX_ACCOUNT_KEY_CHARACTERS ||
  (key.length <= 2 * MAX_ACCOUNT_KEY_CHARACTERS && [...key].length <= MAX_ACCOUNT_KEY_CHARACTERS);

/** A value is a draft or a few flags; nothing of ours is deeper than 3. */
const MAX_DEPTH = 8;

/** Type bytes of lib0's `any` encoding that stand for JSON; the others are `undefined`, big integers and bytes. */
const ANY = {
  null: 126,
  integer: 125,
  float32: 124,
  float64: 123,
  false: 121,
  true: 120,
  string: 119,
  object: 118,
  array: 117,
} as const;

function readJson(decoder: decoding.Decoder, count: () => number, depth: number): Json {
  switch (decoding.readUint8(decoder)) {
    case ANY.null:
      return null;
    case ANY.true:
      return true;
    case ANY.false:
      return false;
    case ANY.string:
      return decoding.readVarString(decoder);
    case ANY.integer:
      return decoding.readVarInt(decoder);
    case ANY.float32:
      return finite(decoding.readFloat32(decoder));
    case ANY.float64:
      return finite(decoding.readFloat64(decoder));
    case ANY.array:
      return readArray(decoder, count, depth);
    case ANY.object:
      return readObject(decoder, count, depth);
    default:
      throw new MalformedUpdate('not JSON');
  }
}

function readArray(decoder: decoding.Decoder, count: () => number, depth: number): Json {
  if (depth === 0) throw new MalformedUpdate('too deep');
  const array: Json[] = [];
  for (let left = count(); left > 0; left--) array.push(readJson(decoder, count, depth - 1));
  return array;
}

function readObject(decoder: decoding.Decoder, count: () => number, depth: number): Json {
  if (depth === 0) throw new MalformedUpdate('too deep');
  const object: Record<string, Json> = {};
  for (let left = count(); left > 0; left--) {
    const key = decoding.readVarString(decoder);
    // Assigned, it would change the prototype instead of adding a property.
    if (key === '__proto__') throw new MalformedUpdate('not an own property');
    if (Object.hasOwn(object, key)) throw new MalformedUpdate('a key stands twice');
    object[key] = readJson(decoder, count, depth - 1);
  }
  return object;
}

function finite(number: number): number {
  if (!Number.isFinite(number)) throw new MalformedUpdate('not a JSON number');
  return number;
}
