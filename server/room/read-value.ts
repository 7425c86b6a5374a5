/**
 * Reads the elements that a document can hold, in lib0's `any` encoding: an object with exactly the keys of a message, a
 * marker, a receipt or a reaction. Anything else has no honest sender. Into variables and a set of bits, several times faster than into
 * a dictionary: every message passes here.
 */
import type * as decoding from 'lib0/decoding';
import type { MessageFile } from '../../schema/document/files.ts';
import type { Element, LiveMessage } from '../../schema/document/message.ts';
import type { Reaction } from '../../schema/document/reactions.ts';
import type { Receipt, ReceiptVector } from '../../schema/document/receipts.ts';
import { type MessageId, parseMessageId, type UserId } from '../../schema/ids.ts';
import { MAX_EMOJI_UNITS, MAX_REACTION_EMOJI } from '../../schema/limits.ts';
import { MalformedUpdate } from './malformed-update.ts';
import { readKey, readNumber, readString, requireType, TYPE } from './read-any.ts';
import { readFiles } from './read-files.ts';

/** One element of an item: what `messages`, `receipts` or `reactions` may hold. Its ids are claims until they have been inspected. */
export type Value = Element | Receipt | Reaction;

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
  files: 1 << 12,
  on: 1 << 13,
  emoji: 1 << 14,
} as const;
const BITS: ReadonlyMap<string, number> = new Map(Object.entries(KEY));

const MESSAGE = KEY.id | KEY.from | KEY.at | KEY.text;
const EDIT = KEY.edit | KEY.from | KEY.at | KEY.text;
const DELETE = KEY.del | KEY.from | KEY.at;
const TOMBSTONE = KEY.id | KEY.from | KEY.at | KEY.deletedAt | KEY.by;
const RECEIPT = KEY.d | KEY.r;
const REACTION = KEY.on | KEY.emoji;

/** One and the same: most values have none. */
const NO_EMOJI: readonly string[] = [];

const WRITER = /^(0|[1-9a-z][0-9a-z]{0,6})$/;

/** `count` counts what follows against the limit of the whole update before anything is made of it. Throws `MalformedUpdate`. */
export function readValue(decoder: decoding.Decoder, count: () => number): Value {
  requireType(decoder, TYPE.object, 'not a plain object');
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
  let files: readonly MessageFile[] = [];
  let emoji = NO_EMOJI;
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
    else if (bit === KEY.files) files = readFiles(decoder, count);
    else if (bit === KEY.editedAt || bit === KEY.deletedAt) settledAt = readNumber(decoder);
    else if (bit === KEY.emoji) emoji = readEmoji(decoder, count);
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
    case REACTION:
      if (!parseMessageId(id)) throw new MalformedUpdate('on is no message id');
      return { on: id, emoji };
    // The server's own settled values come back with what a client relays; whether they may be new is not judged here.
    case MESSAGE | KEY.editedAt:
      return { id, from, at, text, editedAt: settledAt };
    case MESSAGE | KEY.re | KEY.editedAt:
      return { id, from, at, text, re, editedAt: settledAt };
    case TOMBSTONE:
      return { id, from, at, deletedAt: settledAt, by };
    default:
      if (keys & KEY.files) return withFiles(keys & ~KEY.files, { id, from, at, text, files }, re, settledAt);
      throw new MalformedUpdate('not a message, marker, receipt or reaction');
  }
}

/** The few messages that have some; the many must not pay for them. */
function withFiles(keys: number, message: LiveMessage, re: MessageId, editedAt: number): LiveMessage {
  if ((keys & ~(KEY.re | KEY.editedAt)) !== MESSAGE) throw new MalformedUpdate('files of what is no message');
  const hasEdit = (keys & KEY.editedAt) !== 0;
  return { ...message, ...((keys & KEY.re) !== 0 && { re }), ...(hasEdit && { editedAt }) };
}

function readVector(decoder: decoding.Decoder, count: () => number): ReceiptVector {
  requireType(decoder, TYPE.object, 'not a plain object');
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

/** Whether they are emoji is for settling to say: there may be newer ones than a server knows. */
function readEmoji(decoder: decoding.Decoder, count: () => number): readonly string[] {
  requireType(decoder, TYPE.array, 'not an array');
  const emoji: string[] = [];
  let left = count();
  if (left > MAX_REACTION_EMOJI) throw new MalformedUpdate('too many emoji');
  for (; left > 0; left--) {
    const each = readString(decoder);
    if (each.length > MAX_EMOJI_UNITS) throw new MalformedUpdate('too long for an emoji');
    if (emoji.includes(each)) throw new MalformedUpdate('an emoji stands twice');
    emoji.push(each);
  }
  return emoji;
}
