/** An honest device on a room of this process, without sockets: for tests that need the rooms of several servers in hand. */
import * as decoding from 'lib0/decoding';
import * as Y from 'yjs';
import { type Element, MESSAGES, RECEIPTS } from '../../schema/document/message.ts';
import { REACTIONS, type Reaction, reactionKey } from '../../schema/document/reactions.ts';
import type { Receipt } from '../../schema/document/receipts.ts';
import { foldTimeline } from '../../schema/document/timeline.ts';
import { type DocumentId, type MessageId, messageId, type UserId } from '../../schema/ids.ts';
import { type Acknowledgement, PAYLOAD, type RefusalNotice, SYNC } from '../../schema/wire/frame.ts';
import type { Broadcast, Channel } from '../room/channel.ts';
import type { Room } from '../room/room.ts';
import type { Rooms } from '../room/rooms.ts';
import { Bell } from './bell.ts';

const SERVER = 'server';

/** What a channel was told, in order. */
export type Told =
  | { readonly is: 'step1' | 'step2' | 'update'; readonly bytes: Uint8Array }
  | { readonly is: 'acknowledgement'; readonly acknowledgement: Acknowledgement }
  | { readonly is: 'refusal'; readonly refusal: RefusalNotice }
  | { readonly is: 'close'; readonly code: number };

export class LocalDevice implements Channel {
  readonly user: UserId;
  readonly doc = new Y.Doc();
  readonly told: Told[] = [];
  readonly bell = new Bell();
  /** Bytes of updates that the room has dealt with. */
  doneBytes = 0;
  /** Bytes of updates that were sent. */
  sentBytes = 0;
  #room: Room | undefined;

  constructor(user: string, clientID?: number) {
    this.user = user as UserId;
    if (clientID !== undefined) this.doc.clientID = clientID;
    this.doc.on('update', (bytes: Uint8Array, origin: unknown) => {
      if (origin !== SERVER) this.submit(bytes);
      this.bell.ring();
    });
  }

  get messages(): Y.Array<Element> {
    return this.doc.getArray<Element>(MESSAGES);
  }

  get receipts(): Y.Map<Receipt> {
    return this.doc.getMap<Receipt>(RECEIPTS);
  }

  get clock(): number {
    return Y.getState(this.doc.store, this.doc.clientID);
  }

  get texts(): string[] {
    return foldTimeline(this.messages.toArray()).map((message) => ('text' in message ? message.text : '†'));
  }

  /** Everything it knows, as bytes. */
  get state(): Uint8Array {
    return Y.encodeStateAsUpdate(this.doc);
  }

  get refusals(): RefusalNotice[] {
    return this.told.flatMap((each) => (each.is === 'refusal' ? [each.refusal] : []));
  }

  get closed(): number | undefined {
    for (const each of this.told) if (each.is === 'close') return each.code;
    return undefined;
  }

  /** The clock below which everything of its own was acknowledged. */
  get acknowledged(): number {
    const clocks = this.told.map((each) =>
      each.is === 'acknowledgement' && each.acknowledgement.writer === this.doc.clientID
        ? each.acknowledgement.clock
        : 0,
    );
    return Math.max(0, ...clocks);
  }

  async join(rooms: Rooms, document: string): Promise<void> {
    const room = await rooms.open(document as DocumentId);
    if (!room) throw new Error(`There is no ${document}`);
    this.#room = room;
    room.join(this);
    await this.catchUp();
  }

  /** Gone without a word; what it sent is on its way. */
  leave(): void {
    this.#room?.leave(this);
    this.#room = undefined;
  }

  async catchUp(): Promise<void> {
    await new Promise<void>((answered) =>
      this.#room?.submit({ is: 'answer', from: this, vector: Y.encodeStateVector(this.doc), answered }),
    );
  }

  submit(bytes: Uint8Array, isComplete = false): void {
    if (!this.#room) return;
    this.sentBytes += bytes.length;
    this.#room.submit({ is: 'update', from: this, bytes, isComplete });
  }

  say(text: string, at = Date.now()): MessageId {
    const id = messageId(this.doc.clientID, this.clock);
    this.messages.push([{ id, from: this.user, at, text }]);
    return id;
  }

  edit(id: MessageId, text: string): void {
    this.messages.push([{ edit: id, from: this.user, at: Date.now(), text }]);
  }

  delete(id: MessageId): void {
    this.messages.push([{ del: id, from: this.user, at: Date.now() }]);
  }

  react(on: MessageId, ...emoji: string[]): void {
    this.doc.getMap<Reaction>(REACTIONS).set(reactionKey(this.user, on), { on, emoji });
  }

  settled(): Promise<unknown> {
    return this.bell.until(() => this.acknowledged >= this.clock, `${this.user}: acknowledgement of ${this.clock}`);
  }

  send(payload: Uint8Array): void {
    const decoder = decoding.createDecoder(payload);
    if (decoding.readVarUint(decoder) !== PAYLOAD.sync) throw new Error('A room sends sync messages only');
    const type = decoding.readVarUint(decoder);
    const bytes = decoding.readVarUint8Array(decoder);
    if (type === SYNC.step1) {
      this.told.push({ is: 'step1', bytes });
      this.submit(Y.encodeStateAsUpdate(this.doc, bytes), true);
    } else {
      this.told.push({ is: type === SYNC.step2 ? 'step2' : 'update', bytes });
      Y.applyUpdate(this.doc, bytes, SERVER);
    }
    this.bell.ring();
  }

  broadcast({ payloads }: Broadcast): void {
    for (const payload of payloads) this.send(payload);
  }

  acknowledge(acknowledgement: Acknowledgement): void {
    this.told.push({ is: 'acknowledgement', acknowledgement });
    this.bell.ring();
  }

  refuse(refusal: RefusalNotice): void {
    this.told.push({ is: 'refusal', refusal });
    this.bell.ring();
  }

  close(code: number): void {
    this.told.push({ is: 'close', code });
    this.leave();
    this.bell.ring();
  }

  done(bytes: number): void {
    this.doneBytes += bytes;
  }
}
