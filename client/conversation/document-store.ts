/**
 * Keeps one Y.Doc in IndexedDB through the stock y-indexeddb, and mends what that leaves open: it tells when writes have
 * committed, reports every failure, notices a database that disappears under it, and merges what piles up, so that deleted
 * text does not stay behind in old updates. It knows nothing of conversations.
 */
import { openDB } from 'idb';
import { IndexeddbPersistence, storeState } from 'y-indexeddb';
import type * as Y from 'yjs';
import type { Clock } from '../connection/clock.ts';
import { toStorageFailure } from '../storage/storage-failure.ts';
import { StorageFailure } from './conversation.ts';

/** y-indexeddb never answers when its first read fails; nobody waits longer than this. */
const LOAD_WITHIN_MS = 15_000;
/** Deletions that come together are merged once. */
const MERGE_AFTER_MS = 2_000;
/** y-indexeddb adds an empty update on every open (#31) and merges only while writing, from 500 on: opening would slow down. */
const MERGE_ON_OPEN_FROM = 8;

export interface DocumentStoreOptions {
  readonly name: string;
  readonly doc: Y.Doc;
  readonly clock: Clock;
  readonly onFailure: (failure: StorageFailure) => void;
  /** The database was removed or closed by somebody else; the document lives on in memory. */
  readonly onLost: () => void;
}

export class DocumentStore implements Disposable {
  readonly #options: DocumentStoreOptions;
  readonly #persistence: IndexeddbPersistence;
  /** Whether the database did not exist before. */
  readonly isNew: boolean;
  #pendingWrites = 0;
  #whenIdle: (() => void)[] = [];
  #hasFailed = false;
  #cancelMerge: (() => void) | undefined;

  private constructor(options: DocumentStoreOptions, persistence: IndexeddbPersistence, isNew: boolean) {
    this.#options = options;
    this.#persistence = persistence;
    this.isNew = isNew;
  }

  /** Loads what is stored into the document. Never rejects: undefined, and reported, when this device cannot store it. */
  static async open(options: DocumentStoreOptions): Promise<DocumentStore | undefined> {
    try {
      const isNew = await create(options.name);
      const persistence = new IndexeddbPersistence(options.name, options.doc);
      const store = new DocumentStore(options, persistence, isNew);
      const database = await persistence._db;
      store.#watch(database);
      await loaded(persistence, options.clock);
      if (persistence._dbsize >= MERGE_ON_OPEN_FROM) store.mergeSoon();
      return store;
    } catch (error) {
      options.onFailure(toStorageFailure(error));
      return undefined;
    }
  }

  /** The origin of what was read from the store. */
  get origin(): object {
    return this.#persistence;
  }

  /** Waits for the writes made so far; false when one of them failed. */
  async flushed(): Promise<boolean> {
    if (this.#pendingWrites > 0) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
    return !this.#hasFailed;
  }

  /** Replaces all stored updates by one: what was deleted in the document is then gone from the store. */
  mergeSoon(): void {
    this.#cancelMerge ??= this.#options.clock.after(MERGE_AFTER_MS, () => {
      this.#cancelMerge = undefined;
      void this.#merge();
    });
  }

  [Symbol.dispose](): void {
    this.#cancelMerge?.();
    this.#settle();
    // A database that was lost is closed already; closing again changes nothing.
    void this.#persistence.destroy();
  }

  async #merge(): Promise<void> {
    if (!this.#persistence.db) return;
    try {
      await storeState(this.#persistence);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** y-indexeddb writes without looking back: every transaction it begins is followed here. */
  #watch(database: IDBDatabase): void {
    const begin = database.transaction.bind(database);
    database.transaction = (...parameters: Parameters<IDBDatabase['transaction']>) => {
      const transaction = begin(...parameters);
      if (transaction.mode !== 'readwrite') return transaction;
      this.#pendingWrites++;
      transaction.addEventListener('complete', () => this.#written());
      transaction.addEventListener('abort', () => {
        this.#fail(transaction.error);
        this.#written();
      });
      return transaction;
    };
    const lose = () => {
      // Without a database y-indexeddb stops writing; with a closed one it would throw into every change of the document.
      this.#persistence.db = null;
      this.#hasFailed = true;
      this.#settle();
      this.#options.onLost();
    };
    database.addEventListener('versionchange', lose);
    database.addEventListener('close', lose);
  }

  #written(): void {
    this.#pendingWrites--;
    if (this.#pendingWrites === 0) this.#settle();
  }

  #settle(): void {
    const waiting = this.#whenIdle;
    this.#whenIdle = [];
    for (const resolve of waiting) resolve();
  }

  #fail(error: unknown): void {
    this.#hasFailed = true;
    this.#options.onFailure(toStorageFailure(error));
  }
}

/**
 * Opens and closes the database once. y-indexeddb does not catch its own failure to open; this way it is caught here.
 * Answers whether the database is new.
 */
async function create(name: string): Promise<boolean> {
  let isNew = false;
  const database = await openDB(name, 1, {
    upgrade(created) {
      isNew = true;
      created.createObjectStore('updates', { autoIncrement: true });
      created.createObjectStore('custom');
    },
  });
  database.close();
  return isNew;
}

async function loaded(persistence: IndexeddbPersistence, clock: Clock): Promise<void> {
  let cancel: (() => void) | undefined;
  const late = new Promise<never>((_, reject) => {
    cancel = clock.after(LOAD_WITHIN_MS, () => reject(new StorageFailure('unavailable')));
  });
  try {
    await Promise.race([persistence.whenSynced, late]);
  } finally {
    cancel?.();
  }
}
