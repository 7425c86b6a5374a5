/**
 * One copy of a document on this device: the Y.Doc, its store, the outbox records that belong into it and its exchange with
 * the other tabs. A document that must be dropped gets a new copy under another incarnation; this one is never reused.
 * It knows nothing of the server.
 */
import * as Y from 'yjs';
import { type Element, isDeleted, isMessage, MESSAGES, RECEIPTS } from '../../schema/document/message.ts';
import { REACTIONS, type Reaction, reactionKey } from '../../schema/document/reactions.ts';
import { NO_RECEIPT, type Receipt } from '../../schema/document/receipts.ts';
import { type MessageId, messageId, type UserId } from '../../schema/ids.ts';
import type { Clock } from '../connection/clock.ts';
import type { FileCache } from '../files/file-cache.ts';
import type { Unsent } from '../files/unsent.ts';
import type { AccountStore } from '../storage/account-store.ts';
import {
  type DocumentRecord,
  type FailedRecord,
  isReaction,
  type OutboxRecord,
  type UnsentRecord,
  type Written,
} from '../storage/records.ts';
import type { TabMessage, Tabs } from '../storage/tabs.ts';
import { type Append, encodeAppend, lastStruct } from './append.ts';
import { DocumentStore } from './document-store.ts';
import { GivenReactions } from './given-reactions.ts';
import type { Outbox } from './outbox.ts';
import { Turns } from './turns.ts';

/** What all documents of an account share. */
export interface Device {
  readonly me: UserId;
  readonly store: AccountStore;
  readonly outbox: Outbox;
  readonly tabs: Tabs;
  readonly clock: Clock;
  /** Messages that wait for their files; undefined where none can be sent. */
  readonly unsent?: Unsent;
  /** What is kept of files that have come. */
  readonly files?: Pick<FileCache, 'erase'>;
}

export interface LocalCopyOptions {
  readonly device: Device;
  readonly record: DocumentRecord;
  /** False once nobody needs it any more: then no database is made for it. */
  readonly isWanted: () => boolean;
  /** The content changed. */
  readonly onChange: (copy: LocalCopy) => void;
  /** The database disappeared: another tab has reset the document, or somebody has wiped it. */
  readonly onLost: (copy: LocalCopy) => void;
}

/** Origin of what the outbox and other tabs bring: the provider sends it on, the store keeps it. */
const HERE = { toString: () => 'this device' };

export class LocalCopy implements Disposable {
  readonly doc = new Y.Doc();
  readonly messages = this.doc.getArray<Element>(MESSAGES);
  readonly receipts = this.doc.getMap<Receipt>(RECEIPTS);
  readonly reactions = new GivenReactions(this.doc.getMap<Reaction>(REACTIONS));
  /** The origin of what comes from the server; its owner sets it. Such updates need not be sent there. */
  serverOrigin: unknown;
  readonly #options: LocalCopyOptions;
  readonly #device: Device;
  /** Appends and nothing else, so that the outbox holds all of its structs that are not acknowledged. */
  readonly #writer = crypto.getRandomValues(new Uint32Array(1))[0] as number;
  #nextClock = 0;
  readonly #appends = new Turns();
  #elements: readonly Element[] | undefined;
  #store: DocumentStore | undefined;
  #isDisposed = false;
  /** What another tab brings is known to all other tabs. */
  #isHearing = false;
  /** Something that another tab wrote builds on what is not here yet. */
  #isWaiting = false;
  readonly #stopListening: (() => void)[] = [];

  private constructor(options: LocalCopyOptions) {
    this.#options = options;
    this.#device = options.device;
    this.messages.observe((event) => {
      this.#elements = undefined;
      this.#eraseFiles(event);
    });
  }

  /** Resolves when everything this device has of it is loaded. Never rejects; without a store the copy lives in memory. */
  static async open(options: LocalCopyOptions): Promise<LocalCopy> {
    const copy = new LocalCopy(options);
    const { store, clock } = copy.#device;
    copy.#store = await DocumentStore.open({
      name: store.documentDatabase(options.record),
      doc: copy.doc,
      clock,
      isWanted: options.isWanted,
      onFailure: (failure) => store.report(failure),
      onLost: () => options.onLost(copy),
    });
    copy.#begin();
    return copy;
  }

  /** Whether the store had nothing although this device has had the document before. */
  get isWiped(): boolean {
    return this.#options.record.wasSynced && this.#store?.isNew === true;
  }

  get incarnation(): number {
    return this.#options.record.incarnation;
  }

  /** The elements of `messages`; the same array until one of them changes. */
  elements(): readonly Element[] {
    this.#elements ??= this.messages.toArray();
    return this.#elements;
  }

  receiptOf(user: UserId): Receipt {
    return this.receipts.get(user) ?? NO_RECEIPT;
  }

  /** Whether the copy holds the struct, deleted or not. */
  has({ writer, clock }: Pick<OutboxRecord, 'writer' | 'clock'>): boolean {
    return Y.getState(this.doc.store, writer) > clock;
  }

  /** Waits until what the copy holds is stored; false when it is not. */
  async flushed(): Promise<boolean> {
    return (await this.#store?.flushed()) ?? false;
  }

  /**
   * Appends the element that `make` builds for its id, or sets the reaction. Resolves when it is durable and in the document; rejects with a
   * `StorageFailure`, and then nothing has happened; false, likewise, when the copy was dropped. Appends follow each other.
   * What `replaces` a record of another document stands once, whichever tab does it.
   */
  append(
    make: (id: MessageId) => Written,
    repeats?: FailedRecord | UnsentRecord,
    replaces?: OutboxRecord,
  ): Promise<boolean> {
    return this.#appends.take(async () => {
      if (this.#isDisposed) return false;
      const clock = this.#nextClock;
      const id = messageId(this.#writer, clock);
      const made = make(id);
      const { document, incarnation } = this.#options.record;
      const update = encodeAppend({ writer: this.#writer, clock, element: made.element, ...this.#place(made) });
      const record = { document, incarnation, id, writer: this.#writer, clock, update, ...made };
      const { outbox } = this.#device;
      if (repeats && 'files' in repeats) {
        if (!(await outbox.addSent(record, repeats))) return true;
      } else if (!replaces) await outbox.add(record, repeats);
      else if (!(await outbox.replace(replaces, record))) return true;
      this.#nextClock = clock + 1;
      this.applyOutbox();
      return true;
    });
  }

  #place({ element }: Written): Pick<Append, 'origin' | 'key'> {
    if (!isReaction(element)) return { origin: lastStruct(this.messages) };
    const key = reactionKey(this.#device.me, element.on);
    return { origin: this.reactions.last(key), key };
  }

  /** Brings in every outbox record of this copy that is not in it. Applying one twice changes nothing. */
  applyOutbox(): void {
    if (this.#isDisposed) return;
    const { document, incarnation } = this.#options.record;
    for (const record of this.#device.outbox.of(document))
      if (record.incarnation === incarnation && !this.has(record)) Y.applyUpdate(this.doc, record.update, HERE);
  }

  [Symbol.dispose](): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    for (const stop of this.#stopListening) stop();
    this.#store?.[Symbol.dispose]();
    this.doc.destroy();
  }

  #begin(): void {
    const { document, incarnation } = this.#options.record;
    const { tabs, outbox } = this.#device;
    this.applyOutbox();
    this.doc.on('beforeTransaction', () => {
      this.#isWaiting = this.doc.store.pendingStructs !== null;
    });
    this.doc.on('update', (update: Uint8Array, origin: unknown) => this.#updated(update, origin));
    this.doc.on('afterTransaction', (transaction: Y.Transaction) => {
      const isErasing = transaction.deleteSet.clients.size > 0 && transaction.changed.has(this.messages);
      if (isErasing && transaction.origin !== this.#store?.origin) this.#store?.mergeSoon();
    });
    this.#stopListening.push(
      tabs.subscribe((message) => this.#heard(message)),
      outbox.contents.subscribe(() => this.applyOutbox()),
    );
    tabs.post({ t: 'hello', document, incarnation, vector: Y.encodeStateVector(this.doc) });
  }

  /** What this device has of the files of messages that are deleted goes with them. */
  #eraseFiles({ changes }: Y.YArrayEvent<Element>): void {
    const { files } = this.#device;
    if (!files) return;
    for (const { content } of changes.added)
      for (const element of content instanceof Y.ContentAny ? (content.arr as Element[]) : [])
        if (isMessage(element) && isDeleted(element)) void files.erase(element.id);
  }

  #updated(update: Uint8Array, origin: unknown): void {
    const { document, incarnation } = this.#options.record;
    const isSettled = origin === this.serverOrigin;
    if (!this.#isHearing && origin !== this.#store?.origin)
      this.#device.tabs.post({ t: 'update', document, incarnation, update, isSettled });
    this.#options.onChange(this);
    // What waited came in with it, and the provider sends nothing that the server brought; the tab that wrote it may be gone.
    if (isSettled && this.#isWaiting) this.doc.emit('update', [update, HERE, this.doc, undefined as never]);
  }

  #heard(message: TabMessage): void {
    const { document, incarnation } = this.#options.record;
    if (!('document' in message) || message.document !== document || message.incarnation !== incarnation) return;
    if (message.t === 'update') {
      this.#isHearing = true;
      Y.applyUpdate(this.doc, message.update, message.isSettled && this.serverOrigin ? this.serverOrigin : HERE);
      this.#isHearing = false;
    } else if (message.t === 'hello') {
      const update = Y.encodeStateAsUpdate(this.doc, message.vector);
      this.#device.tabs.post({ t: 'update', document, incarnation, update, isSettled: false });
    }
  }
}
