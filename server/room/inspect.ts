/**
 * Inspection: is this update one that an honest client of this user could have sent? Default deny, before anything is
 * applied, pure: it reads the document and changes nothing. Its verdict is a `SoundUpdate`, which only it can make and
 * which settling demands. It knows the rules of the wire (who may write what: the document's grammar), not those of the
 * product (text length, edit rights): breaking the first is hostile, breaking the second is a refusal.
 */
import * as Y from 'yjs';
import type { UserId } from '../../schema/ids.ts';
import type { Grammar, Place } from './grammar.ts';
import { MalformedUpdate } from './malformed-update.ts';
import { NewParts, type Part } from './new-parts.ts';
import { type DeleteRange, type ReadUpdate, readUpdate, type StructId } from './read-update.ts';
import { Gap, Hostile } from './unsound.ts';
import { type WritableStruct, writeUpdate } from './write-update.ts';

/** The proof that an update was inspected, which only this module can make: bytes written anew from its new parts, and what they contain. */
class SoundUpdate<Contents> {
  /** Nothing else is taken for one. */
  declare protected readonly isSound: true;
  readonly contents: Contents;
  /** Undefined when the document knew everything. */
  readonly bytes: Uint8Array | undefined;
  /** This user's writers that occur in the update, new or known: each is acknowledged. */
  readonly writers: readonly number[];
  /** Writers to be bound to the user. */
  readonly unbound: readonly number[];

  constructor(contents: Contents, bytes: Uint8Array | undefined, { writers, unbound }: NewParts<unknown>) {
    this.contents = contents;
    this.bytes = bytes;
    this.writers = writers;
    this.unbound = unbound;
  }
}

export type { SoundUpdate };

/**
 * `malformed` is final; `hostile` only once the document has caught up with the journal, because another server may know
 * what this one does not yet. `gap`: something this update builds on is missing here.
 */
export type Unsound = { readonly is: 'gap' } | { readonly is: 'hostile' | 'malformed'; readonly why: string };
export type Inspection<Contents> = { readonly is: 'sound'; readonly update: SoundUpdate<Contents> } | Unsound;

export interface InspectOptions<Value, Contents> {
  readonly doc: Y.Doc;
  readonly grammar: Grammar<Value, Contents>;
  readonly user: UserId;
  /** Writer → its user; null for a server, undefined for a writer that nobody has used. */
  readonly userOf: (writer: number) => UserId | null | undefined;
  /** Whether the bytes claim to be all the sender has (SyncStep2): then a gap has no honest explanation. */
  readonly isComplete: boolean;
}

export function inspect<Value, Contents>(
  bytes: Uint8Array,
  options: InspectOptions<Value, Contents>,
): Inspection<Contents> {
  let read: ReadUpdate<Value>;
  try {
    read = readUpdate(bytes, options.grammar.readValue);
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

/** Somebody who writes offline in two tabs at once would have to change between them this often. */
const MAX_BRANCHES = 500;

class Inspector<Value, Contents> {
  readonly #read: ReadUpdate<Value>;
  readonly #options: InspectOptions<Value, Contents>;
  readonly #store: Y.Doc['store'];
  readonly #parts: NewParts<Value>;

  constructor(read: ReadUpdate<Value>, options: InspectOptions<Value, Contents>) {
    this.#read = read;
    this.#options = options;
    this.#store = options.doc.store;
    this.#parts = new NewParts({ read, store: this.#store, user: options.user, userOf: options.userOf });
  }

  run(): SoundUpdate<Contents> {
    const { grammar, user } = this.#options;
    this.#requireFewBranches();
    const contents = grammar.noContents();
    const writable = new Map<number, WritableStruct[]>();
    for (const [client, parts] of this.#parts.byClient) {
      const list: WritableStruct[] = [];
      for (const part of parts) {
        const place = this.#placeOf(part);
        const objection = grammar.collect(contents, part, place, user);
        if (objection) throw new Hostile(objection);
        const { clock, length, origin, values } = part;
        list.push({ client, clock, length, origin, root: place.root, key: place.key, values });
      }
      writable.set(client, list);
    }
    const deletes = this.#inspectDeletes();
    const bytes = writable.size > 0 || deletes.length > 0 ? writeUpdate(writable, deletes) : undefined;
    return new SoundUpdate(contents, bytes, this.#parts);
  }

  /**
   * Yjs finds the place of a struct by walking over everything that was written there concurrently: thousands of structs that
   * all claim to follow something old cost seconds. An honest writer's struct follows what it wrote there before, except
   * where somebody else came between.
   */
  #requireFewBranches(): void {
    const { byClient } = this.#parts;
    let parts = 0;
    for (const list of byClient.values()) parts += list.length;
    if (parts <= MAX_BRANCHES) return;
    const branches = new Map<string, number>();
    for (const [client, list] of byClient) {
      const last = new Map<string, number>();
      for (const part of list) {
        const { root, key } = this.#placeOf(part);
        const place = key === null ? root : `${root} ${key}`;
        const before = last.get(place);
        const follows = part.origin?.client === client && (before === undefined || part.origin.clock === before);
        if (!follows) {
          const count = (branches.get(place) ?? 0) + 1;
          if (count > MAX_BRANCHES) throw new Hostile('too many structs beside each other');
          branches.set(place, count);
        }
        last.set(place, part.clock + part.length - 1);
      }
    }
  }

  /** Follows origins, in the document or in this update, in any order, without recursion: chains may be 20,000 long. */
  #placeOf(part: Part<Value>): Place {
    const path: Part<Value>[] = [];
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
        place = this.#rootPlace(current);
        break;
      }
      if (origin.clock < Y.getState(this.#store, origin.client)) {
        place = this.#storedPlace(origin);
        break;
      }
      // Certain to exist and to come earlier, as the order is sound.
      current = this.#parts.find(origin) as Part<Value>;
    }
    for (const each of path) each.place = place;
    return place;
  }

  #rootPlace({ root, key }: Part<Value>): Place {
    if (root !== null && this.#options.grammar.hasPlace(root, key)) return { root, key };
    throw new Hostile('a place that no document has');
  }

  #storedPlace(id: StructId): Place {
    const item = Y.getItem(this.#store, Y.createID(id.client, id.clock));
    if (!(item instanceof Y.Item)) throw new Hostile('an origin that was collected');
    return this.#placeOfItem(item);
  }

  #placeOfItem({ parent, parentSub: key }: Y.Item): Place {
    const { doc, grammar } = this.#options;
    for (const root of grammar.roots) {
      if (parent !== doc.share.get(root)) continue;
      if (grammar.hasPlace(root, key)) return { root, key };
    }
    throw new Hostile('an origin in a place that no document has');
  }

  /** Allowed: what is deleted already, and what the grammar lets this user delete. What is left to do of it is returned. */
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
      if (!(item instanceof Y.Item)) throw new Hostile('a deletion of what is not there');
      this.#requireDeletable(this.#placeOfItem(item));
      const from = Math.max(clock, item.id.clock);
      left.push({ client, clock: from, length: Math.min(end, item.id.clock + item.length) - from });
    }
  }

  #inspectNewDeletes(client: number, clock: number, end: number, left: DeleteRange[]): void {
    const parts = this.#parts.byClient.get(client) ?? [];
    const covered = parts.at(-1);
    if (!covered || covered.clock + covered.length < end) {
      const user = this.#options.userOf(client);
      // An own writer's backlog may still be on its way; of anybody else's future there is nothing to delete.
      if (user === undefined || user === this.#options.user) throw new Gap();
      throw new Hostile('a deletion of what is not there');
    }
    for (const part of parts) {
      if (part.clock + part.length <= clock || part.clock >= end) continue;
      this.#requireDeletable(this.#placeOf(part));
    }
    left.push({ client, clock, length: end - clock });
  }

  #requireDeletable(place: Place): void {
    const { grammar, user } = this.#options;
    if (!grammar.mayDelete(place, user)) throw new Hostile('a deletion by somebody who may not');
  }
}
