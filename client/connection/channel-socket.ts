/**
 * One channel of the shared connection in the shape of a WebSocket, for the stock y-websocket provider. It is open once the
 * server opened the channel *and* `onGeneration` has finished, so that a document's generation is stored before anything of
 * it is merged. Awareness never leaves it: the server does not relay it.
 */
import { PAYLOAD } from '../../schema/wire/frame.ts';
import type { Channel, Connection } from './connection.ts';

export interface ChannelSocketOptions {
  readonly connection: Connection;
  readonly document: string;
  /** The generation this device holds, asked for at every attempt. */
  readonly generation: () => string | undefined;
  /** Never rejects. */
  readonly onGeneration: (generation: string) => Promise<void>;
}

type Handler<Data> = ((event: Data) => void) | null;

/** The class to pass as `WebSocketPolyfill`; each instance is one channel. */
export function channelSocketClass(options: ChannelSocketOptions): typeof WebSocket {
  class ChannelSocket {
    static readonly CONNECTING = 0;
    static readonly OPEN = 1;
    static readonly CLOSING = 2;
    static readonly CLOSED = 3;
    readonly CONNECTING = 0;
    readonly OPEN = 1;
    readonly CLOSING = 2;
    readonly CLOSED = 3;

    readyState: number = ChannelSocket.CONNECTING;
    binaryType = 'arraybuffer';
    onopen: Handler<object> = null;
    onmessage: Handler<{ data: Uint8Array }> = null;
    onclose: Handler<{ code: number; reason: string }> = null;
    onerror: Handler<object> = null;
    readonly #channel: Channel;
    /** Payloads that arrive while the generation is being stored. */
    #early: Uint8Array[] = [];

    constructor() {
      this.#channel = options.connection.open(options.document, options.generation(), {
        opened: (generation) => void this.#open(generation),
        payload: (bytes) => this.#receive(bytes),
        closed: (code, reason) => {
          this.readyState = ChannelSocket.CLOSED;
          this.onclose?.({ code, reason });
        },
      });
    }

    send(data: Uint8Array): void {
      if (this.readyState !== ChannelSocket.OPEN) return;
      if (data[0] === PAYLOAD.awareness || data[0] === PAYLOAD.queryAwareness) return;
      this.#channel.send(data);
    }

    close(): void {
      this.readyState = ChannelSocket.CLOSED;
      this.#channel.close();
    }

    async #open(generation: string): Promise<void> {
      await options.onGeneration(generation);
      if (this.readyState !== ChannelSocket.CONNECTING) return;
      this.readyState = ChannelSocket.OPEN;
      this.onopen?.({});
      const early = this.#early;
      this.#early = [];
      for (const bytes of early) this.#receive(bytes);
    }

    #receive(bytes: Uint8Array): void {
      if (this.readyState === ChannelSocket.CONNECTING) this.#early.push(bytes);
      else if (this.readyState === ChannelSocket.OPEN) this.onmessage?.({ data: bytes });
    }
  }
  return ChannelSocket as unknown as typeof WebSocket;
}
