/**
 * Reads a Yjs V1 update into plain structs and knows nothing of any document. It is strict where `Y.decodeUpdate` is
 * generous: it counts before it allocates, accepts only what a document of ours can contain, never recurses, and refuses
 * any second reading of the same bytes (a client listed twice, bytes left over). Format: yjs `src/utils/encoding.js`.
 */
import * as decoding from 'lib0/decoding';
import { MAX_CLIENT_ID, MAX_CLOCK } from '../../schema/ids.ts';
import { MAX_UPDATE_ELEMENTS } from '../../schema/limits.ts';
import { MalformedUpdate } from './malformed-update.ts';

export interface StructId {
  readonly client: number;
  readonly clock: number;
}

/** A struct as sent. `values` is null for deleted content; `gap` stands for both kinds of hole, GC and Skip. */
export type ReadStruct<Value> = StructId & { readonly length: number } & (
    | { readonly is: 'gap' }
    | {
        readonly is: 'item';
        readonly origin: StructId | null;
        readonly rightOrigin: StructId | null;
        /** Named only when the struct has no origin. */
        readonly root: string | null;
        readonly key: string | null;
        readonly values: readonly Value[] | null;
      }
  );

export interface DeleteRange extends StructId {
  readonly length: number;
}

export interface ReadUpdate<Value> {
  /** Per client, contiguous structs in clock order. */
  readonly structs: ReadonlyMap<number, readonly ReadStruct<Value>[]>;
  readonly deletes: readonly DeleteRange[];
}

const CONTENT = { gc: 0, deleted: 1, any: 8, skip: 10 } as const;
const HAS_ORIGIN = 0x80;
const HAS_RIGHT_ORIGIN = 0x40;
const HAS_KEY = 0x20;

/** Reads one value of a struct; `count` counts what follows against the limit of the whole update. */
type ReadValue<Value> = (decoder: decoding.Decoder, count: () => number) => Value;

/** Throws `MalformedUpdate`, as `readValue` does. */
export function readUpdate<Value>(bytes: Uint8Array, readValue: ReadValue<Value>): ReadUpdate<Value> {
  try {
    return new Reader(bytes, readValue).update();
  } catch (error) {
    if (error instanceof MalformedUpdate) throw error;
    // lib0 throws plain errors on truncation, numbers above 2^53 and invalid UTF-8.
    throw new MalformedUpdate('truncated or undecodable', { cause: error });
  }
}

class Reader<Value> {
  readonly #in: decoding.Decoder;
  readonly #readValue: ReadValue<Value>;
  #elements = 0;

  constructor(bytes: Uint8Array, readValue: ReadValue<Value>) {
    this.#in = decoding.createDecoder(bytes);
    this.#readValue = readValue;
  }

  update(): ReadUpdate<Value> {
    const structs = new Map<number, ReadStruct<Value>[]>();
    const clients = this.#count();
    for (let i = 0; i < clients; i++) {
      const length = this.#count();
      const client = this.#client();
      let clock = decoding.readVarUint(this.#in);
      if (structs.has(client)) throw new MalformedUpdate('a client stands twice');
      const list: ReadStruct<Value>[] = [];
      for (let j = 0; j < length; j++) {
        const struct = this.#struct(client, clock);
        list.push(struct);
        clock += struct.length;
        if (clock > MAX_CLOCK) throw new MalformedUpdate('a clock out of range');
      }
      structs.set(client, list);
    }
    const deletes = this.#deletes();
    if (decoding.hasContent(this.#in)) throw new MalformedUpdate('bytes after the end');
    return { structs, deletes };
  }

  #struct(client: number, clock: number): ReadStruct<Value> {
    const info = decoding.readUint8(this.#in);
    const content = info & 0x1f;
    if (content === CONTENT.gc || content === CONTENT.skip) {
      return { is: 'gap', client, clock, length: this.#length() };
    }
    const origin = info & HAS_ORIGIN ? this.#id() : null;
    const rightOrigin = info & HAS_RIGHT_ORIGIN ? this.#id() : null;
    let root: string | null = null;
    let key: string | null = null;
    if (origin === null && rightOrigin === null) {
      if (decoding.readVarUint(this.#in) !== 1) throw new MalformedUpdate('a nested parent');
      root = decoding.readVarString(this.#in);
      if (info & HAS_KEY) key = decoding.readVarString(this.#in);
    }
    if (content === CONTENT.deleted) {
      return { is: 'item', client, clock, length: this.#length(), origin, rightOrigin, root, key, values: null };
    }
    if (content !== CONTENT.any) throw new MalformedUpdate(`content of type ${content}`);
    const length = this.#count();
    if (length === 0) throw new MalformedUpdate('an empty struct');
    const values: Value[] = [];
    const count = () => this.#count();
    for (let i = 0; i < length; i++) values.push(this.#readValue(this.#in, count));
    return { is: 'item', client, clock, length, origin, rightOrigin, root, key, values };
  }

  #deletes(): DeleteRange[] {
    const ranges: DeleteRange[] = [];
    const seen = new Set<number>();
    const clients = this.#count();
    for (let i = 0; i < clients; i++) {
      const client = this.#client();
      if (seen.has(client)) throw new MalformedUpdate('a client stands twice');
      seen.add(client);
      const length = this.#count();
      // Yjs sorts and merges them. Unsorted, they could name the same elements thousands of times.
      let end = 0;
      for (let j = 0; j < length; j++) {
        const range = { client, clock: decoding.readVarUint(this.#in), length: this.#length() };
        if (range.clock < end) throw new MalformedUpdate('deletions out of order');
        end = range.clock + range.length;
        ranges.push(range);
      }
    }
    return ranges;
  }

  #id(): StructId {
    return { client: this.#client(), clock: decoding.readVarUint(this.#in) };
  }

  #client(): number {
    const client = decoding.readVarUint(this.#in);
    if (client > MAX_CLIENT_ID) throw new MalformedUpdate('a clientID above 32 bits');
    return client;
  }

  #length(): number {
    const length = decoding.readVarUint(this.#in);
    if (length < 1) throw new MalformedUpdate('a length below 1');
    return length;
  }

  /** A number of things that follow: counted against the limit before anything is made of them. */
  #count(): number {
    const count = decoding.readVarUint(this.#in);
    this.#elements += count;
    if (this.#elements > MAX_UPDATE_ELEMENTS) throw new MalformedUpdate(`more than ${MAX_UPDATE_ELEMENTS} elements`);
    return count;
  }
}
