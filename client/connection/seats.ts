/**
 * One connection used by several tabs, each from a seat of its own: channels belong to seats, control messages go to all, and
 * what the server counts by connection is put together here. It does not know how far away those who sit there are.
 */

import { MAX_WATCHED } from '../../schema/limits.ts';
import type { ClientControl, ServerControl } from '../../schema/wire/control.ts';
import { PAYLOAD, SYNC } from '../../schema/wire/frame.ts';
import type { Channel, ChannelEvents, Connection, Seat } from './connection.ts';
import { Listeners } from './listeners.ts';

export class Seats {
  readonly #connection: Connection;
  readonly #seats = new Set<OwnSeat>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  take(): Seat {
    const seat: OwnSeat = new OwnSeat({
      connection: this.#connection,
      onUpdate: (document) => this.#stir(document),
      onWatch: () => this.#watch(seat),
      onLook: () => this.#look(seat),
      onLeft: () => {
        this.#seats.delete(seat);
        if (seat.watched.length > 0) this.#watch();
        if (seat.lookedAt !== undefined) this.#look();
      },
    });
    this.#seats.add(seat);
    return seat;
  }

  #stir(document: string): void {
    for (const seat of this.#seats) if (!seat.holds(document)) seat.stirred.tell(document);
  }

  /** The server keeps one list a connection: everybody's, and the newest wish first should they be too many. */
  #watch(newest?: OwnSeat): void {
    const others = [...this.#seats].filter((seat) => seat !== newest).flatMap((seat) => seat.watched);
    const users = [...new Set([...(newest?.watched ?? []), ...others])].slice(0, MAX_WATCHED);
    this.#connection.send({ t: 'watch', users });
  }

  /** One tab has the focus. That another one has lost it may be heard later than that this one got it. */
  #look(newest?: OwnSeat): void {
    const conversation = newest?.lookedAt ?? [...this.#seats].find((seat) => seat.lookedAt !== undefined)?.lookedAt;
    this.#connection.send({ t: 'looking', ...(conversation !== undefined && { conversation }) });
  }
}

interface OwnSeatOptions {
  readonly connection: Connection;
  /** Somebody changed the document, and a channel of this seat brought it. */
  readonly onUpdate: (document: string) => void;
  readonly onWatch: () => void;
  readonly onLook: () => void;
  readonly onLeft: () => void;
}

class OwnSeat implements Seat {
  readonly stirred = new Listeners<string>();
  /** The people this tab wants to hear of. */
  watched: readonly string[] = [];
  /** The conversation that this tab has before somebody's eyes. */
  lookedAt: string | undefined;
  readonly #options: OwnSeatOptions;
  readonly #channels = new Map<object, { readonly document: string; readonly channel: Channel }>();
  readonly #stopListening = new Set<() => void>();

  constructor(options: OwnSeatOptions) {
    this.#options = options;
  }

  get state() {
    return this.#options.connection.state;
  }

  onState(listener: () => void): () => void {
    return this.#listening(this.#options.connection.onState(listener));
  }

  onControl(listener: (message: ServerControl) => void): () => void {
    return this.#listening(this.#options.connection.onControl(listener));
  }

  onStir(listener: (document: string) => void): () => void {
    return this.stirred.add(listener);
  }

  request(): void {
    this.#options.connection.request();
  }

  open(document: string, generation: string | undefined, events: ChannelEvents): Channel {
    const { connection, onUpdate } = this.#options;
    const key = {};
    const channel = connection.open(document, generation, {
      opened: (stored) => events.opened(stored),
      payload: (bytes) => {
        events.payload(bytes);
        if (bytes[0] === PAYLOAD.sync && bytes[1] === SYNC.update) onUpdate(document);
      },
      closed: (code, reason) => {
        this.#channels.delete(key);
        events.closed(code, reason);
      },
    });
    this.#channels.set(key, { document, channel });
    return {
      send: (payload) => channel.send(payload),
      close: () => {
        this.#channels.delete(key);
        channel.close();
      },
    };
  }

  send(message: ClientControl): void {
    if (message.t === 'watch') {
      this.watched = message.users;
      this.#options.onWatch();
    } else if (message.t === 'looking') {
      this.lookedAt = message.conversation;
      this.#options.onLook();
    } else {
      this.#options.connection.send(message);
    }
  }

  holds(document: string): boolean {
    for (const held of this.#channels.values()) if (held.document === document) return true;
    return false;
  }

  /** Its tab is gone, or will not be served any more. */
  [Symbol.dispose](): void {
    for (const stop of this.#stopListening) stop();
    this.stirred.clear();
    for (const { channel } of this.#channels.values()) channel.close();
    this.#channels.clear();
    this.#options.onLeft();
  }

  #listening(stop: () => void): () => void {
    this.#stopListening.add(stop);
    return stop;
  }
}
