/**
 * What the server has not acknowledged, and what it refused, kept in this browser's store and known at once in memory.
 * Every change is on disk before its promise resolves and is told to the other tabs.
 *
 * ## Why nothing typed is lost and nothing arrives twice
 *
 * A message lives in three places: here, in the document's own store (y-indexeddb, which writes without waiting) and on the
 * server. No transaction spans them. Writing the document first is wrong: when the outbox then fails, the composer keeps a
 * text that was sent already. Writing the text first and pushing it to the document afterwards is wrong too: a page that
 * starts between the two cannot know whether the former one has pushed, and pushing again under a new id makes two messages.
 *
 * So the outbox keeps the *bytes*: the Yjs update that carries the element, made before the document is touched (`append.ts`).
 * A replica that meets the same struct (writer, clock) twice keeps it once, hence applying the bytes again is always safe,
 * and the id of the message never changes. For the bytes to stay applicable, the writer that appends writes nothing else:
 * its clock has no gap that is not itself in the outbox or acknowledged. (Receipts have another writer.)
 *
 * Order of `send`: (1) outbox on disk, (2) bytes applied to the document, the promise resolves, the composer clears,
 * (3) y-indexeddb, other tabs and the server get the update, in any order, (4) acknowledged: the record goes.
 *
 * - Crash before (1), or (1) fails: the text is nowhere but in the composer, which did not clear.
 * - Crash between (1) and (2), or after (2) with y-indexeddb's write lost: the next start applies the bytes.
 * - Crash after (3): the document has the struct; applying the bytes changes nothing. Should the server have it but not this
 *   device, the bytes and the server's struct are the same.
 * - Crash between the acknowledgement and (4): the record stays, the message shows as sending until the server repeats the
 *   acknowledgement, which it does for every writer in the state vector that opens a sync.
 * - Refused (101): the record turns into a failed text in one transaction. A crash before it: the element is below the
 *   acknowledged clock and in no timeline, which counts as refused once the server was asked.
 * - Acknowledged in a closed epoch: the message is in no timeline either, because the server has moved it. The record stays,
 *   and the row shows as sending, until a newer document brings it or the server says where it is.
 * - An edit or deletion of a message that the server has moved is refused with `not-found`. It is looked for, too, and the record
 *   replaced by one of the document where the message is, in one transaction.
 * - Two tabs: each has its own writer. A record that another tab wrote is applied by every tab that hears of it, so the text
 *   goes out although the tab that wrote it is gone. Failing and removing ask the store whether the record is still there:
 *   a text that was discarded does not come back.
 * - The local copy is dropped (4400, 4409): the incarnation is counted up on disk first; records of a former one are never
 *   applied. After the fresh copy has synced, a record whose clock the server knows is treated as acknowledged, any other
 *   becomes failed: there is no way to tell what a foreign history did to it, so the person decides.
 * - Shut out (4403, 4404): the copy is marked on disk as one that is only read, then its texts become failed; in this order,
 *   for a copy that syncs again would send them by itself. Let in again, a fresh copy is begun, and a failed text that stands
 *   in it, because only its acknowledgement was lost, is forgotten.
 * - The store is gone (wiped): what was only there is lost to any design; the document, the server and the person are told.
 */
import { type ConversationId, type DocumentId, parseDocumentId } from '../../schema/ids.ts';
import type { AccountStore } from '../storage/account-store.ts';
import {
  type FailedRecord,
  type OutboxChange,
  type OutboxRecord,
  ofConversation,
  toBeSentAgain,
  type UnsentRecord,
} from '../storage/records.ts';
import type { Tabs } from '../storage/tabs.ts';
import type { FailedText } from './conversation.ts';
import { failedFrom } from './failed.ts';
import { Source } from './source.ts';
import { Turns } from './turns.ts';

interface Contents {
  readonly records: readonly OutboxRecord[];
  readonly failed: readonly FailedRecord[];
}

const byClock = (a: OutboxRecord, b: OutboxRecord): number => a.writer - b.writer || a.clock - b.clock;

export class Outbox implements Disposable {
  readonly contents = new Source<Contents>({ records: [], failed: [] });
  readonly #store: AccountStore;
  readonly #tabs: Tabs;
  readonly #stopListening: () => void;
  /** Reading the store and changing the memory take turns: a read that began before a change must not undo it. */
  readonly #turns = new Turns();

  constructor(options: { store: AccountStore; tabs: Tabs }) {
    this.#store = options.store;
    this.#tabs = options.tabs;
    this.#stopListening = options.tabs.subscribe((message) => {
      if (message.t === 'outbox') void this.#turns.take(async () => this.#apply(message.change));
    });
  }

  /** Reads what is on disk; keeps what is known when that fails. */
  load(): Promise<void> {
    return this.#turns.take(async () => {
      const contents = await this.#store.read(['outbox', 'failed'], async (transaction) => {
        const [records, failed] = await Promise.all([
          transaction.objectStore('outbox').getAll(),
          transaction.objectStore('failed').getAll(),
        ]);
        return { records: records.sort(byClock), failed };
      });
      if (contents) this.contents.set(contents);
    });
  }

  of(document: DocumentId): readonly OutboxRecord[] {
    return this.contents.get().records.filter((record) => record.document === document);
  }

  /** Whether texts of this conversation are unsent or refused. */
  holds(conversation: ConversationId): boolean {
    const { records } = this.contents.get();
    return this.failedOf(conversation).length > 0 || records.some((record) => conversationOf(record) === conversation);
  }

  failedOf(conversation: ConversationId): readonly FailedRecord[] {
    return this.contents.get().failed.filter((record) => record.conversation === conversation);
  }

  /** Keeps `record` as what becomes of a message that waited for its files; false when another tab has done it, or it is gone. */
  async addSent(record: OutboxRecord, { conversation, key }: UnsentRecord): Promise<boolean> {
    const isTaken = await this.#store.write(['outbox', 'unsent'], async (transaction) => {
      const unsent = transaction.objectStore('unsent');
      const stored = await unsent.get([conversation, key]);
      if (!stored || stored.sent) return false;
      await unsent.put({ ...stored, sent: { document: record.document, id: record.id } });
      await transaction.objectStore('outbox').put(record);
      return true;
    });
    if (isTaken) await this.#changed({ kept: record });
    return isTaken;
  }

  /** Keeps `record`; when it repeats a failed text, that one goes in the same transaction. */
  async add(record: OutboxRecord, repeats?: FailedRecord): Promise<void> {
    await this.#store.write(['outbox', 'failed'], async (transaction) => {
      await transaction.objectStore('outbox').put(record);
      if (repeats) await transaction.objectStore('failed').delete([repeats.conversation, repeats.key]);
    });
    await this.#changed({ kept: record, ...(repeats && { settled: repeats }) });
  }

  /** Keeps `record` instead of `former`; false when that one is gone: another tab has done it. */
  async replace(former: OutboxRecord, record: OutboxRecord): Promise<boolean> {
    const isThere = await this.#store.write(['outbox'], async (transaction) => {
      const outbox = transaction.objectStore('outbox');
      const key: [DocumentId, string] = [former.document, former.id];
      if (!(await outbox.get(key))) return false;
      await outbox.put(record);
      await outbox.delete(key);
      return true;
    });
    if (isThere) await this.#changed({ kept: record, gone: [former] });
    return isThere;
  }

  /** The server has them: nothing of them needs to be kept. */
  async remove(records: readonly OutboxRecord[]): Promise<void> {
    if (records.length === 0) return;
    await this.#store.write(['outbox'], async (transaction) => {
      const outbox = transaction.objectStore('outbox');
      await Promise.all(records.map((record) => outbox.delete([record.document, record.id])));
    });
    await this.#changed({ gone: records });
  }

  /**
   * The server refused them: their texts are kept until the person decides. A refused deletion has no text, and what came with files
   * waits with them again (`files/unsent.ts`).
   */
  async fail(records: readonly OutboxRecord[], kind: FailedText['kind']): Promise<void> {
    if (records.length === 0) return;
    const added: FailedRecord[] = [];
    await this.#store.write(['outbox', 'failed', 'unsent'], async (transaction) => {
      const outbox = transaction.objectStore('outbox');
      const unsent = transaction.objectStore('unsent');
      for (const { document, id } of records) {
        const stored = await outbox.get([document, id]);
        const failed = stored && failedFrom(stored, conversationOf(stored), kind);
        const hasFiles = stored && 'files' in stored.element;
        const waiting = hasFiles ? await unsent.getAll(ofConversation(conversationOf(stored))) : [];
        const waited = waiting.find(({ sent }) => sent?.id === id);
        if (waited) await unsent.put({ ...toBeSentAgain(waited), failure: kind });
        else if (failed) {
          await transaction.objectStore('failed').put(failed);
          added.push(failed);
        }
        await outbox.delete([document, id]);
      }
    });
    await this.#changed({ gone: records, failed: added });
  }

  /** Keeps a text as failed that was never sent. */
  async park(failed: FailedRecord): Promise<void> {
    await this.#store.write(['failed'], (transaction) => transaction.objectStore('failed').put(failed));
    await this.#changed({ failed: [failed] });
  }

  async discard(text: FailedRecord): Promise<void> {
    await this.#store.write(['failed'], (transaction) =>
      transaction.objectStore('failed').delete([text.conversation, text.key]),
    );
    await this.#changed({ settled: text });
  }

  [Symbol.dispose](): void {
    this.#stopListening();
  }

  async #changed(change: OutboxChange): Promise<void> {
    this.#tabs.post({ t: 'outbox', change });
    await this.#turns.take(async () => this.#apply(change));
  }

  /** Applying a change again, or to contents that were read after it, changes nothing. */
  #apply({ kept, gone = [], failed = [], settled }: OutboxChange): void {
    const leaving = new Set([...gone, ...(kept ? [kept] : [])].map(recordKey));
    const replaced = new Set([...failed, ...(settled ? [settled] : [])].map(textKey));
    const contents = this.contents.get();
    this.contents.set({
      records: [...contents.records.filter((record) => !leaving.has(recordKey(record))), ...(kept ? [kept] : [])].sort(
        byClock,
      ),
      failed: [...contents.failed.filter((text) => !replaced.has(textKey(text))), ...failed],
    });
  }
}

const recordKey = ({ document, id }: Pick<OutboxRecord, 'document' | 'id'>): string => `${document}/${id}`;
const textKey = ({ conversation, key }: Pick<FailedRecord, 'conversation' | 'key'>): string => `${conversation}/${key}`;

function conversationOf({ document }: OutboxRecord): ConversationId {
  const parsed = parseDocumentId(document);
  if (!parsed) throw new Error(`Not a document of a conversation: ${document}`);
  return parsed.conversation;
}
