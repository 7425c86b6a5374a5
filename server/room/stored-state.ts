/**
 * A document as the bytes of its snapshot, for as long as nobody changes it: what a sync asks is answered from them, and no
 * Y.Doc is built (for 1,000 messages that is some 10 ms and a few MB).
 */
import * as Y from 'yjs';

/** What an empty copy sends when it is asked for what it has. */
const EMPTY = Uint8Array.of(0, 0);

export class StoredState {
  /** Yjs V1 update: the whole document. */
  readonly bytes: Uint8Array;
  #vector: Uint8Array | undefined;
  #clocks: Map<number, number> | undefined;
  #nothingNew: Uint8Array | undefined;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get vector(): Uint8Array {
    this.#vector ??= Y.encodeStateVectorFromUpdate(this.bytes);
    return this.#vector;
  }

  clockOf(writer: number): number {
    this.#clocks ??= Y.decodeStateVector(this.vector);
    return this.#clocks.get(writer) ?? 0;
  }

  /** What a copy with this state vector lacks. Many who come back have everything, and get the same bytes. */
  missing(vector: Uint8Array): Uint8Array {
    return isSame(vector, this.vector) ? this.#nothing() : Y.diffUpdate(this.bytes, vector);
  }

  /**
   * Whether the answer of a copy tells that it is empty or the same as this one. Yjs writes equal deletions as equal bytes,
   * so nothing is decoded; "no" means only that somebody has to look.
   */
  holds(update: Uint8Array): boolean {
    return isSame(update, EMPTY) || isSame(update, this.#nothing());
  }

  #nothing(): Uint8Array {
    this.#nothingNew ??= Y.diffUpdate(this.bytes, this.vector);
    return this.#nothingNew;
  }
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && Buffer.compare(a, b) === 0;
