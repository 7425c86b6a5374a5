/**
 * Ten thousand listeners in one room whose connections are cut every 15 s while somebody says 120 things, as in
 * anycable/nodejs-websocket-bench: what arrives, and how long after coming back a client has all it missed. Clients of Tidewire and
 * Hocuspocus say what they have, as every Yjs client does; Socket.IO with the Redis adapter has nothing of the kind.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import * as encoding from 'lib0/encoding';
import { inParallel, type Member } from '../generator/fleet.ts';
import { Histogram } from '../generator/histogram.ts';
import type { Client } from '../generator/peer.ts';
import { type Counts, Tally } from '../generator/tally.ts';
import { createClient, membersOf, type Name, start } from './contender.ts';
import { type Cores, watchCores } from './cores.ts';
import type { Lab } from './scenarios.ts';

export interface CutsResult extends Cores {
  readonly cuts: number;
  readonly expected: number;
  readonly delivered: number;
  /** Delivered again to who had it. */
  readonly repeated: number;
  /** From the attempt that succeeded until all that was missed is there. */
  readonly replayP50Ms: number;
  readonly replayP99Ms: number;
  /** Of those who were connected. */
  readonly liveP99Ms: number;
  /** Attempts that failed, and connections that the server ended. */
  readonly failures: number;
}

/** Nothing has arrived for so long: nothing will. */
const SILENCE_MS = 2_000;

/** A run's schedule and what all listeners count together. */
class Broadcasts {
  readonly live = new Histogram();
  readonly replay = new Histogram();
  delivered = 0;
  repeated = 0;
  cuts = 0;
  failures = 0;
  startMs = Number.POSITIVE_INFINITY;
  readonly count: number;
  readonly #perSecond: number;

  constructor({ broadcasts, perSecond }: { broadcasts: number; perSecond: number }) {
    this.count = broadcasts;
    this.#perSecond = perSecond;
  }

  /** In whole microseconds, as messages carry it. */
  dueMs(index: number): number {
    return Math.round((this.startMs + (index * 1_000) / this.#perSecond) * 1_000) / 1_000;
  }

  indexOf(dueMs: number): number {
    return Math.round(((dueMs - this.startMs) * this.#perSecond) / 1_000);
  }
}

class Listener implements Counts {
  refusals = 0;
  readonly #connect: (listener: Listener) => Client;
  readonly #broadcasts: Broadcasts;
  readonly #writer: number;
  readonly #heard: Uint8Array;
  #client: Client | undefined;
  /** All before it were heard. */
  #next = 0;
  #isReplaying = false;

  constructor(options: { broadcasts: Broadcasts; writer: number; connect: (listener: Listener) => Client }) {
    this.#broadcasts = options.broadcasts;
    this.#writer = options.writer;
    this.#connect = options.connect;
    this.#heard = new Uint8Array(options.broadcasts.count);
  }

  acknowledged(): void {}

  failed(): void {
    this.#broadcasts.failures++;
  }

  delivered(dueMs: number, _sentMs: number, nowMs: number): void {
    const broadcasts = this.#broadcasts;
    const index = broadcasts.indexOf(dueMs);
    if (this.#heard[index] === 1) {
      broadcasts.repeated++;
      return;
    }
    this.#heard[index] = 1;
    broadcasts.delivered++;
    if (!this.#isReplaying) broadcasts.live.record(nowMs - dueMs);
    while (this.#heard[this.#next] === 1) this.#next++;
  }

  /** The state vector: the speaker is the only writer, and one message is one clock. */
  has(): Uint8Array {
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, this.#next > 0 ? 1 : 0);
    if (this.#next > 0) {
      encoding.writeVarUint(encoder, this.#writer);
      encoding.writeVarUint(encoder, this.#next);
    }
    return encoding.toUint8Array(encoder);
  }

  /** Resolves when it has what was said. Rejects when the connection fails. */
  async connect(): Promise<void> {
    const startMs = performance.now();
    this.#isReplaying = true;
    const client = this.#connect(this);
    this.#client = client;
    try {
      await client.upgraded();
      await client.openChannel();
    } catch (error) {
      client.destroy();
      throw error;
    }
    this.#isReplaying = false;
    if (this.#broadcasts.cuts > 0) this.#broadcasts.replay.record(performance.now() - startMs);
  }

  cut(): void {
    this.#broadcasts.cuts++;
    this.#client?.destroy();
  }

  close(): void {
    this.#client?.destroy();
  }
}

export async function measureCuts(name: Name, lab: Lab): Promise<CutsResult> {
  const { laboratory, config } = lab;
  const { connections, everyMs, awayMs, withinMs } = config.cuts;
  const { textCharacters, idle } = config.bench;
  await using subject = await start(name, lab);
  const { port } = subject;
  const [speaking, ...members] = (await membersOf(name, laboratory, connections, connections)) as [Member, ...Member[]];
  const broadcasts = new Broadcasts(config.cuts);
  const room = { last: { writer: -1, clock: 0 }, observer: undefined };
  const common = { port, textCharacters };
  const speaker = createClient(name, { ...speaking, ...common, room, tally: new Tally() });
  await speaker.upgraded();
  await speaker.authenticated();
  await speaker.openChannel();
  const listeners = members.map(
    (member) =>
      new Listener({
        broadcasts,
        writer: speaking.writer,
        connect: (tally) =>
          createClient(name, {
            ...member,
            ...common,
            // What the listeners have seen last is nobody's business: they write nothing.
            room: { last: { writer: -1, clock: 0 }, observer: speaker },
            tally,
            has: () => tally.has(),
          }),
      }),
  );
  await inParallel(listeners, idle.concurrency, (listener) => listener.connect());

  const cores = watchCores(lab, subject);
  broadcasts.startMs = performance.now() + 100;
  const endMs = broadcasts.dueMs(broadcasts.count - 1);
  const live = async (listener: Listener): Promise<void> => {
    /** Not beyond the last broadcast. */
    const stay = (ms: number) => sleep(Math.max(0, Math.min(ms, endMs - performance.now())));
    await stay(Math.random() * everyMs);
    while (performance.now() < endMs) {
      listener.cut();
      const [leastMs, mostMs] = awayMs;
      for (let isBack = false; !isBack && performance.now() < endMs + withinMs; ) {
        await sleep(leastMs + Math.random() * (mostMs - leastMs));
        isBack = await listener.connect().then(
          () => true,
          () => false,
        );
      }
      await stay(everyMs);
    }
  };
  const lives = Promise.all(listeners.map(live));
  for (let index = 0; index < broadcasts.count; index++) {
    await sleep(Math.max(0, broadcasts.dueMs(index) - performance.now()));
    speaker.push(broadcasts.dueMs(index));
  }
  const used = cores();
  await lives;
  // What is still under way; where things are lost they never all arrive.
  for (let arrived = -1; arrived !== broadcasts.delivered && performance.now() < endMs + withinMs; ) {
    arrived = broadcasts.delivered;
    await sleep(SILENCE_MS);
  }
  for (const listener of listeners) listener.close();
  speaker.destroy();
  return {
    cuts: broadcasts.cuts,
    expected: listeners.length * broadcasts.count,
    delivered: broadcasts.delivered,
    repeated: broadcasts.repeated,
    replayP50Ms: name === 'socket.io' ? Number.NaN : broadcasts.replay.quantile(0.5),
    replayP99Ms: name === 'socket.io' ? Number.NaN : broadcasts.replay.quantile(0.99),
    liveP99Ms: broadcasts.live.quantile(0.99),
    failures: broadcasts.failures,
    ...used,
  };
}
