/**
 * The one `/sync` WebSocket of this tab and the channels on it. It carries bytes and control messages, reconnects as
 * `link.ts` decides, and opens every wanted channel again once there is a connection. It knows nothing of documents beyond
 * their names. A refusal about one document closes its channel only.
 */
import * as decoding from 'lib0/decoding';
import type { ClientControl, ServerControl } from '../../schema/wire/control.ts';
import { CONTROL_CHANNEL, encodeControl, encodeFrame, SUBPROTOCOL } from '../../schema/wire/frame.ts';
import type { Clock } from './clock.ts';
import { ABNORMAL, dueAt, initialLink, type LinkEffect, type LinkEvent, type LinkState, step } from './link.ts';
import type { Wake } from './wake.ts';

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

export interface ConnectionOptions {
  readonly url: string;
  readonly createSocket: (url: string, protocol: string) => Socket;
  readonly clock: Clock;
  readonly wake: Wake;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** Called by the connection; nothing is called after `closed` or after the channel's owner closed it. */
export interface ChannelEvents {
  opened(generation: string): void;
  payload(bytes: Uint8Array): void;
  /** 1006 when the connection ended, else the code the server gave for this channel. */
  closed(code: number, reason: string): void;
}

export interface Channel {
  /** Only after `opened`. */
  send(payload: Uint8Array): void;
  close(): void;
}

interface OpenChannel {
  readonly number: number;
  readonly request: ClientControl;
  readonly events: ChannelEvents;
  /** The server was asked on the present connection. */
  isRequested: boolean;
}

export class Connection implements Disposable {
  readonly #options: ConnectionOptions;
  readonly #channels = new Map<number, OpenChannel>();
  readonly #stateListeners = new Set<() => void>();
  readonly #controlListeners = new Set<(message: ServerControl) => void>();
  readonly #stopListening: () => void;
  #state: LinkState;
  #socket: Socket | undefined;
  #timer: { readonly at: number; readonly cancel: () => void } | undefined;
  /** Counts over the lives of all sockets: a number is never reused. */
  #lastChannel = CONTROL_CHANNEL;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#state = initialLink(options.clock.now());
    this.#stopListening = options.wake.subscribe(() => this.#raise({ is: 'nudged' }));
  }

  get state(): LinkState {
    return this.#state;
  }

  /** Called after every change of `state`. */
  onState(listener: () => void): () => void {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  }

  /** Called with every control message that is not about a channel. */
  onControl(listener: (message: ServerControl) => void): () => void {
    this.#controlListeners.add(listener);
    return () => this.#controlListeners.delete(listener);
  }

  /** Connects, now; also after a permanent code, when the reason for it is gone. */
  request(): void {
    this.#raise({ is: 'requested' });
  }

  /** Closes and stays closed until the next `request`. */
  stop(): void {
    this.#raise({ is: 'stopped' });
  }

  /** Asks for a document, now or as soon as there is a connection. */
  open(document: string, generation: string | undefined, events: ChannelEvents): Channel {
    const number = ++this.#lastChannel;
    const request: ClientControl = { t: 'open', channel: number, document, ...(generation && { generation }) };
    const channel: OpenChannel = { number, request, events, isRequested: false };
    this.#channels.set(number, channel);
    if (this.#state.is === 'open') this.#requestChannel(channel);
    return {
      send: (payload) => {
        if (this.#channels.has(number)) this.#send(encodeFrame(number, payload));
      },
      close: () => {
        if (this.#channels.delete(number) && channel.isRequested) this.send({ t: 'close', channel: number });
      },
    };
  }

  /** Sends a control message; lost when there is no connection. */
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
    if (event.is === 'opened' && state.is === 'open')
      for (const channel of this.#channels.values()) this.#requestChannel(channel);
    // A frame heard changes only when silence began, which nobody outside can see.
    const isSilent = before === this.#state || (event.is === 'heard' && before.is === 'open' && before.isProven);
    if (!isSilent) for (const listener of [...this.#stateListeners]) listener();
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
    const lost = [...this.#channels.values()].filter((channel) => channel.isRequested);
    for (const channel of lost) this.#channels.delete(channel.number);
    for (const channel of lost) channel.events.closed(ABNORMAL, '');
  }

  #send(frame: Uint8Array): void {
    this.#socket?.send(frame as Uint8Array<ArrayBuffer>);
  }

  #requestChannel(channel: OpenChannel): void {
    channel.isRequested = true;
    this.send(channel.request);
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
      case 'opened':
        this.#channels.get(message.channel)?.events.opened(message.generation);
        return;
      case 'closed': {
        const channel = this.#channels.get(message.channel);
        this.#channels.delete(message.channel);
        channel?.events.closed(message.code, message.reason);
        return;
      }
      case 'pong':
        return;
      default:
        for (const listener of [...this.#controlListeners]) listener(message);
    }
  }
}
