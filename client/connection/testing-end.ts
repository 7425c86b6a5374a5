/** For tests: the server's end of all sockets of a browser, moved by hand, and what it reads there. */
import * as decoding from 'lib0/decoding';
import type { ClientControl, ServerControl } from '../../schema/wire/control.ts';
import { CONTROL_CHANNEL, encodeControl, encodeFrame, encodeSync, SYNC } from '../../schema/wire/frame.ts';
import type { ChannelEvents } from './connection.ts';
import { TestSocket } from './testing-link.ts';

export class TestEnd {
  readonly sockets: TestSocket[] = [];
  readonly #opened = new Map<TestSocket, Set<number>>();

  createSocket = (): TestSocket => {
    const socket = new TestSocket();
    this.sockets.push(socket);
    return socket;
  };

  get socket(): TestSocket {
    return this.sockets.at(-1) as TestSocket;
  }

  /** Those that nobody has closed. */
  get open(): number {
    return this.sockets.filter((socket) => !socket.isClosedByClient).length;
  }

  accept(): void {
    this.socket.accept();
    this.say({ t: 'pong' });
  }

  say(message: ServerControl): void {
    this.socket.deliver(encodeControl(message));
  }

  send(channel: number, payload: Uint8Array): void {
    this.socket.deliver(encodeFrame(channel, payload));
  }

  update(channel: number): void {
    this.send(channel, encodeSync(SYNC.update, Uint8Array.of(0, 0)));
  }

  /** Control messages heard on the newest socket, without pings. */
  controls(): ClientControl[] {
    return this.#frames()
      .filter(({ channel }) => channel === CONTROL_CHANNEL)
      .map(({ decoder }) => JSON.parse(decoding.readVarString(decoder)) as ClientControl)
      .filter(({ t }) => t !== 'ping');
  }

  /** Payloads heard on the newest socket. */
  payloads(): (readonly [channel: number, ...bytes: number[]])[] {
    return this.#frames()
      .filter(({ channel }) => channel !== CONTROL_CHANNEL)
      .map(({ channel, decoder }) => [channel, ...decoder.arr.subarray(decoder.pos)] as const);
  }

  /** The channels asked for on the newest socket, by document. */
  channelsOf(document: string): number[] {
    return this.controls().flatMap((message) =>
      message.t === 'open' && message.document === document ? message.channel : [],
    );
  }

  /** Opens every channel that was asked for and not answered yet. */
  openAll(): void {
    const opened = this.#opened.get(this.socket) ?? new Set();
    this.#opened.set(this.socket, opened);
    for (const message of this.controls()) {
      if (message.t !== 'open' || opened.has(message.channel)) continue;
      opened.add(message.channel);
      this.say({ t: 'opened', channel: message.channel, generation: 'g' });
    }
  }

  #frames() {
    return this.socket.sent.map((frame) => {
      const decoder = decoding.createDecoder(frame);
      return { channel: decoding.readVarUint(decoder), decoder };
    });
  }
}

/** Writes down what a channel hears. */
export function recorder() {
  const heard: unknown[] = [];
  const events: ChannelEvents = {
    opened: (generation) => heard.push(['opened', generation]),
    payload: (bytes) => heard.push(['payload', ...bytes]),
    closed: (code) => heard.push(['closed', code]),
  };
  return { heard, events };
}
