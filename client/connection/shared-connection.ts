/**
 * The connection of all tabs of one browser and account: one of them, the leader, has the socket, the others follow. Which it
 * is shows nowhere above. When the leader ends, another tab leads at once; to whoever uses a channel that is a connection
 * lost and found, after which the sync protocol sends again what was on its way, so nothing is lost and nothing comes twice.
 */
import type { ClientControl, ServerControl } from '../../schema/wire/control.ts';
import type { Bus } from './bus.ts';
import type { Channel, ChannelEvents, Connection, Seat } from './connection.ts';
import { Election, type Locks } from './election.ts';
import { Follower } from './follower.ts';
import { Leader, lifeLock } from './leader.ts';
import { initialLink, type LinkState } from './link.ts';
import { Listeners } from './listeners.ts';
import { SocketConnection, type SocketConnectionOptions } from './socket-connection.ts';
import { TABS_VERSION, TabBus } from './tab-bus.ts';

export interface SharedConnectionOptions extends SocketConnectionOptions {
  readonly locks: Locks;
  readonly createBus: (name: string) => Bus;
  /** Tabs that give the same name share a connection. */
  readonly name: string;
  /** This tab leads now: a former leader may have died in the middle of something. */
  readonly onLead: () => void;
}

interface Wanted {
  readonly document: string;
  readonly generation: string | undefined;
  readonly events: ChannelEvents;
  /** Where it was asked for, and as what. */
  seat: Seat | undefined;
  channel: Channel | undefined;
}

export class SharedConnection implements Connection {
  readonly #options: SharedConnectionOptions;
  readonly #name: string;
  readonly #stateListeners = new Listeners();
  readonly #controlListeners = new Listeners<ServerControl>();
  readonly #stirListeners = new Listeners<string>();
  readonly #wanted = new Set<Wanted>();
  readonly #bus: TabBus;
  readonly #dying = new AbortController();
  #stopped: LinkState;
  #election: Election | undefined;
  #follower: Follower | undefined;
  #leader: Leader | undefined;
  #stopListening: (() => void)[] = [];
  /** Of the newest leader known, which may be this tab. */
  #term = 0;

  constructor(options: SharedConnectionOptions) {
    const { locks, createBus, clock } = options;
    this.#options = options;
    this.#name = `${options.name}/connection.${TABS_VERSION}`;
    this.#stopped = initialLink(clock.now());
    const tab = crypto.getRandomValues(new Uint32Array(2)).join('-');
    this.#bus = new TabBus({ createBus, name: this.#name, tab });
    const untilDeath = () => new Promise<void>((end) => this.#dying.signal.addEventListener('abort', () => end()));
    // Where locks are not given, this tab leads itself and nobody waits for its end.
    locks.request(lifeLock(this.#name, tab), {}, untilDeath).catch(() => undefined);
  }

  get #seat(): Seat | undefined {
    return this.#leader?.seat ?? this.#follower;
  }

  get state(): LinkState {
    return this.#seat?.state ?? this.#stopped;
  }

  onState(listener: () => void): () => void {
    return this.#stateListeners.add(listener);
  }

  onControl(listener: (message: ServerControl) => void): () => void {
    return this.#controlListeners.add(listener);
  }

  onStir(listener: (document: string) => void): () => void {
    return this.#stirListeners.add(listener);
  }

  request(): void {
    if (this.#election) return this.#seat?.request();
    this.#follow(this.#stopped.troubleSince);
    const { locks } = this.#options;
    this.#election = new Election({
      locks,
      name: this.#name,
      onElected: () => this.#lead(),
      onRobbed: () => this.#follow(this.#options.clock.now()),
    });
  }

  /** Leaves the connection to the other tabs, which find out by themselves whether they may have one. */
  stop(): void {
    const { state } = this;
    this.#election?.[Symbol.dispose]();
    this.#election = undefined;
    if (!this.#seat) return;
    const code = state.is === 'stopped' ? state.code : undefined;
    this.#noteTerm();
    this.#stopped = { is: 'stopped', code, troubleSince: this.#options.clock.now() };
    this.#move(() => undefined);
  }

  open(document: string, generation: string | undefined, events: ChannelEvents): Channel {
    const wanted: Wanted = { document, generation, events, seat: undefined, channel: undefined };
    this.#wanted.add(wanted);
    this.#ask(wanted);
    return {
      send: (payload) => wanted.channel?.send(payload),
      close: () => {
        if (this.#wanted.delete(wanted)) wanted.channel?.close();
      },
    };
  }

  send(message: ClientControl): void {
    this.#seat?.send(message);
  }

  [Symbol.dispose](): void {
    this.stop();
    this.#dying.abort();
    this.#bus[Symbol.dispose]();
    this.#wanted.clear();
    this.#stateListeners.clear();
    this.#controlListeners.clear();
    this.#stirListeners.clear();
  }

  #lead(): void {
    const { locks, clock, onLead } = this.#options;
    this.#noteTerm();
    this.#term = Math.max(clock.now(), this.#term + 1);
    this.#move(() => {
      const connection = new SocketConnection(this.#options);
      this.#leader = new Leader({ bus: this.#bus, locks, name: this.#name, connection, term: this.#term });
      return this.#leader.seat;
    });
    onLead();
  }

  #follow(troubleSince: number): void {
    const { clock, wake } = this.#options;
    this.#noteTerm();
    this.#move(() => {
      const onSilent = () => this.#election?.steal();
      this.#follower = new Follower({ bus: this.#bus, clock, wake, troubleSince, term: this.#term, onSilent });
      return this.#follower;
    });
  }

  #noteTerm(): void {
    this.#term = Math.max(this.#term, this.#follower?.term ?? 0);
  }

  /**
   * Takes another seat. The former one is left when there is a new one, because whoever hears that a channel was lost asks
   * for it again at once; what the former had not asked for yet moves along.
   */
  #move(take: () => Seat | undefined): void {
    const former = { seat: this.#seat, leader: this.#leader, follower: this.#follower };
    for (const stop of this.#stopListening) stop();
    this.#leader = undefined;
    this.#follower = undefined;
    const seat = take();
    this.#stopListening = seat
      ? [
          seat.onState(() => this.#stateListeners.tell()),
          seat.onControl((message) => this.#controlListeners.tell(message)),
          seat.onStir((document) => this.#stirListeners.tell(document)),
        ]
      : [];
    former.leader?.[Symbol.dispose]();
    former.follower?.[Symbol.dispose]();
    for (const wanted of [...this.#wanted]) if (wanted.seat === former.seat) this.#ask(wanted);
    this.#stateListeners.tell();
  }

  #ask(wanted: Wanted): void {
    const seat = this.#seat;
    wanted.seat = seat;
    wanted.channel = seat?.open(wanted.document, wanted.generation, {
      opened: (generation) => this.#wanted.has(wanted) && wanted.events.opened(generation),
      payload: (bytes) => this.#wanted.has(wanted) && wanted.events.payload(bytes),
      closed: (code, reason) => {
        if (this.#wanted.delete(wanted)) wanted.events.closed(code, reason);
      },
    });
  }
}
