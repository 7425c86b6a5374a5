/**
 * A connection with a WebSocket of its own to `/sync`, and the channels on it. It carries bytes and control messages,
 * reconnects as `link.ts` decides, and opens every wanted channel again once there is a connection, a bounded number at a
 * time. It knows nothing of documents beyond their names. A refusal about one document closes its channel only.
 */
import * as decoding from 'lib0/decoding';
import { MAX_CHANNELS } from '../../schema/limits.ts';
import type { ClientControl, ServerControl } from '../../schema/wire/control.ts';
import { CONTROL_CHANNEL, encodeControl, encodeFrame, SUBPROTOCOL } from '../../schema/wire/frame.ts';
import type { Clock } from './clock.ts';
import type { Channel, ChannelEvents, Connection } from './connection.ts';
import { ABNORMAL, dueAt, initialLink, type LinkEffect, type LinkEvent, type LinkState, step } from './link.ts';
import { Listeners } from './listeners.ts';
import type { Wake } from './wake.ts';

/** Half of what a server takes: five tabs ask for fifty documents each when their connection is back. */
const MAX_OPENING = 50;

/** What is used of a browser's WebSocket; tests pass something smaller. */
export interface Socket {
  binaryType: string;
  onopen: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  onerror: ((event: Event) => void) | null;
  send(bytes: Uint8Array<ArrayBuffer>): void;
  close(): void;
}

export interface SocketConnectionOptions {
  readonly url: string;
  readonly createSocket: (url: string, protocol: string) => Socket;
  readonly clock: Clock;
  readonly wake: Wake;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

interface OpenChannel {
  readonly number: number;
  readonly request: ClientControl;
  readonly events: ChannelEvents;
  /** `asked`: the server was asked on the present connection. */
  stage: 'wanted' | 'asked' | 'opened';
}

export class SocketConnection implements Connection {
  readonly #options: SocketConnectionOptions;
  readonly #channels = new Map<number, OpenChannel>();
  readonly #stateListeners = new Listeners();
  readonly #controlListeners = new Listeners<ServerControl>();
  readonly #stopListening: () => void;
  #state: LinkState;
  #socket: Socket | undefined;
  #timer: { readonly at: number; readonly cancel: () => void } | undefined;
  /** Counts over the lives of all sockets: a number is never reused. */
  #lastChannel = CONTROL_CHANNEL;

  constructor(options: SocketConnectionOptions) {
    this.#options = options;
    this.#state = initialLink(options.clock.now());
    this.#stopListening = options.wake.subscribe(() => this.#raise({ is: 'nudged' }));
  }

  get state(): LinkState {
    return this.#state;
  }

  onState(listener: () => void): () => void {
    return this.#stateListeners.add(listener);
  }

  onControl(listener: (message: ServerControl) => void): () => void {
    return this.#controlListeners.add(listener);
  }

  /** Nobody shares it. */
  onStir(): () => void {
    return () => undefined;
  }

  request(): void {
    this.#raise({ is: 'requested' });
  }

  /** The person or the network is back, another tab says. */
  nudge(): void {
    this.#raise({ is: 'nudged' });
  }

  /** Does what is due by now: timers of hidden tabs are late, and a visible tab lends its own. */
  look(): void {
    this.#raise({ is: 'due' });
  }

  stop(): void {
    this.#raise({ is: 'stopped' });
  }

  open(document: string, generation: string | undefined, events: ChannelEvents): Channel {
    const number = ++this.#lastChannel;
    const request: ClientControl = { t: 'open', channel: number, document, ...(generation && { generation }) };
    const channel: OpenChannel = { number, request, events, stage: 'wanted' };
    this.#channels.set(number, channel);
    this.#ask();
    return {
      send: (payload) => {
        if (this.#channels.has(number)) this.#send(encodeFrame(number, payload));
      },
      close: () => {
        if (!this.#channels.delete(number)) return;
        if (channel.stage !== 'wanted') this.send({ t: 'close', channel: number });
        this.#ask();
      },
    };
  }

  send(message: ClientControl): void {
    if (this.#state.is === 'open') this.#send(encodeControl(message));
  }

  [Symbol.dispose](): void {
    this.#stopListening();
    this.stop();
    this.#channels.clear();
    this.#stateListeners.clear();
    this.#controlListeners.clear();
  }

  #raise(event: LinkEvent): void {
    const before = this.#state;
    const { state, effects } = step(before, event, { now: this.#options.clock.now(), random: this.#options.random() });
    this.#state = state;
    this.#arm();
    for (const effect of effects) this.#perform(effect);
    if (event.is === 'opened') this.#ask();
    // A frame heard changes only when silence began, which nobody outside can see.
    const isSilent = before === this.#state || (event.is === 'heard' && before.is === 'open' && before.isProven);
    if (!isSilent) this.#stateListeners.tell();
  }

  /** A timer that is too early is left alone: it raises `due` for nothing, which is cheaper than a new one per frame. */
  #arm(): void {
    const at = dueAt(this.#state);
    if (at !== undefined && this.#timer && this.#timer.at <= at) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (at === undefined) return;
    const { clock } = this.#options;
    const cancel = clock.after(Math.max(0, at - clock.now()), () => {
      this.#timer = undefined;
      this.#raise({ is: 'due' });
    });
    this.#timer = { at, cancel };
  }

  #perform(effect: LinkEffect): void {
    if (effect === 'connect') this.#connect();
    else if (effect === 'drop') this.#drop();
    else this.send({ t: 'ping' });
  }

  #connect(): void {
    try {
      const socket = this.#options.createSocket(this.#options.url, SUBPROTOCOL);
      this.#socket = socket;
      socket.binaryType = 'arraybuffer';
      socket.onopen = () => this.#raise({ is: 'opened' });
      socket.onmessage = (event) => this.#receive(new Uint8Array(event.data as ArrayBuffer));
      socket.onclose = (event) => this.#raise({ is: 'closed', code: event.code });
      // An error is always followed by a close, which says more.
      socket.onerror = () => undefined;
    } catch {
      // A browser may throw instead of failing later (blocked by policy): for us it is the same.
      this.#raise({ is: 'closed', code: ABNORMAL });
    }
  }

  /** The closing handshake of a dead connection takes minutes: nobody waits for it, and nothing late is heard. */
  #drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket) {
      socket.onopen = null;
      socket.onmessage = null;
      socket.onclose = null;
      socket.close();
    }
    const lost = [...this.#channels.values()].filter((channel) => channel.stage !== 'wanted');
    for (const channel of lost) this.#channels.delete(channel.number);
    for (const channel of lost) channel.events.closed(ABNORMAL, '');
  }

  #send(frame: Uint8Array): void {
    this.#socket?.send(frame as Uint8Array<ArrayBuffer>);
  }

  /** Asks for what is wanted, in the order in which it was; beyond what a server takes, what is wanted waits. */
  #ask(): void {
    if (this.#state.is !== 'open') return;
    const channels = [...this.#channels.values()];
    let opening = channels.filter(({ stage }) => stage === 'asked').length;
    let open = opening + channels.filter(({ stage }) => stage === 'opened').length;
    for (const channel of channels) {
      if (opening >= MAX_OPENING || open >= MAX_CHANNELS) return;
      if (channel.stage !== 'wanted') continue;
      channel.stage = 'asked';
      this.send(channel.request);
      opening++;
      open++;
    }
  }

  #receive(frame: Uint8Array): void {
    this.#raise({ is: 'heard' });
    const decoder = decoding.createDecoder(frame);
    const number = decoding.readVarUint(decoder);
    if (number === CONTROL_CHANNEL) this.#receiveControl(JSON.parse(decoding.readVarString(decoder)) as ServerControl);
    else this.#channels.get(number)?.events.payload(frame.subarray(decoder.pos));
  }

  #receiveControl(message: ServerControl): void {
    switch (message.t) {
      case 'opened': {
        const channel = this.#channels.get(message.channel);
        if (channel) channel.stage = 'opened';
        channel?.events.opened(message.generation);
        this.#ask();
        return;
      }
      case 'closed': {
        const channel = this.#channels.get(message.channel);
        this.#channels.delete(message.channel);
        channel?.events.closed(message.code, message.reason);
        this.#ask();
        return;
      }
      case 'pong':
        return;
      default:
        this.#controlListeners.tell(message);
    }
  }
}
