/**
 * All peers of a run: connects them a few at a time and drives an open-loop load, that is, at the offered rate whether or
 * not the server keeps up. Senders take turns in one shuffled order, evenly spaced in time, the same for every subject.
 */
import { type Client, Peer, type PeerOptions, type Room } from './peer.ts';
import { Tally } from './tally.ts';

export interface LoadOptions {
  readonly messagesPerSecond: number;
  readonly warmUpMs: number;
  readonly windowMs: number;
  /** Called when the window opens and when it closes, to read CPU times. */
  readonly onWindow: (edge: 'open' | 'close') => void;
}

export interface LoadResult {
  /** Deliveries that arrived while the window was open, per second of it. */
  readonly deliveriesPerSecond: number;
  readonly expected: number;
  readonly missing: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p50FromDueMs: number;
  readonly p99FromDueMs: number;
  readonly acknowledgementP50Ms: number;
  readonly acknowledgementP99Ms: number;
}

/** How long a run waits for what is still under way after the last message was sent. */
const DRAIN_MS = 5_000;

export type Member = Omit<PeerOptions, 'port' | 'room' | 'tally' | 'textCharacters'>;

export interface FleetOptions {
  /** Of the servers, to which members are dealt in turn. */
  readonly ports: readonly number[];
  readonly members: readonly Member[];
  readonly roomSize: number;
  readonly textCharacters: number;
  readonly concurrency: number;
  readonly authenticate: boolean;
  /** How many of all write; everybody unless it says otherwise. */
  readonly speakers?: number | undefined;
  /** Another protocol than Tidewire's and the baseline's. */
  readonly createClient?: (options: PeerOptions) => Client;
}

export class Fleet {
  readonly tally = new Tally();
  readonly #options: FleetOptions;
  readonly #peers: Client[] = [];
  #turn = 0;

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  get roomSize(): number {
    return this.#options.roomSize;
  }

  get size(): number {
    return this.#peers.length;
  }

  /** Connects everybody; answers connections per second, from the first SYN to the last answer. */
  async connect(): Promise<number> {
    const { members, ports, textCharacters, concurrency, authenticate, createClient } = this.#options;
    const rooms = new Map<string, Room>();
    const startMs = performance.now();
    await inParallel([...members.entries()], concurrency, async ([index, member]) => {
      const port = ports[index % ports.length] as number;
      // By server: one may not know yet what was seen at another.
      const key = `${port} ${member.roomName}`;
      const room = rooms.get(key) ?? { last: { writer: -1, clock: 0 }, observer: undefined };
      rooms.set(key, room);
      const options = { ...member, port, room, tally: this.tally, textCharacters };
      const peer = createClient ? createClient(options) : new Peer(options);
      this.#peers.push(peer);
      await peer.upgraded();
      if (authenticate) await peer.authenticated();
    });
    const perSecond = (members.length / (performance.now() - startMs)) * 1_000;
    shuffle(this.#peers);
    return perSecond;
  }

  /** Opens every peer's document; answers channels per second. */
  async openChannels(): Promise<number> {
    const startMs = performance.now();
    await inParallel(this.#peers, this.#options.concurrency, (peer) => peer.openChannel());
    return (this.#peers.length / (performance.now() - startMs)) * 1_000;
  }

  async load({ messagesPerSecond, warmUpMs, windowMs, onWindow }: LoadOptions): Promise<LoadResult> {
    const { tally } = this;
    const { roomSize, speakers = this.#peers.length } = this.#options;
    const deliveredBefore = tally.deliveries;
    const startMs = performance.now() + 5;
    const openMs = startMs + warmUpMs;
    const closeMs = openMs + windowMs;
    tally.openWindow(openMs, closeMs);
    // In whole microseconds, as messages carry it: a message is in or out of the window for sender and receiver alike.
    const schedule = (n: number): number => Math.round((startMs + (n * 1_000) / messagesPerSecond) * 1_000) / 1_000;
    let sent = 0;
    let sentInWindow = 0;
    let atOpen: number | undefined;
    for (;;) {
      const nowMs = performance.now();
      if (atOpen === undefined && nowMs >= openMs) {
        atOpen = tally.deliveries;
        onWindow('open');
      }
      if (nowMs >= closeMs) break;
      for (let dueMs = schedule(sent); dueMs <= nowMs; dueMs = schedule(sent)) {
        (this.#peers[this.#turn] as Client).push(dueMs);
        this.#turn = (this.#turn + 1) % speakers;
        sent++;
        if (dueMs >= openMs && dueMs < closeMs) sentInWindow++;
      }
      await tick();
    }
    const arrived = tally.deliveries - (atOpen ?? deliveredBefore);
    const lastedMs = performance.now() - openMs;
    onWindow('close');
    for (const drainEndMs = performance.now() + DRAIN_MS; performance.now() < drainEndMs; await tick()) {
      if (tally.deliveries - deliveredBefore >= sent * roomSize) break;
    }
    const expected = sentInWindow * roomSize;
    return {
      deliveriesPerSecond: (arrived / lastedMs) * 1_000,
      expected,
      missing: expected - tally.fromDue.total,
      p50Ms: tally.fromSent.quantile(0.5),
      p99Ms: tally.fromSent.quantile(0.99),
      p50FromDueMs: tally.fromDue.quantile(0.5),
      p99FromDueMs: tally.fromDue.quantile(0.99),
      acknowledgementP50Ms: tally.acknowledgement.quantile(0.5),
      acknowledgementP99Ms: tally.acknowledgement.quantile(0.99),
    };
  }

  close(): void {
    for (const peer of this.#peers) peer.destroy();
  }
}

/** The shortest sleep Node has: about 1.1 ms, in which arrivals are handled. */
const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

export async function inParallel<Item>(
  items: readonly Item[],
  concurrency: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) await work(items[next++] as Item);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}

/** Fisher–Yates with a fixed seed (a 32-bit LCG): every run has the same order. */
function shuffle(items: unknown[]): void {
  let state = 1;
  for (let i = items.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const j = state % (i + 1);
    [items[i], items[j]] = [items[j], items[i]];
  }
}
