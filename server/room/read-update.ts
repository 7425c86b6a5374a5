/**
 * Reads a Yjs V1 update into plain structs and knows nothing of any document. It is strict where `Y.decodeUpdate` is
 * generous: it counts before it allocates, accepts only what a document of ours can contain, never recurses, and refuses
 * any second reading of the same bytes (a client listed twice, bytes left over). Format: yjs `src/utils/encoding.js`.
 */
import * as decoding from 'lib0/decoding';
import type { Element } from '../../schema/document/message.ts';
import type { Receipt } from '../../schema/document/receipts.ts';
import { MAX_CLIENT_ID, MAX_CLOCK, parseMessageId } from '../../schema/ids.ts';
import { MAX_UPDATE_ELEMENTS } from '../../schema/limits.ts';

export interface StructId {
  readonly client: number;
  readonly clock: number;
}

/** One element of an item: what `messages` or `receipts` may hold. */
export type Value = Element | Receipt;

/** A struct as sent. `values` is null for deleted content; `gap` stands for both kinds of hole, GC and Skip. */
export type ReadStruct = StructId & { readonly length: number } & (
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

export interface ReadUpdate {
  /** Per client, contiguous structs in clock order. */
  readonly structs: ReadonlyMap<number, readonly ReadStruct[]>;
  readonly deletes: readonly DeleteRange[];
}

/** The bytes are no update that an honest client can produce. */
export class MalformedUpdate extends Error {
  override readonly name = 'MalformedUpdate';
}

const CONTENT = { gc: 0, deleted: 1, any: 8, skip: 10 } as const;
const HAS_ORIGIN = 0x80;
const HAS_RIGHT_ORIGIN = 0x40;
const HAS_KEY = 0x20;

/** Throws `MalformedUpdate`. */
export function readUpdate(bytes: Uint8Array): ReadUpdate {
  try {
    return new Reader(bytes).update();
  } catch (error) {
    if (error instanceof MalformedUpdate) throw error;
    // lib0 throws plain errors on truncation, numbers above 2^53 and invalid UTF-8.
    throw new MalformedUpdate('truncated or undecodable', { cause: error });
  }
}

class Reader {
  readonly #in: decoding.Decoder;
  #elements = 0;

  constructor(bytes: Uint8Array) {
    this.#in = decoding.createDecoder(bytes);
  }

  update(): ReadUpdate {
    const structs = new Map<number, ReadStruct[]>();
    const clients = this.#count();
    for (let i = 0; i < clients; i++) {
      const length = this.#count();
      const client = this.#client();
      let clock = decoding.readVarUint(this.#in);
      if (structs.has(client)) throw new MalformedUpdate('a client stands twice');
      const list: ReadStruct[] = [];
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

  #struct(client: number, clock: number): ReadStruct {
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
    for (let i = 0; i < length; i++) values.push(this.#value());
    return { is: 'item', client, clock, length, origin, rightOrigin, root, key, values };
  }

  #deletes(): DeleteRange[] {
    const ranges: DeleteRange[] = [];
    const clients = this.#count();
    for (let i = 0; i < clients; i++) {
      const client = this.#client();
      const length = this.#count();
      for (let j = 0; j < length; j++) {
        ranges.push({ client, clock: decoding.readVarUint(this.#in), length: this.#length() });
      }
    }
    return ranges;
  }

  /** An object with exactly the keys of a message, a marker or a receipt. Anything else has no honest sender. */
  #value(): Value {
    const fields = this.#fields((key) => {
      switch (key) {
        case 'id':
        case 'from':
        case 'text':
        case 're':
        case 'edit':
        case 'del':
        case 'by':
          return this.#string();
        case 'at':
        case 'editedAt':
        case 'deletedAt':
          return this.#number();
        case 'd':
        case 'r':
          return this.#fields(() => this.#number());
        default:
          throw new MalformedUpdate('an unknown key');
      }
    });
    return asValue(fields);
  }

  #fields<Field>(read: (key: string) => Field): Record<string, Field> {
    if (decoding.readUint8(this.#in) !== ANY.object) throw new MalformedUpdate('not a plain object');
    const length = this.#count();
    // Without a prototype, so that a key called __proto__ is only a key.
    const fields: Record<string, Field> = Object.create(null);
    for (let i = 0; i < length; i++) {
      const key = decoding.readVarString(this.#in);
      if (key in fields) throw new MalformedUpdate('a key stands twice');
      fields[key] = read(key);
    }
    return fields;
  }

  #string(): string {
    if (decoding.readUint8(this.#in) !== ANY.string) throw new MalformedUpdate('not a string');
    return decoding.readVarString(this.#in);
  }

  #number(): number {
    const number = this.#anyNumber();
    if (!(number >= 0 && number <= MAX_TIME_MS)) throw new MalformedUpdate('a number out of range');
    return number;
  }

  #anyNumber(): number {
    switch (decoding.readUint8(this.#in)) {
      case ANY.integer:
        return decoding.readVarInt(this.#in);
      case ANY.float32:
        return decoding.readFloat32(this.#in);
      case ANY.float64:
        return decoding.readFloat64(this.#in);
      default:
        throw new MalformedUpdate('not a number');
    }
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

/** Type bytes of lib0's `any` encoding. */
const ANY = { integer: 125, float32: 124, float64: 123, string: 119, object: 118 } as const;

/** The last moment a JavaScript Date can name, and above every clock a document can reach. */
const MAX_TIME_MS = 8.64e15;

type Fields = Record<string, string | number | Record<string, number>>;

/** Sorted, so that the order in which a client wrote the keys does not matter. */
const SHAPES: ReadonlySet<string> = new Set([
  'at,from,id,text',
  'at,from,id,re,text',
  'at,edit,from,text',
  'at,del,from',
  // The server's own settled values come back with what a client relays; whether they may be new is not judged here.
  'at,editedAt,from,id,text',
  'at,editedAt,from,id,re,text',
  'at,by,deletedAt,from,id',
]);

/** Clients write the keys of a message in one of few orders: remembered, a shape is judged without sorting. */
const knownOrders = new Map<string, boolean>();
const MAX_KNOWN_ORDERS = 1_000;

function isElement(keys: readonly string[]): boolean {
  const order = keys.join();
  let is = knownOrders.get(order);
  if (is === undefined) {
    is = SHAPES.has([...keys].sort().join());
    if (knownOrders.size < MAX_KNOWN_ORDERS) knownOrders.set(order, is);
  }
  return is;
}

function asValue(fields: Fields): Value {
  const { d, r, re } = fields;
  if (typeof d === 'object' && typeof r === 'object' && Object.keys(fields).length === 2) {
    return { d: asVector(d), r: asVector(r) };
  }
  if (!isElement(Object.keys(fields))) throw new MalformedUpdate('not a message, marker or receipt');
  if (re !== undefined && !parseMessageId(re as string)) throw new MalformedUpdate('re is no message id');
  // The reader gave each key its type, so the keys make the shape.
  return { ...fields } as unknown as Value;
}

const WRITER = /^(0|[1-9a-z][0-9a-z]{0,6})$/;

function asVector(fields: Record<string, number>): Record<string, number> {
  for (const [writer, clock] of Object.entries(fields)) {
    if (!WRITER.test(writer) || !Number.isSafeInteger(clock)) throw new MalformedUpdate('not a receipt vector');
  }
  return { ...fields };
}
