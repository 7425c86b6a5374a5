/**
 * A private Redis for tests and `npm run cluster`: a process of its own on a free port, without persistence, that ends with the
 * one that started it, however that ends. It can be stopped and started again, empty, under the same address, and paused. And
 * a Redis Cluster of three of them.
 */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findFreePort } from '../database/cluster.ts';
import { type Kept, keep } from '../database/keeper.ts';

export interface TestRedis extends AsyncDisposable {
  /** For a server under test: `REDIS_URL`. */
  readonly url: string;
  readonly port: number;
  /** Of the process that runs now. */
  readonly pid: number | undefined;
  /** Ends the process; idempotent. */
  stop(): Promise<void>;
  /** Starts it again under the same address, with nothing in it. */
  start(): Promise<void>;
  /** Keeps every connection open and answers nothing, until `resume`. */
  pause(): void;
  resume(): void;
  /** Forgets everything, and runs on. */
  empty(): Promise<void>;
}

interface Running {
  readonly kept: Kept;
  readonly pid: number;
}

/** Between looking for a free port and taking it somebody else may. */
const TRIES = 5;

type Settings = Readonly<Record<string, string>>;

/** `more`: of redis.conf. */
export async function startRedis(more: () => Promise<Settings> = async () => ({})): Promise<TestRedis> {
  let port = await findFreePort();
  let settings = await more();
  let running: Running | undefined;
  for (let tries = 1; !running; tries++) {
    try {
      running = await run(port, settings);
    } catch (error) {
      if (tries === TRIES) throw error;
      port = await findFreePort();
      settings = await more();
    }
  }
  const signal = (name: 'SIGSTOP' | 'SIGCONT') => running && process.kill(running.pid, name);
  const stop = async (): Promise<void> => {
    const ending = running;
    running = undefined;
    if (!ending) return;
    process.kill(ending.pid, 'SIGCONT');
    await ending.kept.stop();
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    get pid() {
      return running?.pid;
    },
    stop,
    async start() {
      running ??= await run(port, settings);
    },
    pause: () => void signal('SIGSTOP'),
    resume: () => void signal('SIGCONT'),
    async empty() {
      const socket = connect(port, '127.0.0.1');
      socket.end('FLUSHALL\r\nQUIT\r\n');
      socket.resume();
      await once(socket, 'close');
    },
    [Symbol.asyncDispose]: stop,
  };
}

function run(port: number, more: Settings): Promise<Running> {
  const settings = { bind: '127.0.0.1', port: `${port}`, dir: tmpdir(), save: '', appendonly: 'no', ...more };
  const command = ['redis-server', ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])];
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    const kept = keep({
      command,
      // The shell knows where programs are; nothing else of our environment is Redis's business.
      environment: {},
      user: {},
      onLine: (line) => {
        said.push(line);
        // "<pid>:M <date> * Ready to accept connections"
        if (line.includes('Ready to accept connections')) resolve({ kept, pid: Number.parseInt(line, 10) });
      },
    });
    void kept.exited.then(() => reject(new Error(`redis-server did not start: ${said.join('\n')}`)));
  });
}

export interface TestRedisCluster extends AsyncDisposable {
  /** All nodes: `REDIS_URL`. */
  readonly url: string;
  readonly nodes: readonly TestRedis[];
  /** Forgets everything, and runs on. */
  empty(): Promise<void>;
}

/** Three masters and no replica: the least that `redis-cli --cluster create` makes. */
const MASTERS = 3;

export async function startRedisCluster(): Promise<TestRedisCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'tidewire-cluster-'));
  const nodes: TestRedis[] = [];
  const dispose = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.stop()));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    for (let n = 0; n < MASTERS; n++)
      nodes.push(
        await startRedis(async () => ({
          dir: folder,
          'cluster-enabled': 'yes',
          'cluster-config-file': `node-${n}.conf`,
          // The usual one, ten thousand above the other, may be none at all.
          'cluster-port': `${await findFreePort()}`,
        })),
      );
    const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
    // Ends when all nodes know whose slots are whose.
    await promisify(execFile)('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-yes']);
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    url: nodes.map(({ url }) => url).join(','),
    nodes,
    empty: async () => void (await Promise.all(nodes.map((node) => node.empty()))),
    [Symbol.asyncDispose]: dispose,
  };
}
