/**
 * Inspection: is this update one that an honest client of this user could have sent? Default deny, before anything is
 * applied, pure: it reads the document and changes nothing. Its verdict is a `SoundUpdate`, which only it can make and
 * which `settle` demands. It knows the rules of the wire (who may append what), not those of the product (text length,
 * edit rights): breaking the first is hostile, breaking the second is a refusal.
 */
import * as Y from 'yjs';
import { type Element, isMessage, MESSAGES, RECEIPTS } from '../../schema/document/message.ts';
import type { Receipt } from '../../schema/document/receipts.ts';
import { messageId, type UserId } from '../../schema/ids.ts';
import { MalformedUpdate } from './malformed-update.ts';
import { type DeleteRange, type ReadStruct, type ReadUpdate, readUpdate, type StructId } from './read-update.ts';
import type { Value } from './read-value.ts';
import { type WritableStruct, writeUpdate } from './write-update.ts';

/** An appended element and the Yjs id it was appended under. */
export interface Appended extends StructId {
  readonly element: Element;
}

const sound = Symbol('sound');

/** The proof that an update was inspected: bytes written anew from its new parts, and what they contain. */
export interface SoundUpdate {
  readonly [sound]: true;
  /** Undefined when the document knew everything. */
  readonly bytes: Uint8Array | undefined;
  /** New elements of `messages`, in clock order per writer. */
  readonly appended: readonly Appended[];
  /** New values of the user's own receipt. */
  readonly receipts: readonly Receipt[];
  /** This user's writers that occur in the update, new or known: each is acknowledged. */
  readonly writers: readonly number[];
  /** Writers to be bound to the user. */
  readonly unbound: readonly number[];
}

/**
 * `malformed` is final; `hostile` only once the document has caught up with the journal, because another server may know
 * what this one does not yet. `gap`: something this update builds on is missing here.
 */
export type Inspection =
  | { readonly is: 'sound'; readonly update: SoundUpdate }
  | { readonly is: 'gap' }
  | { readonly is: 'hostile' | 'malformed'; readonly why: string };

export interface InspectOptions {
  readonly doc: Y.Doc;
  readonly user: UserId;
  /** Writer → its user; null for a server, undefined for a writer that nobody has used. */
  readonly userOf: (writer: number) => UserId | null | undefined;
  /** Whether the bytes claim to be all the sender has (SyncStep2): then a gap has no honest explanation. */
  readonly isComplete: boolean;
}

export function inspect(bytes: Uint8Array, options: InspectOptions): Inspection {
  let read: ReadUpdate;
  try {
    read = readUpdate(bytes);
  } catch (error) {
    if (error instanceof MalformedUpdate) return { is: 'malformed', why: error.message };
    throw error;
  }
  try {
    return { is: 'sound', update: new Inspector(read, options).run() };
  } catch (error) {
    if (error instanceof Gap)
      return options.isComplete ? { is: 'hostile', why: 'a gap in a complete state' } : { is: 'gap' };
    if (error instanceof Hostile) return { is: 'hostile', why: error.message };
    throw error;
  }
}

/** Control flow inside this module only. */
class Gap extends Error {}
class Hostile extends Error {}

/** Where an item stands: `key` is null in `messages`, a user id in `receipts`. */
interface Place {
  readonly root: typeof MESSAGES | typeof RECEIPTS;
  readonly key: string | null;
}

/** The unknown part of a struct; `place` is found by following origins. */
interface Part extends StructId {
  readonly length: number;
  readonly origin: StructId | null;
  readonly root: string | null;
  readonly key: string | null;
  readonly values: readonly Value[] | null;
  place: Place | undefined;
}

/** Somebody who writes offline in two tabs at once would have to change between them this often. */
const MAX_BRANCHES = 500;

const IN_MESSAGES: Place = { root: MESSAGES, key: null };

class Inspector {
  readonly #read: ReadUpdate;
  readonly #options: InspectOptions;
  readonly #store: Y.Doc['store'];
  readonly #parts = new Map<number, Part[]>();
  readonly #writers: number[] = [];
  readonly #unbound: number[] = [];

  constructor(read: ReadUpdate, options: InspectOptions) {
    this.#read = read;
    this.#options = options;
    this.#store = options.doc.store;
  }

  run(): SoundUpdate {
    for (const [client, structs] of this.#read.structs) this.#takeNewParts(client, structs);
    this.#requireOrder();
    this.#requireFewBranches();
    const appended: Appended[] = [];
    const receipts: Receipt[] = [];
    const writable = new Map<number, WritableStruct[]>();
    for (const [client, parts] of this.#parts) {
      const list: WritableStruct[] = [];
      for (const part of parts) {
        const place = this.#placeOf(part);
        if (place.root === MESSAGES) this.#inspectMessages(part, appended);
        else this.#inspectReceipt(part, place, receipts);
        list.push({ ...part, root: place.root, key: place.key });
      }
      writable.set(client, list);
    }
    const deletes = this.#inspectDeletes();
    return {
      [sound]: true,
      bytes: writable.size > 0 || deletes.length > 0 ? writeUpdate(writable, deletes) : undefined,
      appended,
      receipts,
      writers: this.#writers,
      unbound: this.#unbound,
    };
  }

  /** Structs already known are ignored, whoever wrote them; of a partly known one only the new part counts. */
  #takeNewParts(client: number, structs: readonly ReadStruct[]): void {
    const state = Y.getState(this.#store, client);
    const user = this.#options.userOf(client);
    if (user === this.#options.user) this.#writers.push(client);
    const parts: Part[] = [];
    for (const struct of structs) {
      if (struct.clock + struct.length <= state) continue;
      if (parts.length === 0) {
        if (struct.clock > state) throw new Gap();
        if (user === undefined) this.#unbound.push(client);
        else if (user !== this.#options.user) throw new Hostile('a writer of somebody else');
      }
      if (struct.is === 'gap') throw new Hostile('a new GC or Skip');
      if (struct.rightOrigin) throw new Hostile('an insertion before something');
      parts.push(newPart(struct, state));
    }
    if (parts.length === 0) return;
    if (user === undefined) this.#writers.push(client);
    this.#parts.set(client, parts);
  }

  /**
   * Structs of one writer integrate in clock order and each after its origin. Where these two orders contradict each other
   * Yjs would keep the structs pending for ever. Same walk as Yjs's: a writer is put on a stack while it waits for another.
   */
  #requireOrder(): void {
    const [only] = this.#parts.size === 1 ? [...this.#parts.values()] : [];
    if (only?.length === 1 && this.#isStored((only[0] as Part).origin)) return;
    const next = new Map<number, number>();
    for (const first of this.#parts.keys()) {
      const stack = [{ client: first, until: Number.POSITIVE_INFINITY }];
      const waiting = new Set([first]);
      for (let top = stack.at(-1); top; top = stack.at(-1)) {
        const index = next.get(top.client) ?? 0;
        const part = this.#parts.get(top.client)?.[index];
        const origin = part && part.clock < top.until ? part.origin : undefined;
        if (origin === undefined) {
          waiting.delete(top.client);
          stack.pop();
        } else if (origin === null || this.#isIntegrated(origin, next)) {
          next.set(top.client, index + 1);
        } else {
          if (waiting.has(origin.client)) throw new Hostile('origins in a circle');
          waiting.add(origin.client);
          stack.push({ client: origin.client, until: origin.clock + 1 });
        }
      }
    }
  }

  #isStored(id: StructId | null): boolean {
    return id === null || id.clock < Y.getState(this.#store, id.client);
  }

  /**
   * Yjs finds the place of a struct by walking over everything that was written concurrently: thousands of structs that all
   * claim to follow something old cost seconds. An honest writer's struct follows what it wrote there before, except where
   * somebody else came between.
   */
  #requireFewBranches(): void {
    let parts = 0;
    for (const list of this.#parts.values()) parts += list.length;
    if (parts <= MAX_BRANCHES) return;
    let branches = 0;
    for (const [client, list] of this.#parts) {
      const last = new Map<string, number>();
      for (const part of list) {
        const { root } = this.#placeOf(part);
        const before = last.get(root);
        const follows = part.origin?.client === client && (before === undefined || part.origin.clock === before);
        if (!follows && ++branches > MAX_BRANCHES) throw new Hostile('too many structs beside each other');
        last.set(root, part.clock + part.length - 1);
      }
    }
  }

  #isIntegrated({ client, clock }: StructId, next: ReadonlyMap<number, number>): boolean {
    if (clock < Y.getState(this.#store, client)) return true;
    const parts = this.#parts.get(client);
    const last = parts?.at(-1);
    if (!parts || !last || clock >= last.clock + last.length) throw new Gap();
    const waiting = parts[next.get(client) ?? 0];
    return !waiting || clock < waiting.clock;
  }

  /** Follows origins, in the document or in this update, in any order, without recursion: chains may be 20,000 long. */
  #placeOf(part: Part): Place {
    const path: Part[] = [];
    let current = part;
    let place: Place;
    for (;;) {
      if (current.place) {
        place = current.place;
        break;
      }
      path.push(current);
      const { origin } = current;
      if (!origin) {
        place = rootPlace(current);
        break;
      }
      if (origin.clock < Y.getState(this.#store, origin.client)) {
        place = this.#storedPlace(origin);
        break;
      }
      // Certain to exist and to come earlier, as the order is sound.
      current = findPart(this.#parts.get(origin.client), origin.clock) as Part;
    }
    for (const each of path) each.place = place;
    return place;
  }

  #storedPlace(id: StructId): Place {
    const item = Y.getItem(this.#store, Y.createID(id.client, id.clock));
    if (!(item instanceof Y.Item)) throw new Hostile('an origin that was collected');
    return placeOfItem(this.#options.doc, item);
  }

  #inspectMessages(part: Part, appended: Appended[]): void {
    if (!part.values) throw new Hostile('deleted content in messages');
    part.values.forEach((value, offset) => {
      const clock = part.clock + offset;
      if ('d' in value) throw new Hostile('a receipt in messages');
      if (value.from !== this.#options.user) throw new Hostile('from names somebody else');
      if (isMessage(value)) {
        if (!('text' in value) || 'editedAt' in value) throw new Hostile('a key that only the server writes');
        if (value.id !== messageId(part.client, clock)) throw new Hostile('an id that is not its own');
      }
      appended.push({ client: part.client, clock, element: value });
    });
  }

  #inspectReceipt(part: Part, place: Place, receipts: Receipt[]): void {
    if (place.key !== this.#options.user) throw new Hostile("somebody else's receipt");
    if (!part.values) return;
    const [value] = part.values;
    if (part.values.length !== 1 || !value || !('d' in value)) throw new Hostile('no receipt in receipts');
    receipts.push(value);
  }

  /** Allowed: what is deleted already, and own receipt values. What is left to do of it is returned. */
  #inspectDeletes(): DeleteRange[] {
    const left: DeleteRange[] = [];
    for (const { client, clock, length } of this.#read.deletes) {
      const end = clock + length;
      const state = Y.getState(this.#store, client);
      if (clock < state) this.#inspectStoredDeletes(client, clock, Math.min(end, state), left);
      if (end > state) this.#inspectNewDeletes(client, Math.max(clock, state), end, left);
    }
    return left;
  }

  #inspectStoredDeletes(client: number, clock: number, end: number, left: DeleteRange[]): void {
    const structs = this.#store.clients.get(client) ?? [];
    for (let i = Y.findIndexSS(structs, clock); i < structs.length; i++) {
      const item = structs[i] as Y.Item | Y.GC;
      if (item.id.clock >= end) return;
      if (item.deleted) continue;
      const isOwnReceipt = item instanceof Y.Item && placeOfItem(this.#options.doc, item).key === this.#options.user;
      if (!isOwnReceipt) throw new Hostile('a deletion of what is not an own receipt');
      const from = Math.max(clock, item.id.clock);
      left.push({ client, clock: from, length: Math.min(end, item.id.clock + item.length) - from });
    }
  }

  #inspectNewDeletes(client: number, clock: number, end: number, left: DeleteRange[]): void {
    const parts = this.#parts.get(client) ?? [];
    const covered = parts.at(-1);
    if (!covered || covered.clock + covered.length < end) {
      const user = this.#options.userOf(client);
      // An own writer's backlog may still be on its way; of anybody else's future there is nothing to delete.
      if (user === undefined || user === this.#options.user) throw new Gap();
      throw new Hostile('a deletion of what is not there');
    }
    for (const part of parts) {
      if (part.clock + part.length <= clock || part.clock >= end) continue;
      if (this.#placeOf(part).root !== RECEIPTS) throw new Hostile('a deletion of what is not an own receipt');
    }
    left.push({ client, clock, length: end - clock });
  }
}

function newPart(struct: ReadStruct & { is: 'item' }, state: number): Part {
  const { client, clock, length, origin, root, key, values } = struct;
  const known = state - clock;
  if (known <= 0) return { client, clock, length, origin, root, key, values, place: undefined };
  return {
    client,
    clock: state,
    length: length - known,
    origin: { client, clock: state - 1 },
    root: null,
    key: null,
    values: values?.slice(known) ?? null,
    place: undefined,
  };
}

function rootPlace({ root, key }: Part): Place {
  if (root === MESSAGES && key === null) return IN_MESSAGES;
  if (root === RECEIPTS && key !== null) return { root: RECEIPTS, key };
  throw new Hostile('a place that no document has');
}

function placeOfItem(doc: Y.Doc, item: Y.Item): Place {
  if (item.parent === doc.share.get(MESSAGES) && item.parentSub === null) return IN_MESSAGES;
  if (item.parent === doc.share.get(RECEIPTS) && item.parentSub !== null)
    return { root: RECEIPTS, key: item.parentSub };
  throw new Hostile('an origin outside messages and receipts');
}

/** Binary search: parts of one client are contiguous. */
function findPart(parts: readonly Part[] | undefined, clock: number): Part | undefined {
  let low = 0;
  let high = (parts?.length ?? 0) - 1;
  while (parts && low <= high) {
    const middle = (low + high) >> 1;
    const part = parts[middle] as Part;
    if (clock < part.clock) high = middle - 1;
    else if (clock >= part.clock + part.length) low = middle + 1;
    else return part;
  }
  return undefined;
}
