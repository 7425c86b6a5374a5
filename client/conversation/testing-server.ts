/**
 * For tests: the other end of the channel protocol. It keeps documents in memory, settles markers and refusals the way the
 * server does, acknowledges, rolls epochs over, and can be unreachable, silent, reset or hostile at the test's wish.
 */
import * as decoding from 'lib0/decoding';
import * as Y from 'yjs';
import { type Element, isMessage, MESSAGES, type Message, RECEIPTS } from '../../schema/document/message.ts';
import { REACTIONS, type Reaction } from '../../schema/document/reactions.ts';
import type { Receipt } from '../../schema/document/receipts.ts';
import { type ConversationId, documentId, parseDocumentId } from '../../schema/ids.ts';
import type { RefusalKind } from '../../schema/refusals.ts';
import type { ClientControl } from '../../schema/wire/control.ts';
import {
  encodeAcknowledgement,
  encodeControl,
  encodeFrame,
  encodeRefusal,
  encodeSync,
  PAYLOAD,
  SYNC,
} from '../../schema/wire/frame.ts';
import type { Socket } from '../connection/socket-connection.ts';
import { settle } from './testing-settle.ts';
import type { Located, Locator } from './whereabouts.ts';

interface StoredDocument {
  readonly doc: Y.Doc;
  readonly generation: string;
}

export class TestServer {
  readonly documents = new Map<string, StoredDocument>();
  readonly #sockets = new Set<ServerSocket>();
  readonly writers = new Map<number, string>();
  isReachable = true;
  /** While true, updates are taken and nothing is answered. */
  isSilent = false;
  /** While true, nobody is told of newer epochs. */
  isDiscreet = false;
  /** Messages after which an epoch closes. */
  epochMessages = Number.POSITIVE_INFINITY;
  /** While true, nobody is told where a message stands. */
  isMute = false;
  /** How often somebody wanted to know. */
  asked = 0;
  /** Documents that were opened, in order. */
  readonly opened: string[] = [];
  readonly #epochs = new Map<string, number>();
  refuse: (element: Element) => RefusalKind | undefined = () => undefined;
  /** Calls an update that does this to a document hostile, instead of taking it. */
  hostile: ((does: { readonly reactions: number }) => boolean) | undefined;
  /** Answers an `open` with this code instead. */
  closeWith: (user: string, document: string) => number | undefined = () => undefined;
  #generations = 0;

  socketFor(user: string): Socket {
    const socket = new ServerSocket(this, user);
    queueMicrotask(() => {
      if (!this.isReachable) return socket.onclose?.({ code: 1006 } as CloseEvent);
      this.#sockets.add(socket);
      socket.onopen?.({} as Event);
    });
    return socket;
  }

  document(name: string): StoredDocument {
    const known = this.documents.get(name);
    if (known) return known;
    const stored = { doc: new Y.Doc(), generation: `g${++this.#generations}` };
    this.documents.set(name, stored);
    stored.doc.on('update', (update: Uint8Array) => {
      for (const socket of this.#sockets) socket.sync(name, SYNC.update, update);
    });
    return stored;
  }

  messages(name: string): Element[] {
    return this.document(name).doc.getArray<Element>(MESSAGES).toArray();
  }

  receipt(name: string, user: string): Receipt | undefined {
    return this.document(name).doc.getMap<Receipt>(RECEIPTS).get(user);
  }

  /** Forgets a document; the next one of that name has another generation. */
  reset(name: string): void {
    this.documents.delete(name);
  }

  /** Puts the same content under another generation, as after a restore; who has it open is cut. */
  restore(name: string): void {
    const state = Y.encodeStateAsUpdate(this.document(name).doc);
    this.cut();
    this.reset(name);
    Y.applyUpdate(this.document(name).doc, state);
  }

  /** Emoji by the key under which they stand. */
  reactions(name: string): Record<string, string> {
    const entries = [...this.document(name).doc.getMap<Reaction>(REACTIONS).entries()];
    return Object.fromEntries(entries.map(([key, { emoji }]) => [key, emoji.join('')]));
  }

  epochOf(conversation: ConversationId): number {
    return this.#epochs.get(conversation) ?? 0;
  }

  /** Closes the open epoch, opens the next and tells everybody. */
  rollOver(conversation: ConversationId): void {
    const epoch = this.epochOf(conversation) + 1;
    this.#epochs.set(conversation, epoch);
    this.document(documentId(conversation, epoch));
    const head = { t: 'head', conversation, epoch, seq: 0, from: 'server', at: 0, preview: '' };
    if (!this.isDiscreet) for (const socket of this.#sockets) socket.deliver(encodeControl(head));
  }

  /** What the HTTP API answers about places of messages. */
  locator(conversation: ConversationId): Locator {
    const look = async (isIt: (message: Message) => boolean): Promise<Located> => {
      this.asked++;
      if (this.isMute) return { is: 'unreachable' };
      for (let epoch = 0; epoch <= this.epochOf(conversation); epoch++) {
        const message = this.messages(documentId(conversation, epoch)).find((one) => isMessage(one) && isIt(one));
        if (message) return { is: 'found', message: message as Message, epoch };
      }
      return { is: 'nowhere' };
    };
    return {
      message: (id) => look((message) => message.id === id),
      at: (time) => look((message) => message.at >= time),
    };
  }

  /** Ends all connections, or those of one user. */
  cut(code = 1006, user?: string): void {
    for (const socket of [...this.#sockets]) if (!user || socket.user === user) socket.end(code);
  }

  /** Ends one document's channels, or those of one user. */
  closeChannels(name: string, code: number, user?: string): void {
    for (const socket of [...this.#sockets]) if (!user || socket.user === user) socket.closeChannel(name, code);
  }

  /** Documents that are open now. */
  channelsOf(user: string): string[] {
    return [...this.#sockets]
      .filter((socket) => socket.user === user)
      .flatMap((socket) => socket.documents)
      .sort();
  }

  notify(user: string, message: object): void {
    for (const socket of this.#sockets) if (socket.user === user) socket.deliver(encodeControl(message));
  }

  forget(socket: ServerSocket): void {
    this.#sockets.delete(socket);
  }

  /** Applies, settles and answers as one step, like a committed update. */
  submit(socket: ServerSocket, name: string, update: Uint8Array): void {
    const { doc } = this.document(name);
    if (this.hostile) {
      const tried = new Y.Doc();
      for (const one of [Y.encodeStateAsUpdate(doc), update]) Y.applyUpdate(tried, one);
      if (this.hostile({ reactions: tried.getMap(REACTIONS).size })) return socket.closeChannel(name, 4400);
    }
    const { to } = Y.parseUpdateMeta(update);
    for (const writer of to.keys()) if (!this.writers.has(writer)) this.writers.set(writer, socket.user);
    const { conversation, epoch } = placeOf(name);
    const newest = this.epochOf(conversation);
    const open = epoch < newest ? this.document(documentId(conversation, newest)).doc : undefined;
    const before = Y.decodeStateVector(Y.encodeStateVector(doc));
    const refused = doc.transact((transaction) => {
      Y.applyUpdate(doc, update);
      const kinds = settle({ doc, before, refuse: this.refuse, open });
      // Applying made it a remote one, at whose end Yjs would draw a new clientID for the server.
      transaction.local = true;
      return kinds;
    });
    if (this.messages(documentId(conversation, newest)).length >= this.epochMessages) this.rollOver(conversation);
    if (this.isSilent) return;
    for (const { id, kind } of refused) socket.payload(name, encodeRefusal({ ids: [id as never], kind }));
    for (const [writer, clock] of to) socket.acknowledge(name, writer, clock);
  }
}

class ServerSocket implements Socket {
  binaryType = '';
  onopen: ((event: Event) => void) | null = null;
  onmessage: ((event: MessageEvent) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  onerror: ((event: Event) => void) | null = null;
  readonly user: string;
  readonly #server: TestServer;
  readonly #channels = new Map<number, string>();
  #isOpen = true;

  constructor(server: TestServer, user: string) {
    this.#server = server;
    this.user = user;
  }

  get documents(): string[] {
    return [...this.#channels.values()];
  }

  /** What the client sends arrives in a later task, as frames do. */
  send(bytes: Uint8Array): void {
    setImmediate(() => {
      if (this.#server.isReachable && this.#isOpen) this.#receive(bytes);
    });
  }

  close(): void {
    this.#isOpen = false;
    this.#server.forget(this);
  }

  deliver(frame: Uint8Array): void {
    setImmediate(() => this.onmessage?.({ data: frame.slice().buffer } as MessageEvent));
  }

  end(code: number): void {
    this.#isOpen = false;
    this.#server.forget(this);
    this.onclose?.({ code } as CloseEvent);
  }

  closeChannel(name: string, code: number): void {
    const channel = this.#channelOf(name);
    if (channel === undefined) return;
    this.#channels.delete(channel);
    this.deliver(encodeControl({ t: 'closed', channel, code, reason: '' }));
  }

  payload(name: string, payload: Uint8Array): void {
    const channel = this.#channelOf(name);
    if (channel !== undefined) this.deliver(encodeFrame(channel, payload));
  }

  sync(name: string, type: 0 | 1 | 2, bytes: Uint8Array): void {
    this.payload(name, encodeSync(type, bytes));
  }

  acknowledge(name: string, writer: number, clock: number): void {
    if (!this.#server.isSilent) this.payload(name, encodeAcknowledgement({ writer, clock, seq: 1 }));
  }

  #channelOf(name: string): number | undefined {
    for (const [channel, document] of this.#channels) if (document === name) return channel;
    return undefined;
  }

  #receive(frame: Uint8Array): void {
    const decoder = decoding.createDecoder(frame);
    const channel = decoding.readVarUint(decoder);
    if (channel === 0) return this.#control(JSON.parse(decoding.readVarString(decoder)) as ClientControl);
    const name = this.#channels.get(channel);
    if (name === undefined || decoding.readVarUint(decoder) !== PAYLOAD.sync) return;
    const type = decoding.readVarUint(decoder);
    const bytes = decoding.readVarUint8Array(decoder);
    if (type === SYNC.step1) this.#answer(name, bytes);
    else this.#server.submit(this, name, bytes);
  }

  #answer(name: string, vector: Uint8Array): void {
    const { doc } = this.#server.document(name);
    this.sync(name, SYNC.step2, Y.encodeStateAsUpdate(doc, vector));
    for (const [writer, clock] of Y.decodeStateVector(vector))
      if (this.#server.writers.get(writer) === this.user)
        this.acknowledge(name, writer, Math.min(clock, Y.getState(doc.store, writer)));
  }

  #control(message: ClientControl): void {
    if (message.t === 'ping') return this.deliver(encodeControl({ t: 'pong' }));
    if (message.t === 'close') return void this.#channels.delete(message.channel);
    if (message.t !== 'open') return;
    const { channel, document } = message;
    const { generation, doc } = this.#server.document(document);
    const code = this.#server.closeWith(this.user, document) ?? mismatch(message.generation, generation);
    if (code) return this.deliver(encodeControl({ t: 'closed', channel, code, reason: '' }));
    this.#channels.set(channel, document);
    this.#server.opened.push(document);
    this.deliver(encodeControl({ t: 'opened', channel, generation }));
    this.sync(document, SYNC.step1, Y.encodeStateVector(doc));
  }
}

const mismatch = (asked: string | undefined, generation: string): number | undefined =>
  asked !== undefined && asked !== generation ? 4409 : undefined;

function placeOf(name: string): { conversation: ConversationId; epoch: number } {
  const place = parseDocumentId(name);
  if (!place) throw new Error(`Not a document of a conversation: ${name}`);
  return place;
}
