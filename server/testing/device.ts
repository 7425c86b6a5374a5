/**
 * An honest device: a Y.Doc and a socket, as a y-websocket client with our two messages behaves. What it writes without a
 * connection goes out with the next one.
 */
import * as Y from 'yjs';
import type { MessageFile } from '../../schema/document/files.ts';
import { type Element, MESSAGES, type Message, RECEIPTS } from '../../schema/document/message.ts';
import { REACTIONS, type Reaction, reactionKey } from '../../schema/document/reactions.ts';
import { cover, NO_RECEIPT, type Receipt } from '../../schema/document/receipts.ts';
import { foldTimeline } from '../../schema/document/timeline.ts';
import { type MessageId, messageId, type UserId } from '../../schema/ids.ts';
import type { RefusalNotice } from '../../schema/wire/frame.ts';
import { Bell } from './bell.ts';
import { type Path, Wire } from './wire.ts';

export interface DeviceOptions {
  readonly port: number;
  readonly document: string;
  readonly user: string;
  readonly bearer: string;
  readonly path?: Path;
  /** Clients draw their number at random; tests that need an order choose it. */
  readonly clientID?: number;
}

const SERVER = 'server';

export class Device implements Disposable {
  readonly doc = new Y.Doc();
  readonly user: UserId;
  readonly refusals: RefusalNotice[] = [];
  /** Writer → all of it below this clock is durable. */
  readonly acknowledged = new Map<number, number>();
  readonly bell = new Bell();
  wire: Wire | undefined;
  readonly #options: DeviceOptions;
  #isSynced = false;

  constructor(options: DeviceOptions) {
    this.#options = options;
    this.user = options.user as UserId;
    if (options.clientID !== undefined) this.doc.clientID = options.clientID;
    this.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== SERVER) this.wire?.sendUpdate(update);
      this.bell.ring();
    });
  }

  static async connect(options: DeviceOptions): Promise<Device> {
    const device = new Device(options);
    await device.connect();
    return device;
  }

  get messages(): Y.Array<Element> {
    return this.doc.getArray<Element>(MESSAGES);
  }

  get receipts(): Y.Map<Receipt> {
    return this.doc.getMap<Receipt>(RECEIPTS);
  }

  get reactions(): Y.Map<Reaction> {
    return this.doc.getMap<Reaction>(REACTIONS);
  }

  /** The clock of the next element. */
  get clock(): number {
    return Y.getState(this.doc.store, this.doc.clientID);
  }

  get nextId(): MessageId {
    return messageId(this.doc.clientID, this.clock);
  }

  texts(): string[] {
    return this.timeline().map((message) => ('text' in message ? message.text : '†'));
  }

  timeline(): Message[] {
    return foldTimeline(this.messages.toArray());
  }

  /** Everything it knows, as bytes. */
  state(): Uint8Array {
    return Y.encodeStateAsUpdate(this.doc);
  }

  /** Resolves when both sides know what the other had. */
  async connect(): Promise<void> {
    const { port, document, bearer, path = '/sync' } = this.#options;
    const wire = await Wire.open({ port, document, bearer, path });
    if (wire.raw.ended || wire.closing)
      throw new Error(`The document did not open: ${JSON.stringify(wire.closing ?? wire.raw.ended)}`);
    for (const heard of wire.heard) this.#hear(wire, heard);
    wire.onHeard((heard) => this.#hear(wire, heard));
    this.wire = wire;
    wire.raw.socket.on('close', () => this.bell.ring());
    await wire.ask(Y.encodeStateVector(this.doc));
    await this.settled();
  }

  disconnect(): void {
    this.wire?.[Symbol.dispose]();
    this.wire = undefined;
    this.#isSynced = false;
  }

  #hear(wire: Wire, heard: Wire['heard'][number]): void {
    switch (heard.is) {
      case 'step1':
        wire.sendStep2(Y.encodeStateAsUpdate(this.doc, heard.bytes));
        break;
      case 'step2':
      case 'update':
        Y.applyUpdate(this.doc, heard.bytes, SERVER);
        this.#isSynced = true;
        break;
      case 'acknowledgement':
        this.acknowledged.set(heard.writer, Math.max(heard.clock, this.acknowledged.get(heard.writer) ?? 0));
        break;
      case 'refusal':
        this.refusals.push(heard);
        break;
      case 'other':
        break;
    }
    this.bell.ring();
  }

  say(text: string, { re, at = Date.now() }: { re?: MessageId; at?: number } = {}): MessageId {
    const id = this.nextId;
    this.messages.push([{ id, from: this.user, at, text, ...(re && { re }) }]);
    return id;
  }

  /** A message with files. */
  attach(files: readonly MessageFile[], text = ''): MessageId {
    const id = this.nextId;
    this.messages.push([{ id, from: this.user, at: Date.now(), text, files: [...files] }]);
    return id;
  }

  /** Returns the id under which the marker would be refused. */
  edit(id: MessageId, text: string): MessageId {
    const marker = this.nextId;
    this.messages.push([{ edit: id, from: this.user, at: Date.now(), text }]);
    return marker;
  }

  delete(id: MessageId): MessageId {
    const marker = this.nextId;
    this.messages.push([{ del: id, from: this.user, at: Date.now() }]);
    return marker;
  }

  /** Returns the id under which it would be refused. */
  react(on: MessageId, ...emoji: string[]): MessageId {
    const id = this.nextId;
    this.reactions.set(reactionKey(this.user as UserId, on), { on, emoji });
    return id;
  }

  /** Marks everything of others as stored and shown. */
  read(): void {
    const shown = this.timeline()
      .filter(({ from }) => from !== this.user)
      .map(({ id }) => id);
    const { d, r } = this.receipts.get(this.user) ?? NO_RECEIPT;
    this.receipts.set(this.user, { d: cover(d, shown), r: cover(r, shown) });
  }

  /** Everything it has written is durable. */
  settled(): Promise<unknown> {
    return this.until(
      () => this.#isSynced && (this.clock === 0 || (this.acknowledged.get(this.doc.clientID) ?? 0) >= this.clock),
      `${this.user}: the acknowledgement of ${this.clock}`,
    );
  }

  async until<Result>(check: () => Result | undefined | false | null | 0 | '', what: string): Promise<Result> {
    return this.bell.until(() => {
      const ended = this.wire?.raw.ended ?? this.wire?.closing;
      if (ended)
        throw new Error(`${this.user} was sent away with ${ended.code} (${ended.reason}), waiting for ${what}`);
      return check();
    }, what);
  }

  /** Fetches whatever it lacks. */
  async catchUp(): Promise<void> {
    await this.wire?.ask(Y.encodeStateVector(this.doc));
  }

  [Symbol.dispose](): void {
    this.disconnect();
    this.doc.destroy();
  }
}
