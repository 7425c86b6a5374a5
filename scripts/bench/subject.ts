/**
 * Starts a server under test as its own process, alone on its core, and reads its CPU time and memory. Both subjects run
 * with `--expose-gc` and collect on SIGUSR2, so that memory is compared after a collection and not at a random moment. None
 * outlives the process that started it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SERVER_CORE } from './config.ts';
import { cpuMs, rssBytes } from './process-usage.ts';

/** Its standard input closes with the process that started it, however that ends. */
const COLLECT = `data:text/javascript,process.on('SIGUSR2', () => gc());process.stdin.on('end', () => process.exit()).resume().unref()`;
const READY_MS = 60_000;

export class Subject implements AsyncDisposable {
  readonly port: number;
  readonly pid: number;
  readonly #child: ChildProcess;

  readonly #log: string;

  private constructor(child: ChildProcess, port: number, log: string) {
    this.#child = child;
    this.#log = log;
    this.port = port;
    this.pid = child.pid as number;
  }

  /** Starts `script` with `environment` and waits until it answers HTTP; rejects when it ends before. */
  static async start(
    script: string,
    environment: NodeJS.ProcessEnv,
    nodeFlags: readonly string[] = [],
    /** Where it listened before, for one that is started again. */
    formerPort?: number,
  ): Promise<Subject> {
    const port = formerPort ?? (await freePort());
    const log = join(tmpdir(), `tidewire-bench-${port}.log`);
    const output = openSync(log, 'w');
    const child = spawn(
      'taskset',
      ['-c', String(SERVER_CORE), process.execPath, '--expose-gc', '--import', COLLECT, ...nodeFlags, script],
      {
        env: { ...process.env, NODE_ENV: 'production', HOST: '127.0.0.1', ...environment, PORT: String(port) },
        stdio: ['pipe', output, output],
      },
    );
    closeSync(output);
    const subject = new Subject(child, port, log);
    for (const endMs = performance.now() + READY_MS; performance.now() < endMs; await sleep(20)) {
      if (child.exitCode !== null) {
        const words = readFileSync(log, 'utf8');
        rmSync(log);
        throw new Error(`${script} ended before it was ready:\n${words}`);
      }
      if (await answers(port)) return subject;
    }
    await subject[Symbol.asyncDispose]();
    throw new Error(`${script} did not answer within ${READY_MS / 1_000} s`);
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
    rmSync(this.#log, { force: true });
  }

  cpuMs(): number {
    return cpuMs(this.pid);
  }

  rssBytes(): number {
    return rssBytes(this.pid);
  }

  /** Resident memory after two collections and a pause in which freed pages go back. */
  async settledRssBytes(settleMs: number): Promise<number> {
    for (let i = 0; i < 2; i++) {
      this.#child.kill('SIGUSR2');
      await sleep(settleMs / 2);
    }
    return rssBytes(this.pid);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const killer = setTimeout(() => this.#child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(killer);
    rmSync(this.#log, { force: true });
  }
}

async function answers(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/readyz`)).ok;
  } catch {
    return false; // Not listening yet: asked again until the deadline.
  }
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}
