/** A `/documents/<id>` connection: one document for any stock y-websocket client. */
import * as decoding from 'lib0/decoding';
import { CLOSE } from '../../schema/close-codes.ts';
import { KEEP_ALIVE } from '../../schema/wire/frame.ts';
import type { Rooms } from '../room/rooms.ts';
import { SocketChannel } from './channel.ts';
import { Connection, type ConnectionOptions } from './connection.ts';
import { findRoom } from './find-room.ts';

export interface DocumentConnectionOptions extends ConnectionOptions {
  readonly rooms: Rooms;
  readonly document: string;
  /** Whether the client asked for our subprotocol and so understands acknowledgements and refusals. */
  readonly isOurs: boolean;
}

export class DocumentConnection extends Connection {
  readonly #document: string;
  #channel: SocketChannel | undefined;
  /** What the client sent before the room was loaded: a stock client does not wait. */
  #early: Uint8Array[] | undefined = [];

  constructor(options: DocumentConnectionOptions) {
    super(options);
    this.#document = options.document;
    void this.#open(options);
  }

  async #open({ rooms, document, isOurs }: DocumentConnectionOptions): Promise<void> {
    const found = await findRoom({ rooms, document, user: this.user });
    if (this.hasEnded) return;
    if (!found.ok) return this.close(found.code, found.reason);
    const { room } = found;
    this.#channel = new SocketChannel({
      connection: this,
      room,
      number: undefined,
      isOurs,
      onClose: (code, reason) => this.close(code, reason),
    });
    room.join(this.#channel);
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const data of early) {
      this.done(data.length);
      this.receive(data);
    }
  }

  override receive(data: Uint8Array): void {
    if (this.#channel) this.#channel.receive(decoding.createDecoder(data));
    else if (this.#early) {
      this.wait(data.length);
      this.#early.push(data);
      if (this.#early.length > MAX_EARLY_MESSAGES) this.close(CLOSE.hostile, 'too much before the document was open');
    }
  }

  override keepAlive(): void {
    this.write(KEEP_ALIVE);
  }

  override hasOpen(document: string): boolean {
    return document === this.#document;
  }

  protected override leave(): void {
    if (this.#channel) this.#channel.room.leave(this.#channel);
    this.#early = undefined;
  }
}

/** A stock client sends two messages at once and one for every change; opening takes milliseconds. */
const MAX_EARLY_MESSAGES = 1_000;
