/**
 * The new parts of an update: what a document does not know yet, from writers that are the user's or nobody's, in an order
 * in which Yjs can integrate them. It knows neither roots nor values.
 */
import * as Y from 'yjs';
import type { UserId } from '../../schema/ids.ts';
import type { Place } from './grammar.ts';
import type { ReadStruct, ReadUpdate, StructId } from './read-update.ts';
import { Gap, Hostile } from './unsound.ts';

/** The unknown part of a struct; `place` is found by following origins. */
export interface Part<Value> extends StructId {
  readonly length: number;
  readonly origin: StructId | null;
  readonly root: string | null;
  readonly key: string | null;
  readonly values: readonly Value[] | null;
  place: Place | undefined;
}

interface NewPartsOptions<Value> {
  readonly read: ReadUpdate<Value>;
  readonly store: Y.Doc['store'];
  readonly user: UserId;
  readonly userOf: (writer: number) => UserId | null | undefined;
}

export class NewParts<Value> {
  /** Per client, contiguous and in clock order. */
  readonly byClient = new Map<number, Part<Value>[]>();
  /** This user's writers that occur in the update, new or known. */
  readonly writers: number[] = [];
  /** Writers to be bound to the user. */
  readonly unbound: number[] = [];
  readonly #store: Y.Doc['store'];

  /** Throws `Gap` or `Hostile`. */
  constructor(options: NewPartsOptions<Value>) {
    this.#store = options.store;
    for (const [client, structs] of options.read.structs) this.#take(client, structs, options);
    this.#requireOrder();
  }

  /** Structs already known are ignored, whoever wrote them; of a partly known one only the new part counts. */
  #take(client: number, structs: readonly ReadStruct<Value>[], options: NewPartsOptions<Value>): void {
    const state = Y.getState(this.#store, client);
    const user = options.userOf(client);
    if (user === options.user) this.writers.push(client);
    const parts: Part<Value>[] = [];
    for (const struct of structs) {
      if (struct.clock + struct.length <= state) continue;
      if (parts.length === 0) {
        if (struct.clock > state) throw new Gap();
        if (user === undefined) this.unbound.push(client);
        else if (user !== options.user) throw new Hostile('a writer of somebody else');
      }
      if (struct.is === 'gap') throw new Hostile('a new GC or Skip');
      if (struct.rightOrigin) throw new Hostile('an insertion before something');
      parts.push(newPart(struct, state));
    }
    if (parts.length === 0) return;
    if (user === undefined) this.writers.push(client);
    this.byClient.set(client, parts);
  }

  /**
   * Structs of one writer integrate in clock order and each after its origin. Where these two orders contradict each other
   * Yjs would keep the structs pending for ever. Same walk as Yjs's: a writer is put on a stack while it waits for another.
   */
  #requireOrder(): void {
    const [only] = this.byClient.size === 1 ? [...this.byClient.values()] : [];
    if (only?.length === 1 && this.#isStored((only[0] as Part<Value>).origin)) return;
    const next = new Map<number, number>();
    for (const first of this.byClient.keys()) {
      const stack = [{ client: first, until: Number.POSITIVE_INFINITY }];
      const waiting = new Set([first]);
      for (let top = stack.at(-1); top; top = stack.at(-1)) {
        const index = next.get(top.client) ?? 0;
        const part = this.byClient.get(top.client)?.[index];
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

  #isIntegrated({ client, clock }: StructId, next: ReadonlyMap<number, number>): boolean {
    if (clock < Y.getState(this.#store, client)) return true;
    const parts = this.byClient.get(client);
    const last = parts?.at(-1);
    if (!parts || !last || clock >= last.clock + last.length) throw new Gap();
    const waiting = parts[next.get(client) ?? 0];
    return !waiting || clock < waiting.clock;
  }

  /** Binary search: parts of one client are contiguous. */
  find({ client, clock }: StructId): Part<Value> | undefined {
    const parts = this.byClient.get(client);
    let low = 0;
    let high = (parts?.length ?? 0) - 1;
    while (parts && low <= high) {
      const middle = (low + high) >> 1;
      const part = parts[middle] as Part<Value>;
      if (clock < part.clock) high = middle - 1;
      else if (clock >= part.clock + part.length) low = middle + 1;
      else return part;
    }
    return undefined;
  }
}

function newPart<Value>(struct: ReadStruct<Value> & { is: 'item' }, state: number): Part<Value> {
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
