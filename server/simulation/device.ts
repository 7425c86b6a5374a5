/**
 * Browsers and tabs as our client behaves: a tab has its own Y.Doc and writers, all tabs of a browser share a durable store of
 * updates and an outbox, and tell each other what they do. It speaks stock y-websocket, so it sends what is typed during
 * the handshake before its backlog, and relays what other tabs wrote.
 */
import * as decoding from 'lib0/decoding';
import * as Y from 'yjs';
import { CLOSE } from '../../schema/close-codes.ts';
import {
  type Element,
  isDelete,
  isDeleted,
  isEdit,
  isMessage,
  MESSAGES,
  type Message,
  RECEIPTS,
} from '../../schema/document/message.ts';
import { cover, NO_RECEIPT, type Receipt, sameReceipt, union } from '../../schema/document/receipts.ts';
import { foldTimeline } from '../../schema/document/timeline.ts';
import { type MessageId, messageId, type UserId } from '../../schema/ids.ts';
import { encodeSync, PAYLOAD, readAcknowledgement, readRefusal, SYNC } from '../../schema/wire/frame.ts';
import { writeAs } from './chance.ts';
import { type FailureKind, type Ledger, Violation } from './ledger.ts';
import type { Downward, Link } from './link.ts';

interface OutboxRecord {
  readonly id: MessageId;
  readonly writer: number;
  readonly clock: number;
  readonly element: Element;
  readonly update: Uint8Array;
  readonly incarnation: number;
}

export interface BrowserOptions {
  readonly name: string;
  readonly user: UserId;
  readonly skewMs: number;
  readonly ledger: Ledger;
  /** Whether messages and receipts have one writer, as in a stock client, and the store never loses its tail. */
  readonly isSimple: boolean;
  readonly now: () => number;
  readonly draw: () => number;
}

/** What survives a reload. */
export class Browser {
  readonly name: string;
  readonly user: UserId;
  readonly options: BrowserOptions;
  store: Uint8Array[] = [];
  readonly outbox = new Map<MessageId, OutboxRecord>();
  readonly failed = new Map<MessageId, FailureKind>();
  readonly tabs: Tab[] = [];
  isOnline = true;
  /** The server said that this person is no member. */
  isGone = false;
  incarnation = 0;
  #opened = 0;

  constructor(options: BrowserOptions) {
    this.options = options;
    this.name = options.name;
    this.user = options.user;
  }

  /** The device's clock. */
  now(): number {
    return Math.max(0, this.options.now() + this.options.skewMs);
  }

  openTab(): Tab {
    const tab = new Tab(this, `${this.name}.${this.#opened++}`);
    this.tabs.push(tab);
    tab.load();
    return tab;
  }

  closeTab(tab: Tab): void {
    tab.close();
    this.tabs.splice(this.tabs.indexOf(tab), 1);
  }

  /** All pages are gone at once, and with them the last writes to the store. */
  crash(lostWrites: number): void {
    for (const tab of [...this.tabs]) this.closeTab(tab);
    if (lostWrites > 0 && !this.options.isSimple) this.store = this.store.slice(0, -lostWrites);
  }

  /** As y-indexeddb does when it merges: the page reads all that is stored and replaces it by what it then has. */
  mergeStore(): void {
    const [tab] = this.tabs;
    if (!tab) return;
    for (const update of this.store) Y.applyUpdate(tab.doc, update, STORE);
    this.store = [Y.encodeStateAsUpdate(tab.doc)];
  }

  /** The copy fits nowhere any more; what is in the outbox waits for the next one to tell what became of it. */
  dropCopy(): void {
    this.incarnation++;
    this.store = [];
    const tabs = this.tabs.length;
    for (const tab of [...this.tabs]) this.closeTab(tab);
    for (let n = 0; n < tabs; n++) this.openTab();
  }

  fail(id: MessageId, kind: FailureKind): void {
    if (!this.outbox.delete(id)) return;
    this.failed.set(id, kind);
    this.options.ledger.failed(id, kind);
  }

  succeed(id: MessageId): void {
    if (this.outbox.delete(id)) this.options.ledger.done(id);
  }

  /** Tells all other tabs. */
  post(from: Tab, message: TabMessage): void {
    for (const tab of this.tabs) if (tab !== from) tab.heard.push(message);
  }
}

type TabMessage =
  | { readonly is: 'update'; readonly update: Uint8Array; readonly isSettled: boolean }
  | { readonly is: 'hello'; readonly vector: Uint8Array };

/** Origins of transactions. */
const STORE = 'store';
const SERVER = 'server';
const HERE = 'here';

export class Tab {
  readonly name: string;
  readonly browser: Browser;
  readonly doc = new Y.Doc();
  link: Link | undefined;
  /** Between `opened` and the end of the channel: only then is anything sent. */
  isOpen = false;
  isSynced = false;
  readonly heard: TabMessage[] = [];
  /** The document has changed since the receipt was written last. */
  isReceiptDue = true;
  readonly #messages = this.doc.getArray<Element>(MESSAGES);
  readonly #receipts = this.doc.getMap<Receipt>(RECEIPTS);
  readonly #writer: number;
  #wanted: Receipt = NO_RECEIPT;
  /** The writers in the vector that opened the channel. */
  #asked = new Set<number>();
  /** Writer → clock, as acknowledged on any connection. */
  readonly #acknowledged = new Map<number, number>();
  #isHearing = false;

  constructor(browser: Browser, name: string) {
    this.browser = browser;
    this.name = name;
    const { ledger, isSimple, draw } = browser.options;
    this.#writer = isSimple ? this.doc.clientID : draw();
    ledger.bind(this.doc.clientID, browser.user);
    ledger.bind(this.#writer, browser.user);
  }

  get user(): UserId {
    return this.browser.user;
  }

  get messages(): Message[] {
    return foldTimeline(this.#messages.toArray());
  }

  load(): void {
    const { browser, doc } = this;
    for (const update of browser.store) Y.applyUpdate(doc, update, STORE);
    this.#applyOutbox();
    doc.on('update', (update: Uint8Array, origin: unknown) => this.#updated(update, origin));
    browser.post(this, { is: 'hello', vector: Y.encodeStateVector(doc) });
  }

  /** Appends an element for its id; returns the id. */
  append(make: (id: MessageId) => Element): MessageId {
    const { browser, doc } = this;
    const clock = Y.getState(doc.store, this.#writer);
    const id = messageId(this.#writer, clock);
    const element = make(id);
    let update = new Uint8Array();
    const keep = (bytes: Uint8Array): void => {
      update = new Uint8Array(bytes);
      const { incarnation } = browser;
      browser.outbox.set(id, { id, writer: this.#writer, clock, element, update, incarnation });
    };
    doc.once('update', keep);
    writeAs(doc, this.#writer, () => doc.transact(() => this.#messages.push([element]), HERE));
    return id;
  }

  /** Messages of others are on screen. */
  shown(ids: Iterable<MessageId>): void {
    const others = new Set(this.messages.filter(({ from }) => from !== this.user).map(({ id }) => id));
    const shown = [...ids].filter((id) => others.has(id));
    this.#wanted = { ...this.#wanted, r: cover(this.#wanted.r, shown) };
    this.isReceiptDue = true;
  }

  /** Returns whether there was anything to write. */
  writeReceipt(): boolean {
    this.isReceiptDue = false;
    const present = this.#receipts.get(this.user) ?? NO_RECEIPT;
    const others = this.messages.filter(({ from }) => from !== this.user).map(({ id }) => id);
    this.#wanted = {
      d: cover(union(present.d, this.#wanted.d), others),
      r: union(present.r, this.#wanted.r),
    };
    if (sameReceipt(this.#wanted, present)) return false;
    this.doc.transact(() => this.#receipts.set(this.user, this.#wanted), HERE);
    return true;
  }

  /** One message of another tab. */
  hear(): void {
    const message = this.heard.shift();
    if (!message) return;
    if (message.is === 'hello') {
      this.browser.post(this, {
        is: 'update',
        update: Y.encodeStateAsUpdate(this.doc, message.vector),
        isSettled: false,
      });
      return;
    }
    this.#isHearing = true;
    Y.applyUpdate(this.doc, message.update, message.isSettled ? SERVER : HERE);
    this.#isHearing = false;
    this.#applyOutbox();
  }

  /** One message of the server. */
  receive(message: Downward): void {
    switch (message.is) {
      case 'opened': {
        this.isOpen = true;
        const vector = Y.encodeStateVector(this.doc);
        this.#asked = new Set(Y.decodeStateVector(vector).keys());
        this.#send(encodeSync(SYNC.step1, vector));
        return;
      }
      case 'payload':
        return this.#read(message.bytes);
      case 'closed':
        return this.#closed(message.code, message.reason);
    }
  }

  close(): void {
    this.disconnect();
    this.heard.length = 0;
    this.doc.destroy();
  }

  disconnect(): void {
    this.link?.cut();
    this.link = undefined;
    this.isOpen = false;
    this.isSynced = false;
  }

  #closed(code: number, reason: string): void {
    this.disconnect();
    if (code === CLOSE.hostile) throw new Violation(`an honest device was called hostile: ${reason}`);
    if (code !== CLOSE.notMember) return;
    this.browser.isGone = true;
    this.browser.dropCopy();
  }

  #read(bytes: Uint8Array): void {
    const decoder = decoding.createDecoder(bytes);
    switch (decoding.readVarUint(decoder)) {
      case PAYLOAD.sync:
        return this.#readSync(decoder);
      case PAYLOAD.acknowledgement: {
        const { writer, clock } = readAcknowledgement(decoder);
        this.#acknowledged.set(writer, Math.max(clock, this.#acknowledged.get(writer) ?? 0));
        return this.#decideAcknowledged();
      }
      case PAYLOAD.refusal: {
        const { ids, kind } = readRefusal(decoder);
        for (const id of ids) this.browser.fail(id, kind);
      }
    }
  }

  #readSync(decoder: decoding.Decoder): void {
    const type = decoding.readVarUint(decoder);
    const bytes = decoding.readVarUint8Array(decoder);
    if (type === SYNC.step1) return this.#send(encodeSync(SYNC.step2, Y.encodeStateAsUpdate(this.doc, bytes)));
    Y.applyUpdate(this.doc, bytes, SERVER);
    this.#applyOutbox();
    if (type !== SYNC.step2 || this.isSynced) return;
    this.isSynced = true;
    this.#decideAcknowledged();
    this.#sendUnasked();
    this.#decide((record) => record.incarnation !== this.browser.incarnation);
  }

  #updated(update: Uint8Array, origin: unknown): void {
    const { browser } = this;
    this.isReceiptDue = true;
    if (origin === STORE) return;
    browser.store.push(update);
    if (!this.#isHearing) browser.post(this, { is: 'update', update, isSettled: origin === SERVER });
    if (origin !== SERVER) this.#send(encodeSync(SYNC.update, update));
  }

  #applyOutbox(): void {
    for (const { incarnation, writer, clock, update } of this.browser.outbox.values()) {
      if (incarnation === this.browser.incarnation && Y.getState(this.doc.store, writer) <= clock)
        Y.applyUpdate(this.doc, update, HERE);
    }
  }

  #send(payload: Uint8Array): void {
    if (this.isOpen && this.link && !this.link.isCut) this.link.up.push(payload);
  }

  /**
   * The server acknowledges again what the writers in the opening vector wrote. One that is missing there lost its first
   * writes in a crash: what the outbox kept of it may be durable, or wait for what the sync has just brought.
   */
  #sendUnasked(): void {
    const { incarnation, outbox } = this.browser;
    for (const record of outbox.values()) {
      if (record.incarnation === incarnation && !this.#asked.has(record.writer))
        this.#send(encodeSync(SYNC.update, record.update));
    }
  }

  /** Until the tab is synced it may lack what the settled message stands behind, and cannot tell what took effect. */
  #decideAcknowledged(): void {
    if (!this.isSynced) return;
    const { incarnation } = this.browser;
    this.#decide(
      (record) => record.incarnation === incarnation && record.clock < (this.#acknowledged.get(record.writer) ?? 0),
    );
  }

  /** The server has judged these: what took effect needs not be kept, the rest is shown as failed. */
  #decide(isJudged: (record: OutboxRecord) => boolean): void {
    const records = [...this.browser.outbox.values()];
    const judged = records.filter(isJudged).map((record) => ({
      record,
      isGood: Y.getState(this.doc.store, record.writer) > record.clock && this.#tookEffect(record, records),
    }));
    for (const { record, isGood } of judged) {
      if (isGood) this.browser.succeed(record.id);
      else this.browser.fail(record.id, 'rejected');
    }
  }

  /** When the refusal was lost only the effect tells; a text whose effect cannot be seen is rather kept twice than lost. */
  #tookEffect({ element }: OutboxRecord, records: readonly OutboxRecord[]): boolean {
    if (isDelete(element)) return true;
    const target = this.#settled(isMessage(element) ? element.id : element.edit);
    if (!target || isMessage(element)) return target !== undefined;
    if (isDeleted(target) || target.text === element.text) return true;
    const later = records.slice(records.findIndex((record) => record.element === element) + 1);
    return later.some((record) => isEdit(record.element) && record.element.edit === element.edit);
  }

  /** The message as settled, without markers that still wait. */
  #settled(id: MessageId): Message | undefined {
    return foldTimeline(this.#messages.toArray().filter(isMessage)).find((message) => message.id === id);
  }
}
