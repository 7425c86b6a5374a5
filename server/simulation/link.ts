/**
 * One channel between a tab and a server: two queues that the simulation delivers from, each in its order. Cutting it loses
 * what is under way in both directions; the server may notice that much later. Whatever the server says is checked against
 * the database before anybody may read it.
 */
import * as decoding from 'lib0/decoding';
import type { UserId } from '../../schema/ids.ts';
import {
  type Acknowledgement,
  encodeAcknowledgement,
  encodeRefusal,
  PAYLOAD,
  type RefusalNotice,
  SYNC,
} from '../../schema/wire/frame.ts';
import type { Broadcast, Channel } from '../room/channel.ts';
import type { Room } from '../room/room.ts';

export type Downward =
  | { readonly is: 'opened' }
  | { readonly is: 'payload'; readonly bytes: Uint8Array }
  | { readonly is: 'closed'; readonly code: number; readonly reason: string };

export interface LinkOptions {
  readonly name: string;
  readonly user: UserId;
  /** Called with everything the server sends, at the moment it does. */
  readonly onSent: (link: Link, payload: Uint8Array) => void;
}

export class Link implements Channel {
  readonly name: string;
  readonly user: UserId;
  readonly up: Uint8Array[] = [];
  readonly down: Downward[] = [];
  /** The client does not have it any more, and nothing gets through. */
  isCut = false;
  /** The client does not read for a while. */
  isStalled = false;
  /** How often the server asked for everything. */
  asked = 0;
  /** Bytes handed in that the server has not called done. */
  unjudgedBytes = 0;
  #room: Room | undefined;
  #hasEnded = false;
  readonly #onSent: LinkOptions['onSent'];

  constructor({ name, user, onSent }: LinkOptions) {
    this.name = name;
    this.user = user;
    this.#onSent = onSent;
  }

  /** Whether the server still serves it. */
  get isServed(): boolean {
    return this.#room !== undefined && !this.#hasEnded;
  }

  opened(room: Room): void {
    this.#room = room;
    this.#down({ is: 'opened' });
    room.join(this);
  }

  /** One message from the client, as `server/socket/channel.ts` reads it. */
  receive(bytes: Uint8Array): void {
    const room = this.#room;
    if (!room || this.#hasEnded) return;
    const decoder = decoding.createDecoder(bytes);
    if (decoding.readVarUint(decoder) !== PAYLOAD.sync)
      throw new Error('A device sent something else than a sync message');
    const type = decoding.readVarUint(decoder);
    const content = decoding.readVarUint8Array(decoder);
    if (type === SYNC.step1) return room.submit({ is: 'answer', from: this, vector: content });
    this.unjudgedBytes += content.length;
    room.submit({ is: 'update', from: this, bytes: content, isComplete: type === SYNC.step2 });
  }

  send(payload: Uint8Array): void {
    if (this.#hasEnded) return;
    this.#onSent(this, payload);
    this.#down({ is: 'payload', bytes: payload });
  }

  broadcast({ payloads }: Broadcast): void {
    for (const payload of payloads) this.send(payload);
  }

  refuse(notice: RefusalNotice): void {
    this.send(encodeRefusal(notice));
  }

  acknowledge(acknowledgement: Acknowledgement): void {
    this.send(encodeAcknowledgement(acknowledgement));
  }

  done(bytes: number): void {
    this.unjudgedBytes -= bytes;
  }

  close(code: number, reason: string): void {
    if (this.#hasEnded) return;
    this.#down({ is: 'closed', code, reason });
    this.leave();
  }

  /** Cut on the way: the client notices at once. */
  cut(): void {
    this.isCut = true;
    this.up.length = 0;
    this.down.length = 0;
  }

  /** The server notices that the client is gone. */
  leave(): void {
    this.#hasEnded = true;
    this.#room?.leave(this);
  }

  #down(message: Downward): void {
    if (!this.isCut) this.down.push(message);
  }
}
