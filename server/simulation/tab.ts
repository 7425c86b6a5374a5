/**
 * One page of a simulated browser, as our client behaves: its own Y.Doc and writers, stock y-websocket messages, so that what
 * is typed during the handshake goes out before the backlog, and neighbouring tabs that tell each other what they do.
 */
import * as decoding from 'lib0/decoding';
import * as Y from 'yjs';
import { CLOSE } from '../../schema/close-codes.ts';
import { type Element, MESSAGES, type Message, RECEIPTS } from '../../schema/document/message.ts';
import { REACTIONS, type Reaction, reactionKey } from '../../schema/document/reactions.ts';
import type { Receipt } from '../../schema/document/receipts.ts';
import { foldTimeline } from '../../schema/document/timeline.ts';
import { type MessageId, messageId, type UserId } from '../../schema/ids.ts';
import { encodeSync, PAYLOAD, readAcknowledgement, readRefusal, SYNC } from '../../schema/wire/frame.ts';
import { writeAs } from './chance.ts';
import { type Ledger, Violation } from './ledger.ts';
import type { Downward, Link } from './link.ts';
import type { Outbox, OutboxRecord } from './outbox.ts';
import { OwnReceipt } from './own-receipt.ts';
import { Verdicts } from './verdicts.ts';

/** What all pages of a browser share. */
export interface Home {
  readonly user: UserId;
  readonly ledger: Ledger;
  /** Whether messages and receipts have one writer, as in a stock client. */
  readonly isSimple: boolean;
  readonly outbox: Outbox;
  /** Durable updates of the document. */
  readonly store: Uint8Array[];
  /** Counts the copies of the document; what was written to a former one fits nowhere any more. */
  readonly incarnation: number;
  /** The device's clock. */
  readonly now: () => number;
  /** A clientID nobody has used. */
  readonly draw: () => number;
  /** Tells all other tabs. */
  post(from: Tab, message: TabMessage): void;
  /** The server says that this person is no member. */
  denied(): void;
}

export type TabMessage =
  | { readonly is: 'update'; readonly update: Uint8Array; readonly isSettled: boolean }
  | { readonly is: 'hello'; readonly from: Tab; readonly vector: Uint8Array };

/** Origins of transactions. */
const STORE = 'store';
const SERVER = 'server';
const HERE = 'here';

export class Tab {
  readonly name: string;
  readonly home: Home;
  readonly doc = new Y.Doc();
  link: Link | undefined;
  /** Between `opened` and the end of the channel: only then is anything sent. */
  isOpen = false;
  isSynced = false;
  readonly heard: TabMessage[] = [];
  readonly #messages = this.doc.getArray<Element>(MESSAGES);
  readonly #receipts = this.doc.getMap<Receipt>(RECEIPTS);
  readonly #reactions = this.doc.getMap<Reaction>(REACTIONS);
  readonly #writer: number;
  readonly #receipt: OwnReceipt;
  readonly #verdicts: Verdicts;
  #isHearing = false;
  #shownOnce = new Set<MessageId>();
  /** Something waited for a message of the server, since what waits was offered last. */
  #hasWaited = false;

  constructor(home: Home, name: string) {
    this.home = home;
    this.name = name;
    const { ledger, isSimple, draw } = home;
    this.#receipt = new OwnReceipt(home.user, this.#receipts);
    this.#verdicts = new Verdicts(this.doc, home.outbox, (reaction) => this.react(reaction));
    this.#writer = isSimple ? this.doc.clientID : draw();
    ledger.bind(this.doc.clientID, home.user);
    ledger.bind(this.#writer, home.user);
  }

  get user(): UserId {
    return this.home.user;
  }

  get messages(): Message[] {
    return foldTimeline(this.#messages.toArray());
  }

  load(): void {
    const { home, doc } = this;
    for (const update of home.store) Y.applyUpdate(doc, update, STORE);
    this.#applyOutbox();
    doc.on('update', (update: Uint8Array, origin: unknown) => this.#updated(update, origin));
    home.post(this, { is: 'hello', from: this, vector: Y.encodeStateVector(doc) });
  }

  /** Appends an element for its id; returns the id. */
  append(make: (id: MessageId) => Element): MessageId {
    const id = this.#nextId();
    const element = make(id);
    this.#write(element, () => this.#messages.push([element]));
    return id;
  }

  /** Says what this person's reaction to a message is. */
  react(reaction: Reaction): void {
    const { home } = this;
    home.ledger.react({ user: this.user, id: this.#nextId(), writer: this.#writer, reaction });
    this.#write(reaction, () => this.#reactions.set(reactionKey(this.user, reaction.on), reaction));
  }

  /** What this person gives a message, as far as this page knows. */
  reactionTo(on: MessageId): readonly string[] {
    return this.#reactions.get(reactionKey(this.user, on))?.emoji ?? [];
  }

  #nextId(): MessageId {
    return messageId(this.#writer, Y.getState(this.doc.store, this.#writer));
  }

  #write(element: OutboxRecord['element'], write: () => void): void {
    const { home, doc } = this;
    const writer = this.#writer;
    const clock = Y.getState(doc.store, writer);
    const id = this.#nextId();
    doc.once('update', (update: Uint8Array) => {
      const { incarnation } = home;
      home.outbox.add({ id, writer, clock, element, atMs: home.now(), update, incarnation });
    });
    writeAs(doc, writer, () => doc.transact(write, HERE));
  }

  /** Messages are on screen. */
  shown(messages: readonly Message[]): void {
    this.#receipt.shown(messages);
  }

  get isReceiptDue(): boolean {
    return this.#receipt.isDue;
  }

  /** Returns whether there was anything to write. */
  writeReceipt(): boolean {
    const next = this.#receipt.next(this.messages);
    if (next) this.doc.transact(() => this.#receipts.set(this.user, next), HERE);
    return next !== undefined;
  }

  /** P7: what was on the screen stays there, if only as a tombstone; except what the server refused. */
  requireNothingGone(): void {
    const present = new Set(this.messages.map(({ id }) => id));
    for (const id of this.#shownOnce) {
      const wish = this.home.ledger.byId(id);
      const wasRefused = wish?.is === 'message' && (wish.fault !== undefined || wish.fate.is === 'failed');
      if (!present.has(id) && !wasRefused) throw new Violation(`[P7] ${this.name} shows message ${id} no more`);
    }
    this.#shownOnce = present;
  }

  /** One message of another tab. */
  hear(): void {
    const message = this.heard.shift();
    if (!message) return;
    if (message.is === 'hello') {
      // To the asker alone: all deletions are in it, but for others perhaps not what stands in the place of the deleted.
      const update = Y.encodeStateAsUpdate(this.doc, message.vector);
      message.from.heard.push({ is: 'update', update, isSettled: false });
      return;
    }
    if (message.isSettled) this.#noteWaiting();
    this.#isHearing = true;
    Y.applyUpdate(this.doc, message.update, message.isSettled ? SERVER : HERE);
    this.#isHearing = false;
    this.#applyOutbox();
    this.#offerWaiting();
  }

  /** One message of the server. */
  receive(message: Downward): void {
    switch (message.is) {
      case 'opened':
        this.isOpen = true;
        this.#send(encodeSync(SYNC.step1, Y.encodeStateVector(this.doc)));
        return;
      case 'payload':
        return this.#read(message.bytes);
      case 'closed':
        return this.#closed(message.code, message.reason);
    }
  }

  /** The present state, together with what is stored. */
  merged(store: readonly Uint8Array[]): Uint8Array {
    for (const update of store) Y.applyUpdate(this.doc, update, STORE);
    return Y.encodeStateAsUpdate(this.doc);
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
    this.home.denied();
  }

  #read(bytes: Uint8Array): void {
    const decoder = decoding.createDecoder(bytes);
    switch (decoding.readVarUint(decoder)) {
      case PAYLOAD.sync:
        return this.#readSync(decoder);
      case PAYLOAD.acknowledgement: {
        const { writer, clock } = readAcknowledgement(decoder);
        this.#verdicts.acknowledged(writer, clock);
        if (this.isSynced) this.#verdicts.decide(this.home.incarnation);
        return;
      }
      case PAYLOAD.refusal: {
        const { ids, kind } = readRefusal(decoder);
        for (const id of ids) this.home.outbox.fail(id, kind);
      }
    }
  }

  #readSync(decoder: decoding.Decoder): void {
    const type = decoding.readVarUint(decoder);
    const bytes = decoding.readVarUint8Array(decoder);
    if (type === SYNC.step1) return this.#send(encodeSync(SYNC.step2, Y.encodeStateAsUpdate(this.doc, bytes)));
    this.#noteWaiting();
    Y.applyUpdate(this.doc, bytes, SERVER);
    this.#applyOutbox();
    const isFirst = type === SYNC.step2 && !this.isSynced;
    this.isSynced ||= isFirst;
    this.#verdicts.sent(bytes);
    if (!this.isSynced) return;
    const { incarnation } = this.home;
    this.#offerWaiting();
    this.#verdicts.decide(incarnation);
    if (isFirst) this.#verdicts.decideStrays(incarnation);
  }

  /** What a neighbour wrote may wait for what the server sent: it comes in with that, as if the server had sent it, too. */
  #noteWaiting(): void {
    this.#hasWaited ||= this.doc.store.pendingStructs !== null;
  }

  #offerWaiting(): void {
    if (!this.isSynced || !this.#hasWaited) return;
    this.#hasWaited = false;
    this.#offer(this.home.outbox.of(this.home.incarnation));
  }

  #updated(update: Uint8Array, origin: unknown): void {
    const { home } = this;
    this.#receipt.isDue = true;
    if (origin !== STORE) {
      home.store.push(update);
      if (!this.#isHearing) home.post(this, { is: 'update', update, isSettled: origin === SERVER });
    }
    // Also what was read from the store: a neighbour may have written it and gone before it could send it.
    if (origin !== SERVER) this.#send(encodeSync(SYNC.update, update));
  }

  /**
   * What neighbours wrote and is not here yet. Only where messages have a writer of their own is the outbox, which holds no
   * receipts, all that it wrote.
   */
  #applyOutbox(): void {
    if (this.home.isSimple) return;
    for (const { writer, clock, update } of this.home.outbox.of(this.home.incarnation)) {
      if (Y.getState(this.doc.store, writer) <= clock) Y.applyUpdate(this.doc, update, HERE);
    }
  }

  #send(payload: Uint8Array): void {
    if (this.isOpen && this.link && !this.link.isCut) this.link.up.push(payload);
  }

  /** Sends again what waits: a struct that the server knows costs nothing but its acknowledgement. */
  #offer(records: readonly OutboxRecord[]): void {
    for (const { writer, clock, update } of records) {
      if (Y.getState(this.doc.store, writer) > clock) this.#send(encodeSync(SYNC.update, update));
    }
  }
}
