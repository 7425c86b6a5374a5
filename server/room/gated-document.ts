/**
 * A Y.Doc that keeps its updates to itself until they are durable. Whoever observes `update` on it can never see what a
 * commit has not confirmed. What is rejected cannot be taken back out of a Y.Doc: such a document is dropped and loaded again.
 */
import * as Y from 'yjs';
import { type Element, MESSAGES, RECEIPTS } from '../../schema/document/message.ts';
import { REACTIONS, type Reaction } from '../../schema/document/reactions.ts';
import type { Receipt } from '../../schema/document/receipts.ts';

interface Held {
  readonly update: Uint8Array;
  readonly transaction: Y.Transaction;
}

export class GatedDocument extends Y.Doc {
  #messages: Y.Array<Element> | undefined;
  #held: Held[] = [];

  /** A document as stored: a snapshot, if there is one, and the updates after it. */
  constructor(updates: readonly Uint8Array[]) {
    super();
    this.transact(() => {
      for (const update of updates) Y.applyUpdate(this, update);
    });
    if (this.store.pendingStructs || this.store.pendingDs) throw new Error('The stored updates have a gap');
  }

  get messages(): Y.Array<Element> {
    this.#messages ??= withoutSearchMarkers(this.getArray<Element>(MESSAGES));
    return this.#messages;
  }

  get receipts(): Y.Map<Receipt> {
    return this.getMap<Receipt>(RECEIPTS);
  }

  /** Undefined while there are none: most documents never have any. */
  get reactions(): Y.Map<Reaction> | undefined {
    return this.share.has(REACTIONS) ? this.getMap<Reaction>(REACTIONS) : undefined;
  }

  /** The state vector of what is durable: of everything when nothing is held. */
  durableVector(): Uint8Array {
    const first = this.#held[0];
    return first ? Y.encodeStateVector(first.transaction.beforeState) : Y.encodeStateVector(this);
  }

  /**
   * Runs `change` in one transaction and holds its update back. `change` returns the update when it knows it already, so
   * that Yjs need not encode it again, else undefined.
   *
   * @returns the update, undefined when nothing changed.
   */
  hold(change: (transaction: Y.Transaction) => Uint8Array | undefined): Uint8Array | undefined {
    let update: Uint8Array | undefined;
    let transaction: Y.Transaction | undefined;
    this.#unheard((current) => {
      transaction = current;
      update = change(current);
      if (update) return;
      this.on('update', (encoded) => {
        update = encoded;
      });
    });
    if (update && transaction) this.#held.push({ update, transaction });
    return update;
  }

  /** Lets observers see everything held, each update as `seal` makes it: the commit has happened. */
  release(seal: (update: Uint8Array, index: number) => Uint8Array = (update) => update): void {
    const held = this.#held;
    this.#held = [];
    if (!this._observers.has('update')) return;
    held.forEach(({ update, transaction }, index) => {
      super.emit('update', [seal(update, index), transaction.origin, this, transaction]);
    });
  }

  /**
   * Takes in what is durable already. Observers do not hear of it: they carry on what happened here. Throws when an update
   * cannot be read or something before it is missing; the document must then be dropped.
   */
  receive(updates: readonly Uint8Array[]): Y.Transaction {
    let transaction: Y.Transaction | undefined;
    try {
      this.#unheard((current) => {
        transaction = current;
        for (const update of updates) Y.applyUpdate(this, update);
      });
      if (this.store.pendingStructs || this.store.pendingDs) throw new Error('The received updates have a gap');
    } catch (error) {
      // Half of it may be here: the durable vector must not tell of it.
      if (transaction) this.#held.push({ update: new Uint8Array(), transaction });
      throw error;
    }
    return transaction as unknown as Y.Transaction;
  }

  /** A transaction that observers of `update` do not hear of. Yjs would encode it for them, whether or not they are told. */
  #unheard(change: (transaction: Y.Transaction) => void): void {
    const observers = this._observers.get('update');
    this._observers.delete('update');
    try {
      this.transact(change);
    } finally {
      this._observers.delete('update');
      if (observers) this._observers.set('update', observers);
    }
  }

  override emit(name: never, args: never): void {
    // Yjs announces seven events a transaction; nobody listens to most of them.
    if (this._observers.has(name)) super.emit(name, args);
  }
}

/**
 * A remote apply leaves an array's search markers stale, so that index operations in the same transaction hit wrong elements;
 * without markers they walk.
 */
function withoutSearchMarkers<Each>(array: Y.Array<Each>): Y.Array<Each> {
  (array as unknown as { _searchMarker: null })._searchMarker = null;
  return array;
}
