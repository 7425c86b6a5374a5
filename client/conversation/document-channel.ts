/**
 * Syncs one Y.Doc over one channel with the stock y-websocket provider, plus the two messages of ours. Reconnecting is not
 * the provider's business here: it is told when to connect, and every end is reported with its code.
 */
import type * as decoding from 'lib0/decoding';
import type { Awareness } from 'y-protocols/awareness';
import { WebsocketProvider } from 'y-websocket';
import type * as Y from 'yjs';
import {
  type Acknowledgement,
  PAYLOAD,
  type RefusalNotice,
  readAcknowledgement,
  readRefusal,
} from '../../schema/wire/frame.ts';
import { type ChannelSocketOptions, channelSocketClass } from '../connection/channel-socket.ts';

export interface DocumentChannelOptions extends ChannelSocketOptions {
  readonly doc: Y.Doc;
  readonly onSynced: (isSynced: boolean) => void;
  readonly onAcknowledged: (acknowledgement: Acknowledgement) => void;
  readonly onRefused: (notice: RefusalNotice) => void;
  readonly onClosed: (code: number) => void;
}

export interface DocumentChannel extends Disposable {
  /** The origin of what the server brings. */
  readonly origin: object;
  connect(): void;
}

/** Typing and presence are control messages: the provider gets an awareness of nobody, without the timer of a real one. */
const NO_AWARENESS = {
  meta: { get: () => ({ clock: 0 }) },
  getLocalState: () => null,
  states: new Map(),
  getStates: () => new Map(),
  on: () => undefined,
  off: () => undefined,
} as unknown as Awareness;

export function openDocumentChannel(options: DocumentChannelOptions): DocumentChannel {
  const provider = new WebsocketProvider('channel:', options.document, options.doc, {
    connect: false,
    disableBc: true,
    awareness: NO_AWARENESS,
    WebSocketPolyfill: channelSocketClass(options),
    shouldReconnect: () => false,
  });
  // The provider closes after 30 s of silence. Whether the connection is alive is known in one place, by its pings; in a
  // hidden tab, where timers run once a minute, fifty providers would otherwise sync again every minute.
  clearInterval(provider._checkInterval);
  // Under Node, as in tests, each provider would take leave of its awareness when the process exits: there is none.
  globalThis.process?.off('exit', provider._exitHandler);
  const handlers = provider.messageHandlers as unknown as ((encoder: unknown, decoder: decoding.Decoder) => void)[];
  handlers[PAYLOAD.acknowledgement] = (_, decoder) => options.onAcknowledged(readAcknowledgement(decoder));
  handlers[PAYLOAD.refusal] = (_, decoder) => options.onRefused(readRefusal(decoder));
  provider.on('sync', options.onSynced);
  provider.on('status', ({ status }) => {
    if (status === 'disconnected') options.onSynced(false);
  });
  provider.on('closed', ({ code }) => options.onClosed(code));
  return {
    origin: provider,
    connect: () => provider.connect(),
    [Symbol.dispose]: () => provider.destroy(),
  };
}
