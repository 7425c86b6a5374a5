/** The built server as its own process on a real database, for stories that kill it: `kill -9` and start again, same port. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Pool } from '../../server/database/pool.ts';
import { freshDatabase } from '../../server/database/testing.ts';

const MAIN = join(import.meta.dirname, '../../dist/server/main.js');

export interface ServerProcess extends AsyncDisposable {
  readonly port: number;
  /** Its database, to look at what it stores. */
  readonly pool: Pool;
  /** SIGKILL: nothing is finished, nothing is said. Resolves when the process is gone. */
  kill(): Promise<void>;
  /** Starts it again on the same port; resolves when it takes connections. */
  restart(): Promise<void>;
}

export async function startServerProcess(): Promise<ServerProcess> {
  const database = await freshDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'tidewire-e2e-'));
  let port = 0;
  let child: ChildProcess | undefined;

  const start = async (): Promise<void> => {
    child = spawn(process.execPath, [MAIN], {
      stdio: ['ignore', 'pipe', 'inherit'],
      // Not this process's environment: Vitest sets BASE_URL, which means something else to the server.
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'production',
        DATABASE_URL: database.url,
        DATA_DIR: dataDir,
        HOST: '127.0.0.1',
        PORT: String(port),
        RATE_LIMITS: 'off',
      },
    });
    port = await portOf(child);
  };

  const kill = async (): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  };

  await start();
  return {
    get port() {
      return port;
    },
    pool: database.pool,
    kill,
    restart: start,
    async [Symbol.asyncDispose]() {
      await kill();
      await rm(dataDir, { recursive: true, force: true });
      await database[Symbol.asyncDispose]();
    },
  };
}

async function portOf(child: ChildProcess): Promise<number> {
  if (!child.stdout) throw new Error('The server has no output to read its address from');
  const said: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    said.push(line);
    const match = /ready at http:\/\/[^:/]+:(\d+)/.exec(line);
    if (!match) continue;
    // Read on, or the pipe fills and the server waits for us.
    child.stdout.resume();
    return Number(match[1]);
  }
  throw new Error(`The server ended before it was ready:\n${said.join('\n')}`);
}
