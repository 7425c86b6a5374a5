/** A `/sync` connection: all of a device's documents on numbered channels, control messages on channel 0. */
import * as decoding from 'lib0/decoding';
import { CLOSE } from '../../schema/close-codes.ts';
import { MAX_CHANNELS, MAX_CONTROL_BYTES } from '../../schema/limits.ts';
import { ClientControl, type ServerControl } from '../../schema/wire/control.ts';
import { CONTROL_CHANNEL, encodeControl } from '../../schema/wire/frame.ts';
import type { Presence } from '../presence/presence.ts';
import type { Watcher } from '../presence/watched-people.ts';
import type { Rooms } from '../room/rooms.ts';
import { SocketChannel } from './channel.ts';
import { Connection, type ConnectionOptions } from './connection.ts';
import { findRoom } from './find-room.ts';
import { MAX_CHANNEL_NUMBERS, MAX_CHANNELS_OPENING } from './limits.ts';
import { frameAll } from './web-socket-frame.ts';

export interface SharedConnectionOptions extends ConnectionOptions {
  readonly rooms: Rooms;
  readonly presence: Presence;
}

/** A number is used once: `opening` until the room is there, `closed` for ever after. */
type ChannelState = SocketChannel | 'opening' | 'closed';

const KNOWN: ReadonlySet<unknown> = new Set(ClientControl.options.map((option) => option.shape.t.value));

/** Messages that many are told: framed once. */
const framed = new WeakMap<ServerControl, Uint8Array>();

export class SharedConnection extends Connection implements Watcher {
  readonly #rooms: Rooms;
  readonly #presence: Presence;
  readonly #channels = new Map<number, ChannelState>();
  readonly #documents = new Set<string>();
  #open = 0;
  #opening = 0;

  constructor(options: SharedConnectionOptions) {
    super(options);
    this.#rooms = options.rooms;
    this.#presence = options.presence;
  }

  override receive(data: Uint8Array): void {
    const decoder = decoding.createDecoder(data);
    try {
      const number = decoding.readVarUint(decoder);
      if (number === CONTROL_CHANNEL) return this.#control(decoder);
      const channel = this.#channels.get(number);
      // Frames on a closed channel crossed its closing on the wire; frames before `opened` have no reader yet.
      if (channel instanceof SocketChannel) channel.receive(decoder);
    } catch {
      // lib0 and JSON throw on bytes that are no frame; the peer learns it from the code.
      this.close(CLOSE.hostile, 'not a frame');
    }
  }

  say(message: ServerControl): void {
    this.write(encodeControl(message));
  }

  /** Says what others are told with the same object. */
  tell(message: ServerControl): void {
    const bytes = framed.get(message) ?? frameAll([encodeControl(message)], undefined);
    framed.set(message, bytes);
    this.writeFramed(bytes);
  }

  #control(decoder: decoding.Decoder): void {
    if (decoder.arr.length > MAX_CONTROL_BYTES) return this.close(CLOSE.hostile, 'a control message too long');
    const message: unknown = JSON.parse(decoding.readVarString(decoder));
    const type = typeof message === 'object' && message && 't' in message ? message.t : undefined;
    if (typeof type !== 'string') return this.close(CLOSE.hostile, 'a control message without a type');
    // A newer client may say more than this server understands.
    if (!KNOWN.has(type)) return;
    const parsed = ClientControl.safeParse(message);
    if (!parsed.success)
      return this.close(CLOSE.hostile, `control message ${type}: ${parsed.error.issues[0]?.message}`);
    this.#obey(parsed.data);
  }

  #obey(message: ClientControl): void {
    switch (message.t) {
      case 'open':
        void this.#openChannel(message);
        return;
      case 'close':
        return this.#closeChannel(message.channel);
      case 'ping':
        return this.say({ t: 'pong' });
      case 'typing':
        return this.#presence.typed(this, message.conversation);
      case 'looking':
        return this.#presence.looked(this, message.conversation);
      case 'watch':
        return this.#presence.watch(this, message.users);
    }
  }

  async #openChannel({ channel: number, document, generation }: ClientControl & { t: 'open' }): Promise<void> {
    if (this.#channels.has(number)) return this.close(CLOSE.hostile, 'a channel number used twice');
    if (this.#channels.size >= MAX_CHANNEL_NUMBERS)
      return this.close(CLOSE.overload, 'too many channels were opened: reconnect');
    if (this.#open >= MAX_CHANNELS || this.#opening >= MAX_CHANNELS_OPENING) {
      this.#channels.set(number, 'closed');
      return this.#sayClosed(
        number,
        CLOSE.tooMany,
        `at most ${MAX_CHANNELS} channels, ${MAX_CHANNELS_OPENING} of them opening`,
      );
    }
    this.#channels.set(number, 'opening');
    this.#open++;
    this.#opening++;
    const found = await findRoom({ rooms: this.#rooms, document, user: this.user, generation });
    this.#opening--;
    if (this.hasEnded || this.#channels.get(number) !== 'opening') return;
    if (!found.ok) return this.#drop(number, found.code, found.reason);
    const { room } = found;
    const channel = new SocketChannel({
      connection: this,
      room,
      number,
      isOurs: true,
      onClose: (code, reason) => this.#drop(number, code, reason),
    });
    this.#channels.set(number, channel);
    this.#documents.add(room.id);
    this.say({ t: 'opened', channel: number, generation: room.document.generation });
    room.join(channel);
  }

  #closeChannel(number: number): void {
    const channel = this.#channels.get(number);
    if (channel === undefined || channel === 'closed') return;
    this.#release(number, channel);
  }

  /** The server ends a channel. What was hostile ends the connection with it: its sender cannot be trusted with others. */
  #drop(number: number, code: number, reason: string): void {
    const channel = this.#channels.get(number);
    if (channel === undefined || channel === 'closed') return;
    this.#release(number, channel);
    this.#sayClosed(number, code, reason);
    if (code === CLOSE.hostile) this.close(code, reason);
  }

  #release(number: number, channel: ChannelState): void {
    this.#channels.set(number, 'closed');
    this.#open--;
    if (channel instanceof SocketChannel) {
      this.#documents.delete(channel.room.id);
      channel.room.leave(channel);
      this.answered(channel, 'gone');
    }
  }

  #sayClosed(channel: number, code: number, reason: string): void {
    this.onClosing('channel', code);
    this.say({ t: 'closed', channel, code, reason });
  }

  /** Channels share the socket's heartbeat, and the client keeps its providers alive itself; but pings that are not read are not answered. */
  override keepAlive(): void {
    if (!this.isRead) this.say({ t: 'pong' });
  }

  override hasOpen(document: string): boolean {
    return this.#documents.has(document);
  }

  protected override leave(): void {
    this.#presence.forget(this);
    for (const [number, channel] of this.#channels) {
      if (channel !== 'closed') this.#release(number, channel);
    }
  }
}
