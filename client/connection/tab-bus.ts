/**
 * What tabs that share a connection say to each other. Announcements reach all; everything else goes to the inbox of one tab,
 * a channel of its own, so that a frame of some megabytes is copied once and not for every tab. Between two tabs order is
 * kept; between announcements and inboxes it is not, hence every message names the term of the leader it belongs to.
 */
import type { ClientControl, ServerControl } from '../../schema/wire/control.ts';
import type { Bus } from './bus.ts';
import type { LinkState } from './link.ts';

/** Part of every name: tabs of versions that speak differently do not meet, and have a connection each. */
export const TABS_VERSION = 1;

/** `lead`: this tab has the socket. `who`: somebody came and asks for the leader. */
export type Announcement = { readonly t: 'lead'; readonly tab: string; readonly term: number } | { readonly t: 'who' };

export type ToLeader =
  /** `join` is answered with `state`. A tab that joins again has lost all of its channels. */
  | { readonly t: 'join' | 'leave' | 'request' | 'nudge' }
  /** Is the leader alive? Answered with `here`, at once. */
  | { readonly t: 'ask' }
  | { readonly t: 'open'; readonly channel: number; readonly document: string; readonly generation: string | undefined }
  | { readonly t: 'close'; readonly channel: number }
  | { readonly t: 'payload'; readonly channel: number; readonly payload: Uint8Array }
  | { readonly t: 'control'; readonly message: ClientControl }
  /** So many more bytes of payloads were taken in. */
  | { readonly t: 'taken'; readonly bytes: number };

export type ToFollower =
  | { readonly t: 'state'; readonly state: LinkState }
  | { readonly t: 'here' }
  | { readonly t: 'opened'; readonly channel: number; readonly generation: string }
  | { readonly t: 'closed'; readonly channel: number; readonly code: number; readonly reason: string }
  | { readonly t: 'payload'; readonly channel: number; readonly payload: Uint8Array }
  | { readonly t: 'control'; readonly message: ServerControl }
  | { readonly t: 'stir'; readonly document: string }
  /** Too much was not taken in: all channels of this tab are closed, and it may join again. */
  | { readonly t: 'dropped' };

export type Letter =
  | { readonly to: 'leader'; readonly from: string; readonly term: number; readonly body: ToLeader }
  | { readonly to: 'follower'; readonly term: number; readonly body: ToFollower };

/** The leader or the follower in this tab. */
export interface TabBusListener {
  heard(announcement: Announcement): void;
  received(letter: Letter): void;
}

export interface TabBusOptions {
  readonly createBus: (name: string) => Bus;
  readonly name: string;
  readonly tab: string;
}

export class TabBus implements Disposable {
  readonly tab: string;
  readonly #options: TabBusOptions;
  readonly #all: Bus;
  readonly #inbox: Bus;
  readonly #others = new Map<string, Bus>();
  #listener: TabBusListener | undefined;

  constructor(options: TabBusOptions) {
    const { createBus, name, tab } = options;
    this.#options = options;
    this.tab = tab;
    this.#all = createBus(name);
    this.#all.onmessage = ({ data }) => this.#listener?.heard(data as Announcement);
    this.#inbox = createBus(`${name}/${tab}`);
    this.#inbox.onmessage = ({ data }) => this.#listener?.received(data as Letter);
  }

  /** The newest listener is the only one; the returned function ends it. */
  listen(listener: TabBusListener): () => void {
    this.#listener = listener;
    return () => {
      if (this.#listener === listener) this.#listener = undefined;
    };
  }

  announce(announcement: Announcement): void {
    this.#all.postMessage(announcement);
  }

  send(tab: string, letter: Letter): void {
    let bus = this.#others.get(tab);
    if (!bus) {
      bus = this.#options.createBus(`${this.#options.name}/${tab}`);
      this.#others.set(tab, bus);
    }
    bus.postMessage(letter);
  }

  /** Nothing more is sent to this tab. */
  forget(tab: string): void {
    this.#others.get(tab)?.close();
    this.#others.delete(tab);
  }

  [Symbol.dispose](): void {
    this.#listener = undefined;
    for (const bus of [this.#all, this.#inbox, ...this.#others.values()]) {
      bus.onmessage = null;
      bus.close();
    }
    this.#others.clear();
  }
}
