/**
 * Keeps one Y.Doc in IndexedDB with the stock y-indexeddb, which loads, and mends what that leaves open: writing here tells
 * when it has committed, every failure is reported, a database that disappears is noticed, and what piles up is merged, so
 * that deleted text does not stay behind in old updates. It knows nothing of conversations.
 */
import { type IDBPDatabase, openDB } from 'idb';
import { IndexeddbPersistence } from 'y-indexeddb';
import * as Y from 'yjs';
import type { Clock } from '../connection/clock.ts';
import { toStorageFailure } from '../storage/storage-failure.ts';
import { StorageFailure } from './conversation.ts';

/** y-indexeddb never answers when its first read fails; nobody waits longer than this. */
const LOAD_WITHIN_MS = 15_000;
/** Deletions that come together are merged once. */
const MERGE_AFTER_MS = 2_000;
/** y-indexeddb adds an update on every open, needed or not (#31): without merging, each visit makes the next one slower. */
const MERGE_ON_OPEN_FROM = 8;
const UPDATES = 'updates';
/** y-indexeddb keeps a store for its users' own values: one of them says that the updates must be merged. */
const CUSTOM = 'custom';
const MUST_MERGE = 'must-merge';

export interface DocumentStoreOptions {
  readonly name: string;
  readonly doc: Y.Doc;
  readonly clock: Clock;
  /** Asked while it is being opened: what was erased meanwhile must not be made anew. */
  readonly isWanted: () => boolean;
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
  /** The next write says that the updates must be merged. */
  #isMarkDue = false;

  private constructor(options: DocumentStoreOptions, persistence: IndexeddbPersistence, isNew: boolean) {
    this.#options = options;
    this.#persistence = persistence;
    this.isNew = isNew;
    // Its own writing neither waits nor looks back (#15), and a failure there is nobody's to catch.
    options.doc.off('update', persistence._storeUpdate);
  }

  /** Loads what is stored into the document. Never rejects: undefined, and reported, when this device cannot store it. */
  static async open(options: DocumentStoreOptions): Promise<DocumentStore | undefined> {
    try {
      const { database, isNew } = await openOnce(options.name);
      if (!options.isWanted()) {
        database.close();
        return undefined;
      }
      const inspected = inspectStored(database).finally(() => database.close());
      // What is in it is being read meanwhile.
      const persistence = new IndexeddbPersistence(options.name, options.doc);
      const store = new DocumentStore(options, persistence, isNew);
      const [stored] = await Promise.all([inspected, store.#load()]);
      // The page was closed before it could merge: a deleted text stands here.
      if (stored.mustMerge) void store.#merge();
      else if (stored.updates >= MERGE_ON_OPEN_FROM) store.#mergeLater();
      return store;
    } catch (error) {
      options.onFailure(toStorageFailure(error));
      return undefined;
    }
  }

  async #load(): Promise<void> {
    this.#watch(await this.#persistence._db);
    await loaded(this.#persistence, this.#options.clock);
    // Not before: with a listener Yjs encodes all that is loaded once more.
    this.#options.doc.on('update', this.#write);
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

  /**
   * Replaces all stored updates by one: what was deleted in the document is then gone from the store. To be called in the
   * transaction that deletes: that this is due is stored with its update, for the page may be closed before it is done.
   */
  mergeSoon(): void {
    this.#isMarkDue = true;
    this.#mergeLater();
  }

  #mergeLater(): void {
    this.#cancelMerge ??= this.#options.clock.after(MERGE_AFTER_MS, () => {
      this.#cancelMerge = undefined;
      void this.#merge();
    });
  }

  [Symbol.dispose](): void {
    this.#cancelMerge?.();
    this.#options.doc.off('update', this.#write);
    // It begins its transaction at once, and a database closes after those.
    if (this.#cancelMerge) void this.#merge();
    this.#settle();
    // A database that was lost is closed already; closing again changes nothing.
    void this.#persistence.destroy();
  }

  readonly #write = (update: Uint8Array, origin: unknown): void => {
    const { db } = this.#persistence;
    if (!db || origin === this.#persistence) return;
    try {
      const transaction = db.transaction([UPDATES, CUSTOM], 'readwrite');
      transaction.objectStore(UPDATES).add(update);
      if (this.#isMarkDue) transaction.objectStore(CUSTOM).put(true, MUST_MERGE);
      this.#isMarkDue = false;
      this.#follow(transaction);
    } catch (error) {
      this.#fail(error);
    }
  };

  async #merge(): Promise<void> {
    const { db } = this.#persistence;
    const { doc } = this.#options;
    if (!db) return;
    try {
      const transaction = db.transaction([UPDATES, CUSTOM], 'readwrite');
      this.#follow(transaction);
      const updates = transaction.objectStore(UPDATES);
      // What other tabs have stored comes in first, so that nothing unseen is removed.
      const unseen: Uint8Array[] = await answer(updates.getAll(IDBKeyRange.lowerBound(this.#persistence._dbref)));
      const bringIn = () => {
        for (const update of unseen) Y.applyUpdate(doc, update);
      };
      Y.transact(doc, bringIn, this.#persistence, false);
      const state = Y.encodeStateAsUpdate(doc);
      updates.clear();
      updates.add(state);
      transaction.objectStore(CUSTOM).delete(MUST_MERGE);
    } catch (error) {
      this.#fail(error);
    }
  }

  #follow(transaction: IDBTransaction): void {
    this.#pendingWrites++;
    transaction.addEventListener('complete', () => this.#written());
    transaction.addEventListener('abort', () => {
      this.#fail(transaction.error);
      this.#written();
    });
  }

  #watch(database: IDBDatabase): void {
    const lose = () => {
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

/** y-indexeddb does not catch its own failure to open: this connection, made before its, tells of one. */
async function openOnce(name: string): Promise<{ database: IDBPDatabase; isNew: boolean }> {
  let isNew = false;
  const database = await openDB(name, 1, {
    upgrade(created) {
      isNew = true;
      created.createObjectStore(UPDATES, { autoIncrement: true });
      created.createObjectStore(CUSTOM);
    },
  });
  return { database, isNew };
}

async function inspectStored(database: IDBPDatabase): Promise<{ updates: number; mustMerge: boolean }> {
  const transaction = database.transaction([UPDATES, CUSTOM]);
  const [updates, mark] = await Promise.all([
    transaction.objectStore(UPDATES).count(),
    transaction.objectStore(CUSTOM).get(MUST_MERGE),
  ]);
  return { updates, mustMerge: mark === true };
}

const answer = <Result>(request: IDBRequest<Result>): Promise<Result> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

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
