/**
 * Honest histories for tests: devices that write, on- and offline, and the real inspection and settling behind them. What it
 * yields are the entries a server would commit; `StoredHistory` commits them.
 */
import { randomUUID } from 'node:crypto';
import * as Y from 'yjs';
import { type Element, isDeleted, isMessage, MESSAGES, type Message, RECEIPTS } from '../../schema/document/message.ts';
import { cover, NO_RECEIPT, type Receipt } from '../../schema/document/receipts.ts';
import {
  type ConversationId,
  type DocumentId,
  documentId,
  type MessageId,
  messageId,
  type UserId,
} from '../../schema/ids.ts';
import type { Pool } from '../database/pool.ts';
import { CONVERSATION_GRAMMAR } from '../room/conversation-grammar.ts';
import { GatedDocument } from '../room/gated-document.ts';
import { inspect } from '../room/inspect.ts';
import { MessageIndex } from '../room/message-index.ts';
import { settle } from '../room/settle.ts';
import { append } from './append.ts';

export interface HistoryEntry {
  readonly update: Uint8Array;
  readonly user: UserId;
  readonly erases: boolean;
  /** Writers to bind, the server's included. */
  readonly bindings: readonly { writer: number; user: UserId | null }[];
}

const START_MS = Date.parse('2026-01-01T00:00:00Z');

export class History {
  readonly doc = new GatedDocument([]);
  readonly entries: HistoryEntry[] = [];
  nowMs = START_MS;
  readonly #index = new MessageIndex(this.doc);
  readonly #writers = new Map<number, UserId | null>();
  readonly #devices = new Map<string, Y.Doc>();

  /** Devices are named by their user, `ana`, or one of several, `ana/2`. */
  device(name: string): Y.Doc {
    let device = this.#devices.get(name);
    if (!device) {
      device = new Y.Doc();
      this.#devices.set(name, device);
      this.#pull(device);
    }
    return device;
  }

  /** Writes without sending. */
  write(name: string, text: string, re?: MessageId): MessageId {
    const device = this.device(name);
    const id = messageId(device.clientID, Y.getState(device.store, device.clientID));
    this.#push(name, { id, from: userOf(name), at: this.#tick(), text, ...(re && { re }) });
    return id;
  }

  edit(name: string, id: MessageId, text: string): void {
    this.#push(name, { edit: id, from: userOf(name), at: this.#tick(), text });
  }

  delete(name: string, id: MessageId): void {
    this.#push(name, { del: id, from: userOf(name), at: this.#tick() });
  }

  /** Marks as shown what others wrote and this device knows. */
  read(name: string, ids: readonly MessageId[] = this.messages(name).map(({ id }) => id)): void {
    const receipts = this.device(name).getMap<Receipt>(RECEIPTS);
    const user = userOf(name);
    const others = this.messages(name).filter(({ id, from }) => from !== user && ids.includes(id));
    const { d, r } = receipts.get(user) ?? NO_RECEIPT;
    const shown = others.map(({ id }) => id);
    receipts.set(user, { d: cover(d, shown), r: cover(r, shown) });
  }

  messages(name: string): Message[] {
    return this.device(name).getArray<Element>(MESSAGES).toArray().filter(isMessage);
  }

  /** What the server holds. */
  settled(): Message[] {
    return this.doc.messages.toArray().filter(isMessage);
  }

  live(): Message[] {
    return this.settled().filter((message) => !isDeleted(message));
  }

  /** Sends what the device has and fetches what it has not. */
  sync(name: string): HistoryEntry | undefined {
    const device = this.device(name);
    const user = userOf(name);
    const bytes = Y.encodeStateAsUpdate(device, Y.encodeStateVector(this.doc));
    const inspection = inspect(bytes, {
      doc: this.doc,
      grammar: CONVERSATION_GRAMMAR,
      user,
      userOf: (writer) => this.#writers.get(writer),
      isComplete: true,
    });
    if (inspection.is !== 'sound')
      throw new Error(`An honest update was judged ${inspection.is}: ${JSON.stringify(inspection)}`);
    const settled = settle(inspection.update, {
      doc: this.doc,
      index: this.#index,
      user,
      canModerate: false,
      isClosed: false,
      isReadOnly: false,
      findFile: () => null,
      nowMs: this.nowMs,
    });
    this.doc.release();
    const bindings: { writer: number; user: UserId | null }[] = inspection.update.unbound.map((writer) => ({
      writer,
      user,
    }));
    if (!this.#writers.has(this.doc.clientID)) bindings.push({ writer: this.doc.clientID, user: null });
    for (const each of bindings) this.#writers.set(each.writer, each.user);
    this.#pull(device);
    if (!settled.update) return undefined;
    const entry = { update: settled.update, user, erases: settled.erases, bindings };
    this.entries.push(entry);
    return entry;
  }

  #pull(device: Y.Doc): void {
    Y.applyUpdate(device, Y.encodeStateAsUpdate(this.doc, Y.encodeStateVector(device)));
  }

  #push(name: string, element: Element): void {
    this.device(name).getArray<Element>(MESSAGES).push([element]);
  }

  #tick(): number {
    this.nowMs += 1000;
    return this.nowMs;
  }
}

const userOf = (device: string): UserId => device.split('/')[0] as UserId;

/** A history whose entries are committed as they come, by the real commit statement. */
export class StoredHistory extends History {
  readonly conversation = randomUUID() as ConversationId;
  readonly document: DocumentId = documentId(this.conversation, 0);
  readonly #pool: Pool;
  #head = 0;
  #membership = 0;

  private constructor(pool: Pool) {
    super();
    this.#pool = pool;
  }

  static async create(pool: Pool, users: readonly string[]): Promise<StoredHistory> {
    const history = new StoredHistory(pool);
    const { conversation, document } = history;
    await pool.query(
      `insert into users (id, name, email) select id, id, id || '@example.org' from unnest($1::text[]) as id on conflict do nothing`,
      [users],
    );
    await pool.query(`insert into conversations (id, kind, title) values ($1, 'group', 'Test')`, [conversation]);
    await pool.query(`insert into documents (id, conversation, epoch, generation) values ($1, $2, 0, 'g')`, [
      document,
      conversation,
    ]);
    await pool.query(
      `insert into members (conversation, "user", role) select $1, id, 'member' from unnest($2::text[]) as id`,
      [conversation, users],
    );
    history.#membership = users.length;
    return history;
  }

  get head(): number {
    return this.#head;
  }

  /** Sends what the device has and commits what came of it. */
  async submit(name: string): Promise<void> {
    const entry = this.sync(name);
    if (entry) await this.commit([entry]);
  }

  async commit(entries: readonly HistoryEntry[]): Promise<void> {
    const committed = await append(this.#pool, [
      {
        document: this.document,
        head: this.#head,
        membership: this.#membership,
        entries,
        bindings: entries.flatMap(({ bindings }) => bindings),
        idempotency: [],
        riders: [],
        erases: entries.some(({ erases }) => erases),
      },
    ]);
    if (!committed.has(this.document)) throw new Error('The commit lost a race');
    this.#head += entries.length;
  }

  async say(name: string, text: string): Promise<MessageId> {
    const id = this.write(name, text);
    await this.submit(name);
    return id;
  }

  /** As many entries as texts, in one commit: quick to make. */
  async sayMany(name: string, texts: readonly string[]): Promise<void> {
    const entries = texts.map((text) => {
      this.write(name, text);
      return this.sync(name);
    });
    await this.commit(entries.filter((entry) => entry !== undefined));
  }
}
