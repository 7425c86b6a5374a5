/**
 * The IndexedDB database of one account on this device: outbox, refused texts, document records and the conversation list.
 * A `write` that resolves is on disk. Failures are never swallowed: they reject as `StorageFailure` and show in `failure`.
 * Documents have databases of their own, named by `documentDatabase`.
 */
import {
  type DBSchema,
  deleteDB,
  type IDBPDatabase,
  type IDBPTransaction,
  openDB,
  type StoreNames,
  type StoreValue,
} from 'idb';
import { type ConversationId, type DocumentId, parseDocumentId, type UserId } from '../../schema/ids.ts';
import { StorageFailure } from '../conversation/conversation.ts';
import { Source } from '../conversation/source.ts';
import {
  type ConversationRecord,
  type DocumentRecord,
  documentDatabase,
  type FailedRecord,
  newDocumentRecord,
  type OutboxRecord,
  ofConversation,
  type TrayRecord,
  type UnsentRecord,
  type Wishes,
} from './records.ts';
import { toStorageFailure } from './storage-failure.ts';

export interface AccountSchema extends DBSchema {
  outbox: { key: [DocumentId, string]; value: OutboxRecord; indexes: { document: DocumentId } };
  failed: { key: [ConversationId, string]; value: FailedRecord };
  unsent: { key: [ConversationId, string]; value: UnsentRecord };
  /** The bytes of their files, by place. */
  blobs: { key: [ConversationId, string, number]; value: Blob };
  tray: { key: [ConversationId, string]; value: TrayRecord };
  documents: { key: DocumentId; value: DocumentRecord };
  conversations: { key: string; value: ConversationRecord };
  /** `stamp` is repeated outside IndexedDB, so that a wiped database is noticed; the others are what waits to be told. */
  meta: { key: 'stamp' | keyof Wishes; value: string | readonly Wishes[keyof Wishes][] };
}

type Names = StoreNames<AccountSchema>;
type Transaction<Name extends Names, Mode extends IDBTransactionMode> = IDBPTransaction<AccountSchema, Name[], Mode>;

/** 2 has files that wait to be sent, 3 those that were chosen for the next message. */
const VERSION = 3;

/** Chromium has been seen to leave an open request without any answer; nobody waits longer than this. */
const OPEN_WITHIN_MS = 10_000;

export interface AccountStoreOptions {
  /** Begins the names of all databases; devices that share one IndexedDB in a test differ here. */
  readonly prefix: string;
  readonly user: UserId;
  /** Where the stamp is repeated; undefined where there is none. */
  readonly stamps: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> | undefined;
}

export class AccountStore implements Disposable {
  /** Undefined while this device stores everything. */
  readonly failure = new Source<StorageFailure | undefined>(undefined);
  readonly #options: AccountStoreOptions;
  #database: IDBPDatabase<AccountSchema> | undefined;
  /** Of documents used since the start: one that was never complete has no record yet. */
  readonly #used = new Set<string>();

  private constructor(options: AccountStoreOptions) {
    this.#options = options;
  }

  /** Never rejects: a store that cannot be opened reads as empty and refuses to write. */
  static async open(options: AccountStoreOptions): Promise<AccountStore> {
    const store = new AccountStore(options);
    try {
      await store.#open();
    } catch (error) {
      store.report(toStorageFailure(error));
    }
    return store;
  }

  get #name(): string {
    return `${this.#options.prefix}/${this.#options.user}`;
  }

  /** The database that holds one copy of a document. */
  documentDatabase(copy: Pick<DocumentRecord, 'document' | 'incarnation'>): string {
    const name = documentDatabase(this.#name, copy);
    this.#used.add(name);
    return name;
  }

  report(failure: StorageFailure): void {
    this.failure.set(failure);
  }

  /** Reads in one transaction; `undefined` when the store cannot be read, which is reported. */
  async read<Name extends Names, Result>(
    names: Name[],
    work: (transaction: Transaction<Name, 'readonly'>) => Promise<Result>,
  ): Promise<Result | undefined> {
    if (!this.#database) return undefined;
    try {
      return await work(this.#database.transaction(names, 'readonly'));
    } catch (error) {
      this.report(toStorageFailure(error));
      return undefined;
    }
  }

  /** All records of one kind; `undefined` as with `read`. */
  readAll<Name extends Names>(name: Name): Promise<StoreValue<AccountSchema, Name>[] | undefined> {
    return this.read([name], (transaction) => transaction.objectStore(name).getAll());
  }

  /** Writes all or nothing; resolves when the transaction is on disk. Rejects with a `StorageFailure`. */
  async write<Name extends Names, Result>(
    names: Name[],
    work: (transaction: Transaction<Name, 'readwrite'>) => Promise<Result>,
  ): Promise<Result> {
    try {
      if (!this.#database) throw this.failure.get() ?? new StorageFailure('unavailable');
      const transaction = this.#database.transaction(names, 'readwrite', { durability: 'strict' });
      const working = work(transaction).catch((error: unknown) => {
        abort(transaction);
        throw error;
      });
      const [result] = await Promise.all([working, transaction.done]);
      if (this.failure.get()?.reason === 'quota') this.failure.set(undefined);
      return result;
    } catch (error) {
      const failure = toStorageFailure(error);
      this.report(failure);
      throw failure;
    }
  }

  async documentRecord(document: DocumentId): Promise<DocumentRecord> {
    const found = await this.read(['documents'], (transaction) => transaction.objectStore('documents').get(document));
    return found ?? newDocumentRecord(document);
  }

  /** The epochs of a conversation that have been complete on this device, oldest first. */
  async epochsOf(conversation: ConversationId): Promise<readonly number[]> {
    // "/" follows "." and stands in no id.
    const range = IDBKeyRange.bound(`${conversation}.`, `${conversation}/`);
    const records = await this.read(['documents'], (transaction) => transaction.objectStore('documents').getAll(range));
    const epochs = (records ?? []).flatMap((one) => (one.wasSynced ? parseDocumentId(one.document)?.epoch : []) ?? []);
    return epochs.sort((a, b) => a - b);
  }

  /** Changes the record of one copy; does nothing when another copy has taken its place. */
  async changeDocument(record: DocumentRecord, change: Partial<DocumentRecord>): Promise<void> {
    await this.write(['documents'], async (transaction) => {
      const documents = transaction.objectStore('documents');
      const stored = (await documents.get(record.document)) ?? newDocumentRecord(record.document);
      if (stored.incarnation === record.incarnation) await documents.put({ ...stored, ...change });
    });
  }

  /** Begins another copy of the document, unless that was done already; how far own messages have come stays known. */
  async replaceDocument({ document, incarnation, reached }: DocumentRecord): Promise<void> {
    await this.write(['documents'], async (transaction) => {
      const documents = transaction.objectStore('documents');
      const stored = await documents.get(document);
      if (stored && stored.incarnation !== incarnation) return;
      await documents.put({ ...newDocumentRecord(document), incarnation: incarnation + 1, reached });
    });
  }

  /** Removes everything this device holds of one conversation but its place in the list. */
  async forget(conversation: ConversationId): Promise<void> {
    const [from, to] = [`${conversation}.` as DocumentId, `${conversation}/` as DocumentId];
    const records = await this.write(
      ['documents', 'outbox', 'failed', 'unsent', 'blobs', 'tray'],
      async (transaction) => {
        const documents = transaction.objectStore('documents');
        const found = await documents.getAll(IDBKeyRange.bound(from, to));
        await Promise.all([
          documents.delete(IDBKeyRange.bound(from, to)),
          transaction.objectStore('outbox').delete(IDBKeyRange.bound([from], [to])),
          transaction.objectStore('failed').delete(ofConversation(conversation)),
          transaction.objectStore('unsent').delete(ofConversation(conversation)),
          transaction.objectStore('blobs').delete(ofConversation(conversation)),
          transaction.objectStore('tray').delete(ofConversation(conversation)),
        ]);
        return found;
      },
    );
    // Another tab may still hold one open; it goes when that tab lets go of it.
    for (const record of records) deleteDB(this.documentDatabase(record)).catch(() => undefined);
  }

  /** Removes everything this device holds of the account. Other tabs that have it open see their store as wiped. */
  async erase(): Promise<void> {
    const records = (await this.readAll('documents')) ?? [];
    const copies = records.flatMap(({ document, incarnation }) =>
      Array.from({ length: incarnation + 1 }, (_, former) => ({ document, incarnation: former })),
    );
    this[Symbol.dispose]();
    this.#options.stamps?.removeItem(this.#name);
    for (const copy of copies) this.documentDatabase(copy);
    await Promise.all([this.#name, ...this.#used].map((name) => deleteDB(name)));
  }

  [Symbol.dispose](): void {
    this.#database?.close();
    this.#database = undefined;
  }

  async #open(): Promise<void> {
    let cancel: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      cancel = setTimeout(() => reject(new StorageFailure('unavailable')), OPEN_WITHIN_MS);
    });
    const opening = openDB<AccountSchema>(this.#name, VERSION, {
      upgrade(database, from) {
        database.createObjectStore('tray', { keyPath: ['conversation', 'key'] });
        if (from >= 2) return;
        database.createObjectStore('unsent', { keyPath: ['conversation', 'key'] });
        database.createObjectStore('blobs');
        if (from >= 1) return;
        database.createObjectStore('outbox', { keyPath: ['document', 'id'] }).createIndex('document', 'document');
        database.createObjectStore('failed', { keyPath: ['conversation', 'key'] });
        database.createObjectStore('documents', { keyPath: 'document' });
        database.createObjectStore('conversations', { keyPath: 'item.id' });
        database.createObjectStore('meta');
      },
      blocked: () => this.report(new StorageFailure('blocked')),
      // Nobody removes it: a newer version of the app changes it, and goes on with what is in it.
      blocking: (_, version) => this.#lose(version === null ? 'wiped' : 'outdated'),
      terminated: () => this.#lose('wiped'),
    });
    try {
      this.#database = await Promise.race([opening, late]);
    } finally {
      clearTimeout(cancel);
    }
    if (this.failure.get()?.reason === 'blocked') this.failure.set(undefined);
    await this.#stamp();
  }

  /** The database is no longer this page's: what is written from now on would be lost silently. What was begun still ends. */
  #lose(reason: StorageFailure['reason']): void {
    this[Symbol.dispose]();
    this.report(new StorageFailure(reason));
  }

  async #stamp(): Promise<void> {
    const { stamps } = this.#options;
    const stored = await this.read(['meta'], (transaction) => transaction.objectStore('meta').get('stamp'));
    if (stored === undefined && stamps?.getItem(this.#name)) this.report(new StorageFailure('wiped'));
    const stamp = typeof stored === 'string' ? stored : crypto.getRandomValues(new Uint32Array(2)).join('-');
    if (stored === undefined)
      await this.write(['meta'], (transaction) => transaction.objectStore('meta').put(stamp, 'stamp'));
    stamps?.setItem(this.#name, stamp);
  }
}

/** What threw before a request failed has left its transaction open, with half of the work in it. */
function abort(transaction: { abort(): void }): void {
  try {
    transaction.abort();
  } catch {
    // The failed request has ended it.
  }
}
