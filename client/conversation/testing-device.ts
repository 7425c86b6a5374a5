/**
 * For tests: a device with its own databases in one IndexedDB, and tabs on it. Time runs fifty times faster than outside,
 * so that receipts and retries need no waiting. Disposing of a tab without `using` is a crash: nothing is flushed.
 */
import 'fake-indexeddb/auto';
import type { ConversationId, UserId } from '../../schema/ids.ts';
import type { Bus } from '../connection/bus.ts';
import type { Clock } from '../connection/clock.ts';
import { SocketConnection } from '../connection/socket-connection.ts';
import { TestWake } from '../connection/testing-link.ts';
import { Unsent } from '../files/unsent.ts';
import { AccountStore } from '../storage/account-store.ts';
import { Tabs } from '../storage/tabs.ts';
import type { Observed, Timeline } from './conversation.ts';
import { NO_MESSAGES, NOTHING_GONE } from './deletions.ts';
import { LocalConversation } from './local-conversation.ts';
import { openConversation } from './open-conversation.ts';
import { Outbox } from './outbox.ts';
import type { Reading } from './reading.ts';
import type { TestServer } from './testing-server.ts';
import type { Located, Locator } from './whereabouts.ts';

export const CONVERSATION = 'talk' as ConversationId;
export const DOCUMENT = 'talk.0';

const SPEED = 50;

export const fastClock: Clock = {
  now: () => Date.now() * SPEED,
  after(delayMs, work) {
    const timer = setTimeout(work, delayMs / SPEED);
    return () => clearTimeout(timer);
  },
};

/** Buses of one name hear each other, in a later task. */
export class TestBuses {
  readonly #buses = new Map<string, Set<Bus>>();

  create(name: string): Bus {
    const others = this.#buses.get(name) ?? new Set();
    this.#buses.set(name, others);
    const bus: Bus = {
      onmessage: null,
      postMessage(message) {
        for (const other of others)
          if (other !== bus) setImmediate(() => other.onmessage?.({ data: structuredClone(message) } as MessageEvent));
      },
      close: () => others.delete(bus),
    };
    others.add(bus);
    return bus;
  }
}

const NOTHING = {};
const TOLD: Reading = { isTold: () => true, keptIn: () => NOTHING, keep: () => undefined };

let devices = 0;

export class TestDevice {
  readonly user: UserId;
  readonly members: UserId[];
  readonly #server: TestServer;
  readonly #buses = new TestBuses();
  readonly prefix = `device${++devices}`;

  constructor(options: { server: TestServer; user: string; members: string[] }) {
    this.#server = options.server;
    this.user = options.user as UserId;
    this.members = options.members as UserId[];
  }

  openStore(): Promise<AccountStore> {
    return AccountStore.open({ prefix: this.prefix, user: this.user, stamps: undefined });
  }

  /** `epoch` is the newest that the list of conversations knows of. */
  async tab(options: { random?: () => number; epoch?: number; clock?: Clock; reading?: Reading } = {}) {
    const { random = Math.random, epoch = 0, clock = fastClock, reading = TOLD } = options;
    const store = await this.openStore();
    const tabs = new Tabs(this.#buses.create(this.prefix));
    const outbox = new Outbox({ store, tabs });
    const unsent = new Unsent({ store, tabs, onArrived: async () => undefined });
    await Promise.all([outbox.load(), unsent.load()]);
    const decide = () => void unsent.decide().catch(() => undefined);
    const stopDeciding = outbox.contents.subscribe(decide);
    decide();
    let isOffline = false;
    const connection = new SocketConnection({
      url: 'ws://server/sync',
      createSocket: () => this.#server.socketFor(this.user),
      clock,
      wake: new TestWake(),
      random,
    });
    const local = new LocalConversation({
      id: CONVERSATION,
      epoch,
      members: () => this.members,
      isOffline: () => isOffline,
      device: { me: this.user, store, outbox, tabs, clock, unsent },
      connection,
      random,
      onSessionOver: () => connection.stop(),
      onGone: () => undefined,
      locator: this.#locator(() => isOffline),
      reading,
      gone: () => NOTHING_GONE,
      hidden: () => NO_MESSAGES,
      onErased: () => undefined,
    });
    connection.onControl((message) => {
      if (message.t === 'head') local.extend(message.epoch);
    });
    const conversation = openConversation(local, { set: () => undefined });
    return {
      store,
      tabs,
      outbox,
      unsent,
      local,
      conversation,
      connection,
      online() {
        isOffline = false;
        connection.request();
      },
      offline() {
        isOffline = true;
        connection.stop();
        local.refresh();
      },
      /** The texts of all rows; `null` for a deleted one. */
      texts: () => textsOf(conversation.timeline.get()),
      until: (isReached: (timeline: Timeline) => boolean) => until(conversation.timeline, isReached),
      [Symbol.dispose]() {
        conversation[Symbol.dispose]();
        local[Symbol.dispose]();
        connection[Symbol.dispose]();
        stopDeciding();
        unsent[Symbol.dispose]();
        outbox[Symbol.dispose]();
        tabs[Symbol.dispose]();
        store[Symbol.dispose]();
      },
    };
  }

  #locator(isOffline: () => boolean): Locator {
    const locator = this.#server.locator(CONVERSATION);
    const ask = async (answer: () => Promise<Located>) => (isOffline() ? { is: 'unreachable' as const } : answer());
    return { message: (id) => ask(() => locator.message(id)), at: (time) => ask(() => locator.at(time)) };
  }
}

export const textsOf = (timeline: Timeline): (string | null)[] =>
  timeline.rows.map(({ message }) => ('text' in message ? message.text : null));

/** Resolves when `observed` has such a value; rejects, showing the present one, after thirty seconds: a busy machine and a reconnect with backoff take a few. */
export function until<Value>(observed: Observed<Value>, isReached: (value: Value) => boolean): Promise<Value> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const value = observed.get();
      if (!isReached(value)) return;
      clearTimeout(timer);
      stop();
      resolve(value);
    };
    const stop = observed.subscribe(look);
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`Still ${JSON.stringify(observed.get(), null, 1)}`));
    }, 30_000);
    look();
  });
}
