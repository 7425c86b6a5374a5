/**
 * What is durable, read from the database after every commit by queries of its own, and the audit of each entry: whoever
 * wrote it had the right to, and changed nothing else. Everything a server sends is compared with it. It uses none of the
 * product's reading code.
 */
import * as Y from 'yjs';
import { type Element, isDeleted, isMessage, MESSAGES, type Message, RECEIPTS } from '../../schema/document/message.ts';
import { NO_RECEIPT, type Receipt, type ReceiptVector } from '../../schema/document/receipts.ts';
import { foldTimeline } from '../../schema/document/timeline.ts';
import type { Role } from '../../schema/http/conversations.ts';
import { type DocumentId, type MessageId, parseMessageId, type UserId } from '../../schema/ids.ts';
import { MAX_CLOCK_AHEAD_MS, MAX_OVERTAKEN_MESSAGES } from '../../schema/limits.ts';
import type { Pool } from '../database/pool.ts';
import type { Counts } from './counts.ts';
import { Ledger, Violation } from './ledger.ts';

export interface TruthOptions {
  readonly pool: Pool;
  readonly document: DocumentId;
  readonly kind: 'direct' | 'group';
  readonly ledger: Ledger;
  readonly counts: Counts;
  /** The members as they are in the database. */
  readonly members: ReadonlyMap<UserId, Role>;
  readonly now: () => number;
}

interface Row {
  head: number;
  seq: number | null;
  update: Buffer | null;
  user: UserId;
}

/** A document's messages and receipts at one seq. */
interface State {
  readonly rows: ReadonlyMap<MessageId, Message>;
  readonly receipts: ReadonlyMap<UserId, Receipt>;
}

export class Truth {
  readonly doc = new Y.Doc();
  head = 0;
  /** Message → the entry that brought it. */
  readonly seqOf = new Map<MessageId, number>();
  /** Message → all texts it ever had, the present one last. */
  readonly texts = new Map<MessageId, string[]>();
  readonly #options: TruthOptions;
  readonly #messages = this.doc.getArray<Element>(MESSAGES);
  readonly #receipts = this.doc.getMap<Receipt>(RECEIPTS);
  #state: State = { rows: new Map(), receipts: new Map() };

  constructor(options: TruthOptions) {
    this.#options = options;
  }

  get rows(): ReadonlyMap<MessageId, Message> {
    return this.#state.rows;
  }

  get receipts(): ReadonlyMap<UserId, Receipt> {
    return this.#state.receipts;
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
    const after: State = { rows, receipts: new Map(this.#receipts.entries() as Iterable<[UserId, Receipt]>) };
    this.#state = after;
    try {
      this.#audit({ elements, before, after, user, update });
    } catch (error) {
      if (error instanceof Violation) error.message += ` (entry ${this.head} by ${user})`;
      throw error;
    }
  }

  #audit(entry: { elements: readonly Element[]; before: State; after: State; user: UserId; update: Uint8Array }): void {
    const { elements, before, after, user, update } = entry;
    const { members, counts, ledger } = this.#options;
    counts.entries++;
    if (!members.has(user)) throw new Violation(`[P2] ${user} wrote without being a member`);
    const seen = new Set<MessageId>();
    for (const element of elements) {
      if (!isMessage(element)) throw new Violation(`[P2] a marker was not settled: ${JSON.stringify(element)}`);
      if (seen.has(element.id)) throw new Violation(`[P3] message ${element.id} stands twice`);
      seen.add(element.id);
    }
    for (const [id, message] of after.rows) {
      const former = before.rows.get(id);
      if (!former) this.#auditNew(message, user, elements);
      else if (former !== message && JSON.stringify(former) !== JSON.stringify(message))
        this.#auditChange(former, message, user);
    }
    for (const id of before.rows.keys()) if (!after.rows.has(id)) throw new Violation(`[P3] message ${id} is gone`);
    this.#auditOrder(after);
    this.#auditReceipts(before, after, user);
    const bytes = Buffer.from(update);
    for (const typed of ledger.typed) {
      if (typed.fault && typed.text && bytes.includes(Ledger.token(typed.text)))
        throw new Violation(`[P4] a refused text stands in the journal: ${Ledger.token(typed.text)}`);
    }
  }

  #auditNew(message: Message, user: UserId, elements: readonly Element[]): void {
    const { ledger, now, counts } = this.#options;
    const { id, from } = message;
    if (from !== user) throw new Violation(`[P2] ${user} wrote message ${id} as ${from}`);
    this.seqOf.set(id, this.head);
    const behind = elements.slice(elements.findIndex((element) => isMessage(element) && element.id === id));
    const overtaken = behind.filter((other) => other.from !== from).length;
    if (overtaken > MAX_OVERTAKEN_MESSAGES) {
      throw new Violation(`[P7] new message ${id} stands before ${overtaken} of others, where nobody looks`);
    }
    if (isDeleted(message)) {
      this.#auditDeletion(message.id, message.by, from, user);
      this.texts.set(id, []);
      return;
    }
    const typed = ledger.find(message.text);
    if (!typed || typed.fault) throw new Violation(`[P2] nobody typed the text of ${id}: ${message.text.slice(0, 60)}`);
    if (message.at > now() + MAX_CLOCK_AHEAD_MS) throw new Violation(`[P7] message ${id} comes from the future`);
    if (typed.user !== user) throw new Violation(`[P2] ${user} sent what ${typed.user} typed: ${message.text}`);
    if (typed.is === 'edit' ? typed.target !== id : (typed.id ?? id) !== id) {
      throw new Violation(`[P3] the text of ${typed.is === 'edit' ? typed.target : typed.id} stands in ${id} too`);
    }
    typed.id ??= id;
    counts.messages++;
    // Settling puts a message under another id of Yjs when it moves, or when it is edited or its clock runs ahead.
    const isOther = message.at !== (typed.is === 'message' ? typed.atMs : message.at) || message.editedAt !== undefined;
    if (!isOther && this.isDeleted(...idOf(id), 1)) counts.displaced++;
    this.texts.set(id, [message.text]);
  }

  #auditChange(former: Message, message: Message, user: UserId): void {
    const { ledger, counts } = this.#options;
    const { id, from } = message;
    if (isDeleted(former))
      throw new Violation(`[P4] the deleted message ${id} was changed: ${JSON.stringify(message)}`);
    if (from !== former.from || message.at !== former.at)
      throw new Violation(`[P2] the sender or time of ${id} was changed`);
    if (isDeleted(message)) {
      this.#auditDeletion(id, message.by, from, user);
      counts.deletions++;
      if (from !== user) counts.moderations++;
      return;
    }
    if (user !== from) throw new Violation(`[P2] ${user} edited message ${id} of ${from}`);
    const typed = ledger.find(message.text);
    if (typed?.is !== 'edit' || typed.target !== id || typed.user !== user || typed.fault) {
      throw new Violation(`[P2] nobody typed this edit of ${id}: ${message.text.slice(0, 60)}`);
    }
    if (!((message.editedAt ?? 0) > (former.editedAt ?? 0))) throw new Violation(`[P7] editedAt of ${id} went back`);
    if (message.re !== former.re) throw new Violation(`[P2] an edit changed what ${id} replies to`);
    counts.edits++;
    this.texts.get(id)?.push(message.text);
  }

  #auditDeletion(id: MessageId, by: UserId, from: UserId, user: UserId): void {
    const { ledger, members, kind } = this.#options;
    if (by !== user) throw new Violation(`[P2] ${user} deleted ${id} in the name of ${by}`);
    const mayModerate = kind === 'group' && members.get(user) !== 'member';
    if (from !== user && !mayModerate) throw new Violation(`[P2] ${user} deleted message ${id} of ${from}`);
    if (!ledger.deletions.some((deletion) => deletion.user === user && deletion.target === id)) {
      throw new Violation(`[P2] ${user} never asked to delete ${id}`);
    }
  }

  #auditOrder({ rows }: State): void {
    const last = new Map<number, number>();
    for (const id of rows.keys()) {
      const [writer, clock] = idOf(id);
      if (clock <= (last.get(writer) ?? -1))
        throw new Violation(`[P7] message ${id} stands behind a later one of its writer`);
      last.set(writer, clock);
    }
  }

  #auditReceipts(before: State, after: State, user: UserId): void {
    const { ledger, counts } = this.#options;
    for (const [owner, receipt] of after.receipts) {
      const former = before.receipts.get(owner) ?? NO_RECEIPT;
      if (former === receipt || JSON.stringify(former) === JSON.stringify(receipt)) continue;
      counts.receipts++;
      if (owner !== user) throw new Violation(`[P2] ${user} wrote the receipt of ${owner}`);
      requireNotLess(former.d, receipt.d, `${owner}'s "delivered"`);
      requireNotLess(former.r, receipt.r, `${owner}'s "read"`);
      for (const vector of [receipt.d, receipt.r]) {
        for (const [writer, clock] of Object.entries(vector)) {
          const number = Number.parseInt(writer, 36);
          if (clock >= this.stateOf(number))
            throw new Violation(`[P7] ${owner} has a receipt for what is not there: ${writer}-${clock}`);
          if (ledger.userOf(number) === owner) throw new Violation(`[P7] ${owner} has a receipt for an own message`);
        }
      }
    }
    for (const owner of before.receipts.keys()) {
      if (!after.receipts.has(owner)) throw new Violation(`[P7] the receipt of ${owner} is gone`);
    }
  }
}

function requireNotLess(former: ReceiptVector, next: ReceiptVector, what: string): void {
  for (const [writer, clock] of Object.entries(former)) {
    if (!((next[writer] ?? -1) >= clock))
      throw new Violation(`[P7] ${what} went back for ${writer} from ${clock} to ${next[writer]}`);
  }
}

/** Everything a reader can see in a document, as one comparable text. */
export function contentOf(doc: Y.Doc): string {
  const messages = doc.getArray<Element>(MESSAGES).toArray();
  const receipts = [...doc.getMap<Receipt>(RECEIPTS).entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([user, { d, r }]) => [user, sorted(d), sorted(r)]);
  const state = [...Y.decodeStateVector(Y.encodeStateVector(doc))].sort(([a], [b]) => a - b);
  return JSON.stringify({ messages: messages.map((message) => sorted(message)), receipts, state });
}

function idOf(id: MessageId): [writer: number, clock: number] {
  const { writer, clock } = parseMessageId(id) as { writer: number; clock: number };
  return [writer, clock];
}

const sorted = (fields: object): [string, unknown][] => Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1));
