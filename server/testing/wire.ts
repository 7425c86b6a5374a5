/**
 * A client without manners: one document over a real socket, on `/sync` or `/documents`, that sends any bytes and keeps
 * everything it hears, in order. It answers nothing by itself.
 */
import * as decoding from 'lib0/decoding';
import { WebSocket } from 'ws';
import type { ServerControl } from '../../schema/wire/control.ts';
import {
  type Acknowledgement,
  encodeControl,
  encodeFrame,
  encodeSync,
  PAYLOAD,
  type RefusalNotice,
  readAcknowledgement,
  readRefusal,
  SUBPROTOCOL,
  SYNC,
} from '../../schema/wire/frame.ts';
import { Bell } from './bell.ts';

export type Path = '/sync' | '/documents';

export type Heard =
  | { readonly is: 'step1'; readonly bytes: Uint8Array }
  | { readonly is: 'step2'; readonly bytes: Uint8Array }
  | { readonly is: 'update'; readonly bytes: Uint8Array }
  | ({ readonly is: 'acknowledgement' } & Acknowledgement)
  | ({ readonly is: 'refusal' } & RefusalNotice)
  | { readonly is: 'other'; readonly type: number };

export interface End {
  readonly code: number;
  readonly reason: string;
}

interface SocketOptions {
  readonly port: number;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly protocols?: readonly string[];
}

/** A socket to the server: what it heard as bytes and how it ended. */
export class RawSocket implements Disposable {
  readonly socket: WebSocket;
  readonly bell = new Bell();
  readonly frames: Uint8Array[] = [];
  readonly controls: ServerControl[] = [];
  ended: End | undefined;
  hasOpened = false;
  readonly #isShared: boolean;

  constructor({ port, path, headers = {}, protocols = [SUBPROTOCOL] }: SocketOptions) {
    this.#isShared = path === '/sync';
    this.socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, [...protocols], { headers });
    this.socket.binaryType = 'nodebuffer';
    this.socket.on('open', () => {
      this.hasOpened = true;
      this.bell.ring();
    });
    this.socket.on('message', (data: Buffer) => {
      this.frames.push(data);
      if (this.#isShared && data[0] === 0) {
        const decoder = decoding.createDecoder(data);
        decoding.readVarUint(decoder);
        this.controls.push(JSON.parse(decoding.readVarString(decoder)) as ServerControl);
      }
      this.bell.ring();
    });
    this.socket.on('error', () => this.bell.ring());
    this.socket.on('close', (code, reason) => {
      this.ended = { code, reason: reason.toString() };
      this.bell.ring();
    });
  }

  opened(): Promise<unknown> {
    return this.bell.until(() => this.hasOpened || this.ended, 'the socket to open');
  }

  end(): Promise<End> {
    return this.bell.until(() => this.ended, 'the socket to close');
  }

  control<T extends ServerControl['t']>(t: T, channel?: number): Promise<Extract<ServerControl, { t: T }>> {
    const isIt = (message: ServerControl): message is Extract<ServerControl, { t: T }> =>
      message.t === t && (channel === undefined || ('channel' in message && message.channel === channel));
    return this.bell.until(() => this.controls.find(isIt), `the control message ${t}`);
  }

  send(bytes: Uint8Array | string): void {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(bytes);
  }

  /** Any object: also one that is no control message. */
  sendControl(message: object): void {
    this.send(encodeControl(message));
  }

  [Symbol.dispose](): void {
    this.socket.terminate();
  }
}

interface WireOptions {
  readonly port: number;
  readonly path: Path;
  readonly document: string;
  readonly bearer: string;
  readonly generation?: string;
  readonly protocols?: readonly string[];
}

const CHANNEL = 1;

export class Wire implements Disposable {
  readonly raw: RawSocket;
  readonly heard: Heard[] = [];
  readonly #path: Path;
  readonly #onHeard = new Set<(heard: Heard) => void>();

  private constructor(raw: RawSocket, path: Path) {
    this.raw = raw;
    this.#path = path;
    raw.socket.on('message', (data: Buffer) => this.#hear(data));
  }

  /** Open means: on `/sync` the channel is opened, on `/documents` the server has asked its first question; or it has ended. */
  static async open({ port, path, document, bearer, generation, protocols }: WireOptions): Promise<Wire> {
    const raw = new RawSocket({
      port,
      path: path === '/sync' ? path : `${path}/${document}`,
      headers: { authorization: bearer },
      ...(protocols && { protocols }),
    });
    const wire = new Wire(raw, path);
    await raw.opened();
    if (path === '/sync') {
      raw.sendControl({ t: 'open', channel: CHANNEL, document, ...(generation !== undefined && { generation }) });
    }
    await raw.bell.until(() => raw.ended || wire.closing || wire.heard.length > 0, 'the document to open');
    return wire;
  }

  /** The `closed` control message of this channel, as far as it was said. */
  get closing(): End | undefined {
    const closed = this.raw.controls.find((message) => message.t === 'closed' && message.channel === CHANNEL);
    return closed?.t === 'closed' ? closed : undefined;
  }

  get generation(): string | undefined {
    const opened = this.raw.controls.find((message) => message.t === 'opened');
    return opened?.t === 'opened' ? opened.generation : undefined;
  }

  send(payload: Uint8Array): void {
    this.raw.send(this.#path === '/sync' ? encodeFrame(CHANNEL, payload) : payload);
  }

  sendUpdate(bytes: Uint8Array): void {
    this.send(encodeSync(SYNC.update, bytes));
  }

  sendStep2(bytes: Uint8Array): void {
    this.send(encodeSync(SYNC.step2, bytes));
  }

  /** Asks for what is missing in a state vector (nothing known, unless told) and waits for the answer: all that was sent before is judged then. */
  async ask(vector: Uint8Array = Uint8Array.of(0)): Promise<Uint8Array> {
    const count = this.all('step2').length;
    this.send(encodeSync(SYNC.step1, vector));
    return this.raw.bell.until(() => {
      if (this.raw.ended)
        throw new Error(`The socket was closed with ${this.raw.ended.code}: ${this.raw.ended.reason}`);
      return this.all('step2')[count]?.bytes;
    }, 'the answer to SyncStep1');
  }

  all<Is extends Heard['is']>(is: Is): Extract<Heard, { is: Is }>[] {
    return this.heard.filter((each): each is Extract<Heard, { is: Is }> => each.is === is);
  }

  onHeard(listener: (heard: Heard) => void): void {
    this.#onHeard.add(listener);
  }

  #hear(data: Buffer): void {
    const decoder = decoding.createDecoder(data);
    if (this.#path === '/sync' && decoding.readVarUint(decoder) !== CHANNEL) return;
    const heard = readHeard(decoder);
    this.heard.push(heard);
    for (const listener of this.#onHeard) listener(heard);
    this.raw.bell.ring();
  }

  [Symbol.dispose](): void {
    this.raw[Symbol.dispose]();
  }
}

function readHeard(decoder: decoding.Decoder): Heard {
  const type = decoding.readVarUint(decoder);
  switch (type) {
    case PAYLOAD.sync: {
      const is = (['step1', 'step2', 'update'] as const)[decoding.readVarUint(decoder)];
      if (!is) throw new Error('The server sent an unknown sync message');
      return { is, bytes: decoding.readVarUint8Array(decoder) };
    }
    case PAYLOAD.acknowledgement:
      return { is: 'acknowledgement', ...readAcknowledgement(decoder) };
    case PAYLOAD.refusal:
      return { is: 'refusal', ...readRefusal(decoder) };
    default:
      return { is: 'other', type };
  }
}
