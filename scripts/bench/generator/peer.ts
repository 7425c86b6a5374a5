/**
 * One simulated client: a lean socket, at most one open channel, the writer it appends under, and what it waits for. It
 * follows the protocol as an honest client does: it opens, waits, syncs both ways, appends after the last element it or its
 * room has seen. The raw baseline is the same peer without the opening.
 */
import type { ClientControl, ServerControl } from '../../../schema/wire/control.ts';
import { encodeControl, encodeFrame, encodeSync, SYNC } from '../../../schema/wire/frame.ts';
import { frameOf, LeanSocket } from './lean-socket.ts';
import { type ElementId, encodeMessageFrame, noteElement, readVarUint, varUintEnd, visitMessages } from './message.ts';
import type { Counts } from './tally.ts';

/** Where a peer connects and as whom. */
export interface PeerOptions {
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The channel to open the document on, below 128. */
  readonly channel: number;
  /** The document to open; undefined for the baseline. */
  readonly document?: string;
  readonly user: string;
  readonly writer: number;
  readonly roomName: string;
  readonly room: Room;
  readonly tally: Counts;
  readonly textCharacters: number;
  /** The state vector of what this client has; messages of the answer then count as delivered. Without it, it has nothing. */
  readonly has?: () => Uint8Array;
  /** Tidewire's: hears every control message that concerns no channel. */
  readonly onControl?: (message: ServerControl) => void;
}

/** What the peers of a room share: the element last seen there, which one peer keeps for all. */
export interface Room {
  readonly last: { writer: number; clock: number };
  observer: Client | undefined;
}

/** What a fleet does with a client, whatever protocol it speaks. */
export interface Client {
  upgraded(): Promise<void>;
  authenticated(): Promise<void>;
  openChannel(): Promise<void>;
  push(dueMs: number): void;
  destroy(): void;
}

const PING = frameOf(encodeControl({ t: 'ping' }));
const NOTHING = Uint8Array.of(0);
/** The update without structs and deletes: this client has nothing the server lacks. */
const STEP_2 = encodeSync(SYNC.step2, Uint8Array.of(0, 0));

interface Waiting {
  resolve(): void;
  reject(error: Error): void;
}

export class Peer implements Client {
  readonly #options: PeerOptions;
  readonly #tally: Counts;
  readonly #socket: LeanSocket;
  readonly #room: Room;
  readonly #channel: number;
  #clock = 0;
  /** Send times of the messages not yet acknowledged, oldest first; the oldest has clock `#acknowledged`. */
  #unacknowledged: number[] = [];
  #acknowledged = 0;
  #waiting: Waiting | undefined;
  #waitingFor: 'upgrade' | 'pong' | 'state' | undefined;
  #state: Uint8Array | undefined;

  constructor(options: PeerOptions) {
    this.#options = options;
    this.#tally = options.tally;
    this.#room = options.room;
    this.#channel = options.channel;
    this.#room.observer ??= this;
    this.#socket = new LeanSocket({
      port: options.port,
      path: options.path,
      headers: options.headers,
      events: {
        onOpen: () => {
          if (this.#waitingFor === 'upgrade') this.#arrived('upgrade');
        },
        onFrame: (bytes, start, end, nowMs) => this.#frame(bytes, start, end, nowMs),
        onClose: (reason) => this.#closed(reason),
      },
    });
  }

  /** The update of the SyncStep2 that answered `openChannel`. */
  get state(): Uint8Array | undefined {
    return this.#state;
  }

  /** Resolves when the upgrade was accepted. */
  upgraded(): Promise<void> {
    return this.#wait('upgrade');
  }

  /** Resolves when the server, which answers control messages only to whom it knows, has answered one. */
  authenticated(): Promise<void> {
    this.#socket.send(PING);
    return this.#wait('pong');
  }

  /** Opens the document and resolves when its state has come completely. */
  openChannel(): Promise<void> {
    this.#socket.send(frameOf(encodeControl({ t: 'open', channel: this.#channel, document: this.#options.document })));
    return this.#wait('state');
  }

  say(message: ClientControl): void {
    this.#socket.send(frameOf(encodeControl(message)));
  }

  /** Appends one message; `dueMs` is when the schedule wanted it. */
  push(dueMs: number): void {
    const sentMs = performance.now();
    const origin = this.#origin();
    this.#socket.send(
      encodeMessageFrame({
        channel: this.#channel,
        writer: this.#options.writer,
        clock: this.#clock++,
        origin,
        from: this.#options.user,
        at: Date.now(),
        dueMs,
        sentMs,
        textCharacters: this.#options.textCharacters,
      }),
    );
    if (this.#options.document !== undefined) this.#unacknowledged.push(sentMs);
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** After its own element while that is under way, else after the last one received. */
  #origin(): ElementId | undefined {
    if (this.#unacknowledged.length > 0) return { writer: this.#options.writer, clock: this.#clock - 1 };
    return this.#room.last.writer < 0 ? undefined : this.#room.last;
  }

  #frame(bytes: Buffer, start: number, end: number, nowMs: number): void {
    if (bytes[start] !== this.#channel) {
      if (bytes[start] === 0) this.#control(bytes.toString('utf8', start, end));
      return;
    }
    const type = bytes[start + 1];
    if (type === 0) this.#sync(bytes, start, end, nowMs);
    else if (type === 100) this.#acknowledge(bytes, start + 2, nowMs);
    else if (type === 101) this.#tally.refusals++;
  }

  #sync(bytes: Buffer, start: number, end: number, nowMs: number): void {
    const type = bytes[start + 2];
    if (type === SYNC.update) {
      this.#visit(bytes, start, end, nowMs);
      if (this.#room.observer === this) this.#noteElement(bytes, start);
    } else if (type === SYNC.step1) {
      this.#socket.send(frameOf(encodeFrame(this.#channel, STEP_2)));
    } else {
      const bytesOfState = readVarUint(bytes, start + 3);
      this.#state = Uint8Array.prototype.slice.call(bytes, varUintEnd, varUintEnd + bytesOfState);
      if (this.#options.has) this.#visit(bytes, start, end, nowMs);
      if (this.#room.observer === this) this.#noteElement(bytes, start);
      this.#arrived('state');
    }
  }

  #visit(bytes: Buffer, start: number, end: number, nowMs: number): void {
    visitMessages(bytes, start, end, this.#options.textCharacters, (dueMs, sentMs) =>
      this.#tally.delivered(dueMs, sentMs, nowMs),
    );
  }

  #noteElement(bytes: Buffer, start: number): void {
    readVarUint(bytes, start + 3);
    noteElement(bytes, varUintEnd, this.#room.last);
  }

  #acknowledge(bytes: Buffer, start: number, nowMs: number): void {
    if (readVarUint(bytes, start) !== this.#options.writer) return;
    const clock = readVarUint(bytes, varUintEnd);
    for (; this.#acknowledged < clock; this.#acknowledged++) {
      const sentMs = this.#unacknowledged.shift();
      if (sentMs !== undefined) this.#tally.acknowledged(sentMs, nowMs);
    }
  }

  #control(text: string): void {
    const message = JSON.parse(text.slice(text.indexOf('{'))) as ServerControl;
    if (message.t === 'pong') this.#arrived('pong');
    else if (message.t === 'opened') {
      const vector = this.#options.has?.() ?? NOTHING;
      this.#socket.send(frameOf(encodeFrame(this.#channel, encodeSync(SYNC.step1, vector))));
    } else if (message.t === 'closed') this.#fail(`channel closed with ${message.code} ${message.reason}`);
    else this.#options.onControl?.(message);
  }

  #wait(what: 'upgrade' | 'pong' | 'state'): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waitingFor = what;
      this.#waiting = { resolve, reject };
    });
  }

  #arrived(what: 'upgrade' | 'pong' | 'state'): void {
    if (this.#waitingFor !== what) return;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#waitingFor = undefined;
    waiting?.resolve();
  }

  #closed(reason: string): void {
    if (reason !== 'destroyed here') this.#fail(reason);
  }

  #fail(reason: string): void {
    this.#tally.failed(reason);
    this.#waiting?.reject(new Error(reason));
    this.#waiting = undefined;
    this.#waitingFor = undefined;
  }
}
