/**
 * What is durable, read from the database after every commit by queries of its own; each entry is audited as it comes.
 * Everything a server sends is compared with it. It uses none of the product's reading code.
 */
import * as Y from 'yjs';
import { type Element, MESSAGES, type Message, RECEIPTS } from '../../schema/document/message.ts';
import { REACTIONS, type Reaction } from '../../schema/document/reactions.ts';
import type { Receipt } from '../../schema/document/receipts.ts';
import { foldTimeline } from '../../schema/document/timeline.ts';
import type { DocumentId, MessageId, UserId } from '../../schema/ids.ts';
import type { Pool } from '../database/pool.ts';
import { Audit, type AuditOptions, type State } from './audit.ts';
import { Violation } from './ledger.ts';

export interface TruthOptions extends AuditOptions {
  readonly pool: Pool;
  readonly document: DocumentId;
}

interface Row {
  head: number;
  seq: number | null;
  update: Buffer | null;
  user: UserId;
}

export class Truth {
  readonly doc = new Y.Doc();
  head = 0;
  readonly audit: Audit;
  readonly #options: TruthOptions;
  readonly #messages = this.doc.getArray<Element>(MESSAGES);
  readonly #receipts = this.doc.getMap<Receipt>(RECEIPTS);
  readonly #reactions = this.doc.getMap<Reaction>(REACTIONS);
  #state: State = { rows: new Map(), receipts: new Map(), reactions: new Map() };

  constructor(options: TruthOptions) {
    this.#options = options;
    this.audit = new Audit(options);
  }

  get rows(): ReadonlyMap<MessageId, Message> {
    return this.#state.rows;
  }

  get receipts(): ReadonlyMap<UserId, Receipt> {
    return this.#state.receipts;
  }

  /** By their keys, of messages that were not deleted. */
  get reactions(): ReadonlyMap<string, Reaction> {
    return this.#state.reactions;
  }

  /** Reads what was committed since the last time, and audits it. To be called before entries can be merged away. */
  async refresh(): Promise<void> {
    const { pool, document } = this.#options;
    const { rows } = await pool.query<Row>({
      name: 'simulation-truth',
      text: `select d.head, j.seq, j."update", j."user" from documents d
        left join journal j on j.document = d.id and j.seq > $2 where d.id = $1 order by j.seq`,
      values: [document, this.head],
    });
    const head = rows[0]?.head ?? 0;
    for (const { seq, update, user } of rows) {
      if (seq === null || !update) continue;
      if (seq !== this.head + 1) throw new Violation(`[P1] entry ${seq} follows ${this.head} in the journal`);
      this.head = seq;
      this.#take(update, user);
    }
    if (this.head !== head) throw new Violation(`[P1] the head is ${head}, but the last entry ${this.head}`);
  }

  /** The document as the rows give it now, snapshot included, is what its entries made when they were committed. */
  async requireSameAsStored(): Promise<void> {
    const { pool, document } = this.#options;
    const { rows } = await pool.query<{ state: Buffer | null; update: Buffer | null; seq: number }>(
      `select s.state, null as "update", s.seq from snapshots s where s.document = $1
        and s.seq = (select max(seq) from snapshots where document = $1)
       union all
       select null, "update", seq from journal where document = $1 order by 3`,
      [document],
    );
    const snapshot = rows.find(({ state }) => state);
    if (snapshot && rows.some(({ update, seq }) => update && seq <= snapshot.seq)) {
      throw new Violation(`[P4] entries that are in the snapshot at ${snapshot.seq} are still in the journal`);
    }
    const stored = new Y.Doc();
    for (const { state, update } of rows) Y.applyUpdate(stored, (state ?? update) as Buffer);
    if (contentOf(stored) !== contentOf(this.doc)) {
      throw new Violation(
        `[P1] the stored rows do not give what was committed:\n${contentOf(stored)}\n${contentOf(this.doc)}`,
      );
    }
  }

  stateOf(writer: number): number {
    return Y.getState(this.doc.store, writer);
  }

  isDeleted(client: number, clock: number, length: number): boolean {
    if (clock + length > this.stateOf(client)) return false;
    const structs = this.doc.store.clients.get(client) ?? [];
    for (let index = Y.findIndexSS(structs, clock); index < structs.length; index++) {
      const struct = structs[index] as Y.Item | Y.GC;
      if (struct.id.clock >= clock + length) return true;
      if (!struct.deleted) return false;
    }
    return true;
  }

  #take(update: Uint8Array, user: UserId): void {
    const before = this.#state;
    Y.applyUpdate(this.doc, update);
    if (this.doc.store.pendingStructs || this.doc.store.pendingDs) {
      throw new Violation(`[P1] entry ${this.head} builds on something that was not committed`);
    }
    const elements = this.#messages.toArray();
    const rows = new Map(foldTimeline(elements).map((message) => [message.id, message]));
    const receipts = new Map(this.#receipts.entries() as Iterable<[UserId, Receipt]>);
    const after: State = { rows, receipts, reactions: new Map(this.#reactions.entries()) };
    this.#state = after;
    try {
      this.audit.require({
        seq: this.head,
        user,
        update,
        elements,
        before,
        after,
        stateOf: (writer) => this.stateOf(writer),
        isDeleted: (writer, clock, length) => this.isDeleted(writer, clock, length),
      });
    } catch (error) {
      if (error instanceof Violation) error.message += ` (entry ${this.head} by ${user})`;
      throw error;
    }
  }
}

/** Everything a reader can see in a document, as one comparable text. */
export function contentOf(doc: Y.Doc): string {
  const messages = doc.getArray<Element>(MESSAGES).toArray();
  const receipts = [...doc.getMap<Receipt>(RECEIPTS).entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([user, { d, r }]) => [user, sorted(d), sorted(r)]);
  const state = [...Y.decodeStateVector(Y.encodeStateVector(doc))].sort(([a], [b]) => a - b);
  const reactions = [...doc.getMap<Reaction>(REACTIONS).entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, { on, emoji }]) => [key, on, emoji]);
  return JSON.stringify({ messages: messages.map((message) => sorted(message)), receipts, reactions, state });
}

const sorted = (fields: object): [string, unknown][] => Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1));
