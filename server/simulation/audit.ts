/**
 * The audit of one entry of the journal: whoever wrote it had the right to, at the moment of the commit, and changed nothing
 * else. It compares the document before and after, and both with what people have asked for.
 */
import { type Element, isDeleted, isMessage, type Message } from '../../schema/document/message.ts';
import { parseReactionKey, type Reaction } from '../../schema/document/reactions.ts';
import { NO_RECEIPT, type Receipt, type ReceiptVector } from '../../schema/document/receipts.ts';
import type { Role } from '../../schema/http/conversations.ts';
import { type MessageId, parseMessageId, type UserId } from '../../schema/ids.ts';
import { MAX_CLOCK_AHEAD_MS, MAX_OVERTAKEN_MESSAGES } from '../../schema/limits.ts';
import type { Counts } from './counts.ts';
import { Ledger, Violation } from './ledger.ts';

export interface AuditOptions {
  readonly kind: 'direct' | 'group';
  readonly ledger: Ledger;
  readonly counts: Counts;
  /** The members as they are in the database. */
  readonly members: ReadonlyMap<UserId, Role>;
  readonly now: () => number;
}

/** A document's messages, receipts and reactions at one seq. */
export interface State {
  readonly rows: ReadonlyMap<MessageId, Message>;
  readonly receipts: ReadonlyMap<UserId, Receipt>;
  readonly reactions: ReadonlyMap<string, Reaction>;
}

export interface CommittedEntry {
  readonly seq: number;
  readonly user: UserId;
  readonly update: Uint8Array;
  /** Of the document with the entry. */
  readonly elements: readonly Element[];
  readonly before: State;
  readonly after: State;
  readonly stateOf: (writer: number) => number;
  readonly isDeleted: (writer: number, clock: number, length: number) => boolean;
}

export class Audit {
  /** Message → the entry that brought it. */
  readonly seqOf = new Map<MessageId, number>();
  /** Message → all texts it ever had, the present one last. */
  readonly texts = new Map<MessageId, string[]>();
  readonly #options: AuditOptions;

  constructor(options: AuditOptions) {
    this.#options = options;
  }

  /** Throws a `Violation`. */
  require(entry: CommittedEntry): void {
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
      if (!former) this.#auditNew(message, entry);
      else if (former !== message && JSON.stringify(former) !== JSON.stringify(message))
        this.#auditChange(former, message, user);
    }
    for (const id of before.rows.keys()) if (!after.rows.has(id)) throw new Violation(`[P3] message ${id} is gone`);
    this.#auditOrder(after);
    this.#auditReceipts(entry);
    this.#auditReactions(entry);
    const bytes = Buffer.from(update);
    for (const typed of ledger.typed) {
      if (typed.fault && typed.text && bytes.includes(Ledger.token(typed.text)))
        throw new Violation(`[P4] a refused text stands in the journal: ${Ledger.token(typed.text)}`);
    }
  }

  #auditNew(message: Message, { user, elements, seq, isDeleted: isGone }: CommittedEntry): void {
    const { ledger, counts } = this.#options;
    const { id, from } = message;
    if (from !== user) throw new Violation(`[P2] ${user} wrote message ${id} as ${from}`);
    this.seqOf.set(id, seq);
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
    if (message.at > this.#latestMs()) throw new Violation(`[P7] message ${id} comes from the future`);
    if (typed.user !== user) throw new Violation(`[P2] ${user} sent what ${typed.user} typed: ${message.text}`);
    if (typed.is === 'edit' ? typed.target !== id : (typed.id ?? id) !== id) {
      throw new Violation(`[P3] the text of ${typed.is === 'edit' ? typed.target : typed.id} stands in ${id} too`);
    }
    typed.id ??= id;
    counts.messages++;
    // Settling puts a message under another id of Yjs when it moves, or when it is edited or its clock runs ahead.
    const isOther = message.at !== (typed.is === 'message' ? typed.atMs : message.at) || message.editedAt !== undefined;
    if (!isOther && isGone(...idOf(id), 1)) counts.displaced++;
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
      if (message.deletedAt > this.#latestMs()) throw new Violation(`[P7] the deletion of ${id} comes from the future`);
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
    // An edit of an edit is never older than that one, whatever the clocks say.
    if ((message.editedAt ?? 0) > Math.max(this.#latestMs(), (former.editedAt ?? 0) + 1))
      throw new Violation(`[P7] the edit of ${id} comes from the future`);
    if (message.re !== former.re) throw new Violation(`[P2] an edit changed what ${id} replies to`);
    counts.edits++;
    this.texts.get(id)?.push(message.text);
  }

  /** No clock that runs ahead of this one is believed. */
  #latestMs(): number {
    return this.#options.now() + MAX_CLOCK_AHEAD_MS;
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

  /** Nobody writes another person's reaction; with a deleted message all of them go. */
  #auditReactions({ before, after, user }: CommittedEntry): void {
    const { counts } = this.#options;
    for (const key of new Set([...before.reactions.keys(), ...after.reactions.keys()])) {
      const [former, present] = [before.reactions.get(key), after.reactions.get(key)];
      const named = parseReactionKey(key);
      const target = named && after.rows.get(named.on);
      if (!target) throw new Violation(`[P2] the reaction ${key} is to nothing`);
      if (isDeleted(target) && present) throw new Violation(`[P4] the reaction ${key} outlives its message`);
      if (former === present || JSON.stringify(former) === JSON.stringify(present)) continue;
      if (present) counts.reactions++;
      if (!isDeleted(target) && named.user !== user) throw new Violation(`[P2] ${user} changed the reaction ${key}`);
    }
  }

  #auditReceipts({ before, after, user, stateOf }: CommittedEntry): void {
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
          if (clock >= stateOf(number))
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

function idOf(id: MessageId): [writer: number, clock: number] {
  const { writer, clock } = parseMessageId(id) as { writer: number; clock: number };
  return [writer, clock];
}
