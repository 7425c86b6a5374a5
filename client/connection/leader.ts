/**
 * The tab that has the socket: serves the other tabs from it, each at a seat of its own, until they leave, die or take in
 * nothing any more. Its own tab sits there like the others.
 */
import type { Channel, Seat } from './connection.ts';
import type { Locks } from './election.ts';
import { Seats } from './seats.ts';
import type { SocketConnection } from './socket-connection.ts';
import type { Letter, TabBus, ToFollower, ToLeader } from './tab-bus.ts';

/**
 * Bytes sent to a tab that it has not taken in. A tab that opens gets fifty full epochs, 13 MB, before it has read the first;
 * a frozen one would let the browser keep all that is said for hours.
 */
const MAX_UNTAKEN_BYTES = 64 * 1024 * 1024;

/** A tab holds a lock of this name as long as it lives, so that the leader learns of its end. */
export const lifeLock = (name: string, tab: string): string => `${name}/${tab}`;

export interface LeaderOptions {
  readonly bus: TabBus;
  readonly locks: Locks;
  readonly name: string;
  readonly connection: SocketConnection;
  /** Greater than those of all leaders before. */
  readonly term: number;
}

interface Guest {
  readonly seat: Seat;
  readonly channels: Map<number, Channel>;
  readonly leaving: AbortController;
  untakenBytes: number;
}

export class Leader implements Disposable {
  /** Of its own tab. */
  readonly seat: Seat;
  readonly #options: LeaderOptions;
  readonly #seats: Seats;
  readonly #guests = new Map<string, Guest>();
  readonly #stopListening: () => void;
  #isDisposed = false;

  constructor(options: LeaderOptions) {
    const { bus, connection } = options;
    this.#options = options;
    this.#seats = new Seats(connection);
    this.seat = this.#seats.take();
    this.#stopListening = bus.listen({
      heard: ({ t }) => t === 'who' && this.#announce(),
      received: (letter) => this.#receive(letter),
    });
    this.#announce();
    connection.request();
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#stopListening();
    this.#options.connection[Symbol.dispose]();
    for (const tab of [...this.#guests.keys()]) this.#part(tab);
    this.seat[Symbol.dispose]();
  }

  #announce(): void {
    const { bus, term } = this.#options;
    bus.announce({ t: 'lead', tab: bus.tab, term });
  }

  #send(tab: string, body: ToFollower): void {
    const { bus, term } = this.#options;
    if (!this.#isDisposed) bus.send(tab, { to: 'follower', term, body });
  }

  #receive(letter: Letter): void {
    if (letter.to !== 'leader' || letter.term !== this.#options.term) return;
    const { from, body } = letter;
    if (body.t === 'join') return this.#welcome(from);
    const guest = this.#guests.get(from);
    if (guest) this.#serve(from, guest, body);
    else if (body.t !== 'leave') this.#send(from, { t: 'dropped' });
  }

  #serve(from: string, guest: Guest, body: ToLeader): void {
    switch (body.t) {
      case 'leave':
        return this.#part(from);
      case 'ask':
        this.#options.connection.look();
        return this.#send(from, { t: 'here' });
      case 'request':
        return guest.seat.request();
      case 'nudge':
        return this.#options.connection.nudge();
      case 'open':
        return this.#open(from, guest, body);
      case 'close':
        guest.channels.get(body.channel)?.close();
        guest.channels.delete(body.channel);
        return;
      case 'payload':
        return guest.channels.get(body.channel)?.send(body.payload);
      case 'control':
        return guest.seat.send(body.message);
      case 'taken':
        guest.untakenBytes -= body.bytes;
        return;
      case 'join':
    }
  }

  #welcome(tab: string): void {
    this.#part(tab);
    const { locks, name, connection } = this.#options;
    const guest: Guest = {
      seat: this.#seats.take(),
      channels: new Map(),
      leaving: new AbortController(),
      untakenBytes: 0,
    };
    this.#guests.set(tab, guest);
    guest.seat.onState(() => this.#send(tab, { t: 'state', state: connection.state }));
    guest.seat.onControl((message) => this.#send(tab, { t: 'control', message }));
    guest.seat.onStir((document) => this.#send(tab, { t: 'stir', document }));
    this.#send(tab, { t: 'state', state: connection.state });
    locks
      .request(lifeLock(name, tab), { signal: guest.leaving.signal }, async () => this.#part(tab))
      // It left, or no locks are given: then it is noticed when it takes in nothing any more.
      .catch(() => undefined);
  }

  #part(tab: string): void {
    const guest = this.#guests.get(tab);
    if (!guest) return;
    this.#guests.delete(tab);
    guest.leaving.abort();
    guest.seat[Symbol.dispose]();
    this.#options.bus.forget(tab);
  }

  #open(tab: string, guest: Guest, { channel, document, generation }: ToLeader & { t: 'open' }): void {
    const opened = guest.seat.open(document, generation, {
      opened: (stored) => this.#send(tab, { t: 'opened', channel, generation: stored }),
      payload: (payload) => {
        this.#send(tab, { t: 'payload', channel, payload });
        guest.untakenBytes += payload.length;
        if (guest.untakenBytes > MAX_UNTAKEN_BYTES) this.#drop(tab);
      },
      closed: (code, reason) => {
        guest.channels.delete(channel);
        this.#send(tab, { t: 'closed', channel, code, reason });
      },
    });
    guest.channels.set(channel, opened);
  }

  #drop(tab: string): void {
    this.#send(tab, { t: 'dropped' });
    this.#part(tab);
  }
}
