/**
 * For tests: a browser profile with its own cookie, notes and databases, whose pages talk to a real server. Going offline
 * makes requests fail, cuts the sockets and says so, as a browser does.
 */
import 'fake-indexeddb/auto';
import { WebSocket } from 'ws';
import { systemClock } from '../connection/clock.ts';
import type { Socket } from '../connection/socket-connection.ts';
import { TestWake } from '../connection/testing-link.ts';
import { TestTabs } from '../connection/testing-tabs.ts';
import type { Accounts, Messenger } from '../conversation/conversation.ts';
import { until } from '../conversation/testing-device.ts';
import { TestPushBrowser } from '../push/testing-push-browser.ts';
import { createAccounts } from './accounts.ts';
import type { Environment } from './environment.ts';

let profiles = 0;

export class TestBrowser {
  readonly #origin: () => string;
  readonly #tabs = new TestTabs();
  readonly #notes = new Map<string, string>();
  readonly #sockets = new Set<WebSocket>();
  readonly #wake = new TestWake();
  readonly #hidden = new Set<() => void>();
  readonly prefix = `profile${++profiles}`;
  #cookie: string;
  keptStorage = 0;
  readonly push = new TestPushBrowser();

  /** `cookie` is that of a session begun elsewhere. */
  constructor(origin: () => string, cookie = '') {
    this.#origin = origin;
    this.#cookie = cookie;
  }

  /** Sockets that are open now. */
  get sockets(): number {
    return this.#sockets.size;
  }

  /** A page of the app. Disposing of it is closing the tab. */
  page(): Accounts & Disposable {
    return createAccounts(this.environment());
  }

  /** What a page finds here. */
  environment(): Environment {
    const tab = this.#tabs.open();
    return {
      origin: this.#origin(),
      fetch: (url, init) => this.#fetch(url, init),
      createSocket: (url, protocol) => this.#connect(url, protocol),
      createBus: tab.createBus,
      caches: undefined,
      locks: tab.locks,
      createSearchWorker: () => undefined,
      notes: {
        getItem: (key) => this.#notes.get(key) ?? null,
        setItem: (key, value) => void this.#notes.set(key, value),
        removeItem: (key) => void this.#notes.delete(key),
      },
      storage: {
        estimate: async () => ({}),
        persist: async () => ++this.keptStorage > 0,
        persisted: async () => this.keptStorage > 0,
      },
      pushBrowser: this.push,
      clock: systemClock,
      wake: this.#wake,
      onHidden: (listener) => {
        this.#hidden.add(listener);
        return () => this.#hidden.delete(listener);
      },
      random: Math.random,
      firstConversation: () => undefined,
      storagePrefix: this.prefix,
    };
  }

  setOnline(online: boolean): void {
    this.#wake.online = online;
    if (!online) for (const socket of this.#sockets) socket.terminate();
    this.#wake.hint();
  }

  /** Nobody sees its pages any more. */
  hide(): void {
    for (const listener of [...this.#hidden]) listener();
  }

  /** The session is gone without this browser knowing. */
  loseCookie(): void {
    this.#cookie = '';
    for (const socket of this.#sockets) socket.terminate();
  }

  /** Any request of the signed-in person. */
  ask(method: string, path: string, body?: object): Promise<Response> {
    return this.#fetch(this.#origin() + path, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
  }

  async #fetch(url: string, init: RequestInit): Promise<Response> {
    if (!this.#wake.online) throw new TypeError('offline');
    const response = await fetch(url, {
      ...init,
      headers: { ...(init.headers as Record<string, string>), cookie: this.#cookie, origin: this.#origin() },
    });
    for (const set of response.headers.getSetCookie()) this.#cookie = set.split(';')[0] as string;
    return response;
  }

  #connect(url: string, protocol: string): Socket {
    const origin = this.#wake.online ? url : 'ws://127.0.0.1:1';
    const socket = new WebSocket(origin, protocol, { headers: { cookie: this.#cookie, origin: this.#origin() } });
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    return socket as unknown as Socket;
  }
}

export const messengerOf = async (accounts: Accounts): Promise<Messenger> => {
  const current = await until(accounts.current, ({ is }) => is === 'signed-in');
  if (current.is !== 'signed-in') throw new Error(current.is);
  return current.messenger;
};
