/** A simulated client of Hocuspocus: y-protocols' messages after the name of the document, a token first. */

import { frameOf, LeanSocket } from '../generator/lean-socket.ts';
import {
  type ElementId,
  encodeUpdate,
  noteElement,
  readVarUint,
  varUintEnd,
  visitMessages,
} from '../generator/message.ts';
import type { Client, PeerOptions } from '../generator/peer.ts';

const SYNC = 0;
const AUTH = 2;
/** Its answers to a SyncStep1 that came with the opening. */
const SYNC_REPLY = 4;
const STEP_1 = 0;
const STEP_2 = 1;
const UPDATE = 2;
const NOTHING = Uint8Array.of(0);

export class HocuspocusPeer implements Client {
  readonly #options: PeerOptions;
  readonly #socket: LeanSocket;
  readonly #name: Buffer;
  #clock = 0;
  #last: ElementId | undefined;
  #waiting: { resolve(): void; reject(error: Error): void } | undefined;
  #waitsFor: 'open' | 'state' | undefined;

  constructor(options: PeerOptions) {
    this.#options = options;
    options.room.observer ??= this;
    this.#name = Buffer.from([options.roomName.length, ...Buffer.from(options.roomName)]);
    this.#socket = new LeanSocket({
      port: options.port,
      path: '/',
      headers: {},
      events: {
        onOpen: () => this.#arrived('open'),
        onFrame: (bytes, start, end, nowMs) => this.#frame(bytes, start, end, nowMs),
        onClose: (reason) => {
          if (reason !== 'destroyed here') options.tally.failed(reason);
          this.#waiting?.reject(new Error(reason));
        },
      },
    });
  }

  upgraded(): Promise<void> {
    return this.#wait('open');
  }

  authenticated(): Promise<void> {
    return Promise.resolve(); // It answers for a document only.
  }

  openChannel(): Promise<void> {
    const token = 'x';
    this.#send(AUTH, 0, token.length, token.charCodeAt(0));
    const vector = this.#options.has?.() ?? NOTHING;
    this.#send(SYNC, STEP_1, vector.length, ...vector);
    return this.#wait('state');
  }

  push(dueMs: number): void {
    const { writer, room, user, textCharacters } = this.#options;
    const last = room.last.writer < 0 ? undefined : room.last;
    const clock = this.#clock++;
    const update = encodeUpdate({
      channel: 0,
      writer,
      clock,
      origin: this.#last ?? last,
      from: user,
      at: Date.now(),
      dueMs,
      sentMs: performance.now(),
      textCharacters,
    });
    this.#last = { writer, clock };
    const length = update.length < 0x80 ? [update.length] : [0x80 | (update.length & 0x7f), update.length >> 7];
    this.#socket.send(frameOf(Buffer.concat([this.#name, Buffer.from([SYNC, UPDATE, ...length]), update])));
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #frame(bytes: Buffer, start: number, end: number, nowMs: number): void {
    const { tally, textCharacters, room } = this.#options;
    const at = start + this.#name.length;
    const type = bytes[at];
    if (type !== SYNC && type !== SYNC_REPLY) return;
    const step = bytes[at + 1];
    if (step === UPDATE) {
      visitMessages(bytes, at, end, textCharacters, (dueMs, sentMs) => tally.delivered(dueMs, sentMs, nowMs));
      if (room.observer === this) {
        readVarUint(bytes, at + 2);
        noteElement(bytes, varUintEnd, room.last);
      }
    } else if (step === STEP_1) this.#send(SYNC, STEP_2, 2, 0, 0);
    else {
      if (this.#options.has)
        visitMessages(bytes, at, end, textCharacters, (dueMs, sentMs) => tally.delivered(dueMs, sentMs, nowMs));
      this.#arrived('state');
    }
  }

  #send(...payload: number[]): void {
    this.#socket.send(frameOf(Buffer.concat([this.#name, Buffer.from(payload)])));
  }

  #wait(what: 'open' | 'state'): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waitsFor = what;
      this.#waiting = { resolve, reject };
    });
  }

  #arrived(what: 'open' | 'state'): void {
    if (this.#waitsFor !== what) return;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#waitsFor = undefined;
    waiting?.resolve();
  }
}
