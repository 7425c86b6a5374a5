/**
 * The connection to Redis, or to a Redis Cluster; the one file that knows ioredis. Redis may be absent, stop answering, come
 * back or lose everything at any time: whoever asks it for something gets a failure and never an exception that nobody
 * catches, and nothing is kept for later, because what was missed is read from the journal. The connection talks to itself
 * once a second, which tells better than the state of a socket whether what is published arrives.
 *
 * In a Cluster every node passes on what is published at any. ioredis's Cluster publishes at a random one, so that messages
 * overtake each other, and changes the node it listens at without a word. So both are done by plain connections to one node each, which
 * go on to the next node when they break.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster, Redis } from 'ioredis';
import type { Counter, Histogram } from 'prom-client';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';

export interface RedisConnectionOptions {
  /** `redis://…` or `rediss://…`; several, separated by commas, are nodes of a Cluster. */
  readonly url: string;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** How often the connection talks to itself. */
const BEAT_MS = 1_000;
/** Not having heard itself for so long, it connects anew: longer than any pause of a healthy Redis, far below a minute. */
const SILENCE_MS = 4_000;
/** Redis that restarts is back within a second; servers that wait must not all come at once. */
const MAX_RETRY_MS = 2_000;
const FIRST_RETRY_MS = 50;
const DEFAULT_PORT = 6379;

export class RedisConnection implements AsyncDisposable {
  /** Fails at once while there is no connection. */
  readonly commands: Redis | Cluster;
  /** The same as `commands`, but in a Cluster. */
  readonly #publisher: Redis;
  readonly #subscriber: Redis;
  readonly #clients: ReadonlySet<Redis | Cluster>;
  readonly #log: Log;
  readonly #lag: Histogram;
  readonly #failures: Counter<'what'>;
  readonly #listeners = new Map<string, (message: Buffer) => void>();
  readonly #onChange = new Set<(isUp: boolean, downMs: number) => void>();
  readonly #own = `tidewire:alive:${randomUUID()}`;
  readonly #timer: NodeJS.Timeout;
  #isUp = false;
  /** Whether the nodes of a Cluster are connected. */
  #isWarm: boolean;
  /** What was published since then may not have arrived. */
  #downSinceMs = performance.now();
  /** Whether the log has told of the present trouble. */
  #isTold = false;
  /** Beats sent before this moment prove nothing. */
  #lostMs = performance.now();
  #heardMs = performance.now();
  #isClosed = false;
  /** How many there were when they were counted last. */
  #keys = Number.NaN;

  constructor({ url, log, metrics }: RedisConnectionOptions) {
    this.#log = log;
    const nodes = url.split(',');
    this.#subscriber = connect(nodes);
    this.#publisher = connect(nodes);
    this.commands = nodes.length === 1 ? this.#publisher : connectCluster(nodes);
    this.#isWarm = nodes.length === 1;
    this.#clients = new Set([this.commands, this.#publisher, this.#subscriber]);
    this.#lag = metrics.histogram({
      name: 'tidewire_fan_out_lag_seconds',
      help: 'How long a message to oneself takes through Redis',
      buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    });
    this.#failures = metrics.counter({
      name: 'tidewire_fan_out_failures_total',
      help: 'What did not reach other servers, or could not be read, and is healed by the journal',
      labelNames: ['what'],
    });
    const isUp = () => Number(this.#isUp);
    metrics.gauge({
      name: 'tidewire_redis_connected',
      help: 'Whether what is published through Redis arrives',
      collect() {
        this.set(isUp());
      },
    });
    const keys = () => this.#keys;
    metrics.gauge({
      name: 'tidewire_redis_keys',
      help: 'Keys in Redis, on all nodes of a Cluster together',
      collect() {
        this.set(keys());
      },
    });
    for (const client of this.#clients) {
      client.on('error', (error: Error) => this.#lost(error));
      client.on('close', () => this.#lost(new Error('The connection was closed')));
    }
    for (const client of this.#clients) client.on('ready', () => this.#beat());
    if (this.commands instanceof Cluster) {
      const { commands } = this;
      commands.on('ready', () => void this.#warmUp(commands));
    }
    // Instead of ioredis: it would forget subscriptions that were not confirmed when the connection broke.
    this.#subscriber.on('ready', () => void this.#ask([...this.#listeners.keys()]).then(() => this.#beat()));
    this.#subscriber.on('messageBuffer', (channel: Buffer, message: Buffer) =>
      this.#listeners.get(channel.toString())?.(message),
    );
    void this.subscribe(this.#own, (sentMs) => this.#hear(Number(sentMs.toString())));
    this.#timer = setInterval(() => this.#watch(), BEAT_MS);
    this.#timer.unref();
  }

  /** Whether what is published now is likely to arrive. */
  get isUp(): boolean {
    return this.#isUp;
  }

  /** Tells when `isUp` changes. Before it becomes true, messages of the last `downMs` were lost, in both directions. */
  onChange(listener: (isUp: boolean, downMs: number) => void): () => void {
    this.#onChange.add(listener);
    return () => this.#onChange.delete(listener);
  }

  /** Never throws and never waits; what cannot be sent is lost, and counted. */
  publish(channel: string, message: string): void {
    if (!this.#isUp) return this.failed('publish');
    this.gather();
    this.#publisher.publish(channel, message).catch((error: Error) => this.failed('publish', error));
  }

  /** What is sent to Redis until the present function has returned goes in one write: one system call instead of one for each. */
  gather(): void {
    const { stream } = this.#publisher;
    if (stream.writableCorked > 0) return;
    stream.cork();
    process.nextTick(() => stream.uncork());
  }

  /** One listener a channel. Resolves when messages arrive; never when the connection breaks before: `onChange` tells of it. */
  async subscribe(channel: string, listener: (message: Buffer) => void): Promise<void> {
    this.#listeners.set(channel, listener);
    await this.#ask([channel]);
  }

  unsubscribe(channel: string): void {
    this.#listeners.delete(channel);
    // Without a connection there is no subscription either.
    this.#subscriber.unsubscribe(channel).catch(() => {});
  }

  /** Counts what did not arrive; the log is told of a broken connection once, and of everything else each time. */
  failed(what: 'publish' | 'push' | 'fetch' | 'notice', error?: Error): void {
    this.#failures.inc({ what });
    if (error && this.#isUp) this.#log.warn({ err: error, what }, 'the fan-out failed');
  }

  #ask(channels: readonly string[]): Promise<unknown> {
    if (channels.length === 0 || this.#subscriber.status !== 'ready') return new Promise(() => {});
    return this.#subscriber.subscribe(...channels).catch(() => new Promise(() => {}));
  }

  /**
   * A Cluster connects to a node when it is first needed, and sends what comes meanwhile a tenth of a second later and after what
   * came later still. A node that takes longer is not waited for.
   */
  async #warmUp(commands: Cluster): Promise<void> {
    this.#isWarm = false;
    const answers = commands.nodes().map((node) => node.ping());
    await Promise.race([Promise.allSettled(answers), sleep(BEAT_MS, undefined, { ref: false })]);
    this.#isWarm = true;
    this.#beat();
  }

  #beat(): void {
    if (!this.#isWarm) return;
    for (const { status } of this.#clients) if (status !== 'ready') return;
    // A beat that fails is one that is not heard.
    this.#publisher.publish(this.#own, String(performance.now())).catch(() => {});
  }

  #hear(sentMs: number): void {
    const nowMs = performance.now();
    this.#heardMs = nowMs;
    this.#lag.observe((nowMs - sentMs) / 1000);
    if (this.#isUp || sentMs < this.#lostMs || this.#isClosed) return;
    if (this.#isTold) this.#log.info('Redis can be reached again');
    this.#isTold = false;
    this.#change(true);
  }

  #watch(): void {
    const nowMs = performance.now();
    if (nowMs - this.#heardMs > SILENCE_MS) {
      this.#lost(new Error(`No answer within ${SILENCE_MS} ms`));
      // Counts anew, so that the next attempt has its time, too.
      this.#heardMs = nowMs;
      for (const client of this.#clients)
        if (['connecting', 'connect', 'ready'].includes(client.status)) client.disconnect(true);
    }
    this.#beat();
    void this.#countKeys();
  }

  async #countKeys(): Promise<void> {
    const nodes = this.commands instanceof Cluster ? this.commands.nodes('master') : [this.commands];
    try {
      const counts = await Promise.all(nodes.map((node) => node.dbsize()));
      this.#keys = counts.reduce((sum, count) => sum + count, 0);
    } catch {
      // A number that nobody knows is none.
      this.#keys = Number.NaN;
    }
  }

  #lost(error: Error): void {
    this.#lostMs = performance.now();
    if (this.#isClosed) return;
    if (this.#isUp) {
      this.#downSinceMs = this.#heardMs;
      this.#change(false);
    }
    if (this.#isTold) return;
    this.#isTold = true;
    this.#log.warn(
      { err: error },
      'Redis cannot be reached; servers hear of each other through the journal until it is',
    );
  }

  #change(isUp: boolean): void {
    this.#isUp = isUp;
    const downMs = performance.now() - this.#downSinceMs;
    for (const listener of this.#onChange) listener(isUp, downMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#isUp = false;
    clearInterval(this.#timer);
    this.#listeners.clear();
    for (const client of this.#clients) client.disconnect();
  }
}

const OPTIONS = {
  // A command never fails because of how often the connection broke; but none waits for a new one either.
  maxRetriesPerRequest: null,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  connectTimeout: SILENCE_MS,
  commandTimeout: SILENCE_MS,
} as const;

const backOffMs = (times: number): number =>
  Math.min(FIRST_RETRY_MS * 2 ** Math.min(times, 10), MAX_RETRY_MS) * (0.5 + Math.random() / 2);

/** To one of the nodes, and after every failure to the next. */
function connect(nodes: readonly string[]): Redis {
  let turn = Math.floor(Math.random() * nodes.length);
  const next = (): string => nodes[turn++ % nodes.length] as string;
  const client = new Redis(next(), {
    ...OPTIONS,
    retryStrategy(times) {
      if (nodes.length > 1) {
        // ioredis reads them when it connects.
        const { hostname: host, port } = new URL(next());
        Object.assign(client.options, { host, port: Number(port || DEFAULT_PORT) });
      }
      return backOffMs(times);
    },
  });
  return client;
}

function connectCluster(nodes: readonly string[]): Cluster {
  const { username, password, protocol } = new URL(nodes[0] as string);
  const { enableOfflineQueue, ...redisOptions } = OPTIONS;
  return new Cluster([...nodes], {
    enableOfflineQueue,
    clusterRetryStrategy: backOffMs,
    redisOptions: {
      ...redisOptions,
      // Of the first node, for those that are discovered.
      ...(username && { username: decodeURIComponent(username) }),
      ...(password && { password: decodeURIComponent(password) }),
      ...(protocol === 'rediss:' && { tls: {} }),
    },
  });
}
