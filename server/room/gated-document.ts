/**
 * A Y.Doc that keeps its updates to itself until they are durable. Whoever observes `update` on it — the room's channels,
 * fan-out — can never see what a commit has not confirmed. What is rejected cannot be taken back out of a Y.Doc: such a
 * document is dropped and loaded again.
 */
import * as Y from 'yjs';
import { type Element, MESSAGES, RECEIPTS } from '../../schema/document/message.ts';
import type { Receipt } from '../../schema/document/receipts.ts';

type UpdateEvent = [Uint8Array, unknown, Y.Doc, Y.Transaction];

export class GatedDocument extends Y.Doc {
  readonly messages: Y.Array<Element>;
  readonly receipts: Y.Map<Receipt>;
  #isGated = false;
  #held: UpdateEvent[] = [];

  /** A document as stored: a snapshot, if there is one, and the updates after it. */
  constructor(updates: readonly Uint8Array[]) {
    super();
    this.messages = this.getArray<Element>(MESSAGES);
    this.receipts = this.getMap<Receipt>(RECEIPTS);
    // A remote apply leaves the array's search markers stale, so that index operations in the same transaction hit wrong
    // elements; without markers they walk.
    (this.messages as unknown as { _searchMarker: null })._searchMarker = null;
    this.transact(() => {
      for (const update of updates) Y.applyUpdate(this, update);
    });
    if (this.store.pendingStructs || this.store.pendingDs) throw new Error('The stored updates have a gap');
    // Yjs encodes a transaction only when somebody observes `update`; what was loaded is of no interest to anyone.
    this.on('update', () => {});
  }

  /** Whether something was changed that is not released yet. */
  get isPending(): boolean {
    return this.#held.length > 0;
  }

  /** The state vector of what is durable: of everything when nothing is held. */
  durableVector(): Uint8Array {
    const first = this.#held[0];
    return first ? Y.encodeStateVector(first[3].beforeState) : Y.encodeStateVector(this);
  }

  /** Runs `change` in one transaction whose update is held; returns the update, undefined when nothing changed. */
  hold(change: (transaction: Y.Transaction) => void): Uint8Array | undefined {
    const before = this.#held.length;
    this.#isGated = true;
    try {
      this.transact(change);
    } finally {
      this.#isGated = false;
    }
    return this.#held[before]?.[0];
  }

  /** Lets observers see everything held: the commit has happened. */
  release(): void {
    const held = this.#held;
    this.#held = [];
    for (const event of held) super.emit('update', event);
  }

  override emit(name: never, args: never): void {
    if (this.#isGated && (name as string) === 'update') this.#held.push(args as UpdateEvent);
    else super.emit(name, args);
  }
}
