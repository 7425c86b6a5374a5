/** The built server as a process of its own, for tests that kill, pause or end it: and start it again on the same port. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { findFreePort } from '../../server/database/cluster.ts';
import type { Pool } from '../../server/database/pool.ts';
import { freshDatabase } from '../../server/database/testing.ts';

const MAIN = join(import.meta.dirname, '../../dist/server/main.js');

/** Enough to see what went before a failure. */
const KEPT_LINES = 200;

/** How it ended: as `exit` of a child process says it. */
interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export class AppServer implements AsyncDisposable {
  readonly port: number;
  /** What it has said of late, also before it was started again. */
  readonly lines: string[] = [];
  readonly #environment: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;

  private constructor(port: number, environment: Readonly<Record<string, string>>) {
    this.port = port;
    this.#environment = environment;
  }

  /** With these settings, and those every test wants. Resolves when it takes connections. */
  static async start(environment: Readonly<Record<string, string>>): Promise<AppServer> {
    const server = new AppServer(await findFreePort(), environment);
    await server.start();
    return server;
  }

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  async start(): Promise<void> {
    this.#child = spawn(process.execPath, ['--enable-source-maps', MAIN], {
      stdio: ['ignore', 'pipe', 'inherit'],
      // Not this process's environment: Vitest sets BASE_URL, which means something else to the server.
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'production',
        HOST: '127.0.0.1',
        PORT: String(this.port),
        RATE_LIMITS: 'off',
        ...this.#environment,
      },
    });
    await this.#untilReady(this.#child);
  }

  #untilReady(child: ChildProcess): Promise<void> {
    return new Promise((resolve, reject) => {
      if (!child.stdout) throw new Error('The server has no output to read its state from');
      createInterface({ input: child.stdout }).on('line', (line) => {
        this.lines.push(line);
        if (this.lines.length > KEPT_LINES) this.lines.shift();
        if (line.includes('Tidewire is ready')) resolve();
      });
      child.once('exit', () => reject(new Error(`The server ended before it was ready:\n${this.lines.join('\n')}`)));
    });
  }

  /** SIGSTOP and SIGCONT: it hangs, and goes on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(signal);
  }

  /** Resolves when the process is gone. After SIGKILL nothing is finished, nothing is said. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<Ending | undefined> {
    if (!this.#child || !this.isRunning) return undefined;
    const exit = once(this.#child, 'exit');
    this.#child.kill(signal);
    const [code, by] = (await exit) as [number | null, NodeJS.Signals | null];
    return { code, signal: by };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGKILL');
  }
}

export interface ServerProcess extends AsyncDisposable {
  readonly port: number;
  /** Its database, to look at what it stores. */
  readonly pool: Pool;
  readonly dataDir: string;
  /** SIGKILL: nothing is finished, nothing is said. Resolves when the process is gone. */
  kill(): Promise<void>;
  /** Starts it again on the same port; resolves when it takes connections. */
  restart(): Promise<void>;
}

/** One server on a database of its own, with these settings besides. */
export async function startServerProcess(environment: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
  const database = await freshDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'tidewire-e2e-'));
  const server = await AppServer.start({ DATABASE_URL: database.url, DATA_DIR: dataDir, ...environment });
  return {
    port: server.port,
    pool: database.pool,
    dataDir,
    kill: async () => void (await server.end('SIGKILL')),
    restart: () => server.start(),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await rm(dataDir, { recursive: true, force: true });
      await database[Symbol.asyncDispose]();
    },
  };
}
