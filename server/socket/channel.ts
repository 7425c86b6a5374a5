/**
 * One document open on a connection: reads y-websocket messages from the wire into jobs for the room, and writes what the
 * room says. Awareness is neither read nor relayed: anyone could speak for anyone, at the price of ten updates an observer.
 */
import * as decoding from 'lib0/decoding';
import { CLOSE } from '../../schema/close-codes.ts';
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
import type { Connection } from './connection.ts';
import { MAX_STATE_VECTOR_BYTES } from './limits.ts';
import { frameAll } from './web-socket-frame.ts';

export interface SocketChannelOptions {
  readonly connection: Connection;
  readonly room: Room;
  /** Undefined: the document has the socket to itself. */
  readonly number: number | undefined;
  /** Whether the peer knows acknowledgements and refusals; a stock client logs unknown messages as errors. */
  readonly isOurs: boolean;
  readonly onClose: (code: number, reason: string) => void;
}

export class SocketChannel implements Channel {
  readonly user: UserId;
  readonly room: Room;
  readonly #connection: Connection;
  readonly #number: number | undefined;
  readonly #isOurs: boolean;
  readonly #onClose: (code: number, reason: string) => void;

  constructor({ connection, room, number, isOurs, onClose }: SocketChannelOptions) {
    this.user = connection.user;
    this.room = room;
    this.#connection = connection;
    this.#number = number;
    this.#isOurs = isOurs;
    this.#onClose = onClose;
  }

  /** One y-websocket message. Bytes that are none close with 4400. */
  receive(decoder: decoding.Decoder): void {
    try {
      this.#read(decoder);
    } catch {
      // lib0 throws on truncation; the sender learns it from the code.
      this.close(CLOSE.hostile, 'not a sync message');
    }
  }

  #read(decoder: decoding.Decoder): void {
    switch (decoding.readVarUint(decoder)) {
      case PAYLOAD.sync:
        return this.#readSync(decoder);
      case PAYLOAD.awareness:
      case PAYLOAD.auth:
      case PAYLOAD.queryAwareness:
        return;
      default:
        this.close(CLOSE.hostile, 'an unknown message');
    }
  }

  #readSync(decoder: decoding.Decoder): void {
    const type = decoding.readVarUint(decoder);
    const bytes = decoding.readVarUint8Array(decoder);
    switch (type) {
      case SYNC.step1:
        if (bytes.length > MAX_STATE_VECTOR_BYTES) return this.close(CLOSE.hostile, 'a state vector too long');
        return this.#ask(bytes);
      case SYNC.step2:
      case SYNC.update:
        this.#connection.wait(bytes.length);
        return this.room.submit({ is: 'update', from: this, bytes, isComplete: type === SYNC.step2 });
      default:
        this.close(CLOSE.hostile, 'an unknown sync message');
    }
  }

  #ask(vector: Uint8Array): void {
    const answered = () => this.#connection.answered(this, 'answered');
    this.#connection.ask(this, () => this.room.submit({ is: 'answer', from: this, vector, answered }));
  }

  send(payload: Uint8Array): void {
    this.#connection.writeFramed(frameAll([payload], this.#number));
  }

  broadcast(broadcast: Broadcast): void {
    const key = this.#number ?? 0;
    let bytes = broadcast.framed.get(key);
    if (!bytes) {
      bytes = frameAll(broadcast.payloads, this.#number);
      broadcast.framed.set(key, bytes);
    }
    this.#connection.writeFramed(bytes);
  }

  refuse(notice: RefusalNotice): void {
    if (this.#isOurs) this.send(encodeRefusal(notice));
  }

  acknowledge(acknowledgement: Acknowledgement): void {
    if (this.#isOurs) this.send(encodeAcknowledgement(acknowledgement));
  }

  done(bytes: number): void {
    this.#connection.done(bytes);
  }

  close(code: number, reason: string): void {
    this.#onClose(code, reason);
  }
}
