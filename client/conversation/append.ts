/**
 * Makes the Yjs update that appends one element to `messages`, without touching a document: exactly the bytes `push` would
 * produce. This lets the outbox hold the bytes durably *before* the document changes, and apply them again after any crash.
 */
import * as encoding from 'lib0/encoding';
import type * as Y from 'yjs';
import { type Element, MESSAGES } from '../../schema/document/message.ts';

/** Parts of Yjs update format 1. */
const CONTENT_ANY = 8;
const HAS_ORIGIN = 0x80;
const PARENT_IS_ROOT = 1;

interface StructId {
  readonly client: number;
  readonly clock: number;
}

export interface Append {
  readonly writer: number;
  readonly clock: number;
  /** The last struct of the array, deleted or not; undefined when there never was one. */
  readonly origin: StructId | undefined;
  readonly element: Element;
}

export function encodeAppend({ writer, clock, origin, element }: Append): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, 1); // one writer …
  encoding.writeVarUint(encoder, 1); // … with one struct
  encoding.writeVarUint(encoder, writer);
  encoding.writeVarUint(encoder, clock);
  encoding.writeUint8(encoder, origin ? CONTENT_ANY | HAS_ORIGIN : CONTENT_ANY);
  if (origin) {
    encoding.writeVarUint(encoder, origin.client);
    encoding.writeVarUint(encoder, origin.clock);
  } else {
    encoding.writeVarUint(encoder, PARENT_IS_ROOT);
    encoding.writeVarString(encoder, MESSAGES);
  }
  encoding.writeVarUint(encoder, 1); // one element
  // Elements are plain JSON.
  encoding.writeAny(encoder, element as unknown as encoding.AnyEncodable);
  encoding.writeVarUint(encoder, 0); // nothing deleted
  return encoding.toUint8Array(encoder);
}

/** The id behind which the next element is appended. */
export function lastStruct(messages: Y.Array<Element>): StructId | undefined {
  let item = messages._start;
  while (item?.right) item = item.right;
  return item?.lastId;
}
