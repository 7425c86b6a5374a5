/**
 * Makes the Yjs update that appends one element to `messages`, or sets one key of `reactions`, without touching a document: exactly
 * the bytes `push` and `set` would produce. This lets the outbox hold the bytes durably *before* the document changes, and apply
 * them again after any crash.
 */
import * as encoding from 'lib0/encoding';
import type * as Y from 'yjs';
import { type Element, MESSAGES } from '../../schema/document/message.ts';
import { REACTIONS, type Reaction } from '../../schema/document/reactions.ts';

/** Parts of Yjs update format 1. */
const CONTENT_ANY = 8;
const HAS_ORIGIN = 0x80;
const HAS_KEY = 0x20;
const PARENT_IS_ROOT = 1;

interface StructId {
  readonly client: number;
  readonly clock: number;
}

export interface Append {
  readonly writer: number;
  readonly clock: number;
  /** The last struct of the array, or of the key, deleted or not; undefined when there never was one. */
  readonly origin: StructId | undefined;
  readonly element: Element | Reaction;
  /** Of a reaction: its key in the map. */
  readonly key?: string;
}

export function encodeAppend({ writer, clock, origin, element, key }: Append): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, 1); // one writer …
  encoding.writeVarUint(encoder, 1); // … with one struct
  encoding.writeVarUint(encoder, writer);
  encoding.writeVarUint(encoder, clock);
  encoding.writeUint8(encoder, CONTENT_ANY | (origin ? HAS_ORIGIN : 0) | (key === undefined ? 0 : HAS_KEY));
  if (origin) {
    encoding.writeVarUint(encoder, origin.client);
    encoding.writeVarUint(encoder, origin.clock);
  } else {
    encoding.writeVarUint(encoder, PARENT_IS_ROOT);
    encoding.writeVarString(encoder, key === undefined ? MESSAGES : REACTIONS);
    if (key !== undefined) encoding.writeVarString(encoder, key);
  }
  encoding.writeVarUint(encoder, 1); // one element
  // Elements are plain JSON.
  encoding.writeAny(encoder, element as unknown as encoding.AnyEncodable);
  encoding.writeVarUint(encoder, 0); // nothing deleted: a former value of the key goes when this one is integrated
  return encoding.toUint8Array(encoder);
}

/** The id behind which the next element is appended. */
export function lastStruct(messages: Y.Array<Element>): StructId | undefined {
  let item = messages._start;
  while (item?.right) item = item.right;
  return item?.lastId;
}
