/**
 * What every scenario works in: a Postgres of its own and this process on one core, servers under test on the other, the
 * seeded people, and the reading of both cores. Everything is gone when it is disposed of.
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { type ConversationId, documentId } from '../../schema/ids.ts';
import { startPostgres } from '../../server/database/embedded.ts';
import { migrate } from '../../server/database/migrate.ts';
import { createPool, type Pool } from '../../server/database/pool.ts';
import { createLog } from '../../server/log.ts';
import { type BenchConfig, GENERATOR_CORE } from './config.ts';
import type { Member } from './generator/fleet.ts';
import { familyCpuMs, familyOf } from './process-usage.ts';
import { copyDocument, rawMembers, seedRooms, seedUsers, tidewireMember } from './seed.ts';
import { Subject } from './subject.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const RUN_TYPESCRIPT = ['--import', 'tsx'];

export type Contender = 'raw' | 'tidewire';

export class Laboratory implements AsyncDisposable {
  readonly config: BenchConfig;
  readonly pool: Pool;
  readonly #server: string;
  readonly #folder: string;
  readonly #url: string;
  readonly #secret = randomBytes(32).toString('hex');
  readonly #postmaster: number;
  readonly #dispose: () => Promise<void>;
  #conversations = 0;

  private constructor(options: {
    config: BenchConfig;
    pool: Pool;
    server: string;
    folder: string;
    url: string;
    postmaster: number;
    dispose: () => Promise<void>;
  }) {
    this.config = options.config;
    this.pool = options.pool;
    this.#server = options.server;
    this.#folder = options.folder;
    this.#url = options.url;
    this.#postmaster = options.postmaster;
    this.#dispose = options.dispose;
  }

  /** `server` is the built server under test. */
  static async open(config: BenchConfig, server: string): Promise<Laboratory> {
    // Every thread of this process, and whatever it starts from now on unless it says otherwise.
    execFileSync('taskset', ['-apc', String(GENERATOR_CORE), String(process.pid)], { stdio: 'ignore' });
    // Beside the code and not in the temporary folder, which may be memory: a commit must wait for a disk.
    const cache = join(ROOT, 'node_modules/.cache');
    await mkdir(cache, { recursive: true });
    const folder = await mkdtemp(join(cache, 'bench-'));
    const log = createLog({ level: 'silent' });
    const postgres = await startPostgres({ dataDir: folder, log });
    const pool = createPool({ url: postgres.url, log });
    const dispose = async (): Promise<void> => {
      await pool.end();
      await postgres[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    };
    try {
      await migrate({ pool, log });
      await seedUsers(pool, Math.max(config.connections, config.idle.connections, config.people ?? 0));
      const pidFile = await readFile(join(folder, 'postgres/postmaster.pid'), 'utf8');
      return new Laboratory({
        config,
        pool,
        server,
        folder,
        url: postgres.url,
        postmaster: Number.parseInt(pidFile, 10),
        dispose,
      });
    } catch (error) {
      await dispose();
      throw error;
    }
  }

  get databaseUrl(): string {
    return this.#url;
  }

  start(
    contender: Contender,
    nodeFlags: readonly string[] = [],
    more: { environment?: NodeJS.ProcessEnv; formerPort?: number } = {},
  ): Promise<Subject> {
    if (contender === 'raw') {
      return Subject.start(join(import.meta.dirname, 'raw-ws.ts'), {}, [...RUN_TYPESCRIPT, ...nodeFlags]);
    }
    const environment = {
      DATABASE_URL: this.#url,
      AUTH_SECRET: this.#secret,
      DATA_DIR: this.#folder,
      RATE_LIMITS: 'off',
      ...more.environment,
    };
    return Subject.start(this.#server, environment, ['--enable-source-maps', ...nodeFlags], more.formerPort);
  }

  /** The baseline of opening a document: plain Yjs on a file of its state. */
  startPlainYjs(stateFile: string): Promise<Subject> {
    return Subject.start(join(import.meta.dirname, 'plain-yjs.ts'), { STATE_FILE: stateFile }, RUN_TYPESCRIPT);
  }

  /** Members of new rooms; nobody has written in them. */
  rooms(contender: Contender, connections: number, roomSize = this.config.roomSize, firstUser = 0): Promise<Member[]> {
    const rooms = connections / roomSize;
    if (contender === 'raw') return Promise.resolve(rawMembers({ rooms, roomSize }));
    const name = String(this.#conversations++);
    return seedRooms(this.pool, { name, rooms, roomSize, firstUser, secret: this.#secret });
  }

  /** Members of new conversations with the history of the one that `source` belongs to. */
  copies(source: Member, copies: number): Promise<Member[]> {
    return copyDocument(this.pool, { source, copies, name: String(this.#conversations++), secret: this.#secret });
  }

  /** One of the seeded people, on a document that is there already. */
  member({ conversation, epoch, user }: { conversation: ConversationId; epoch: number; user: number }): Member {
    return {
      ...tidewireMember({ user, channel: 1, conversation, secret: this.#secret }),
      document: documentId(conversation, epoch),
    };
  }

  path(name: string): string {
    return join(this.#folder, name);
  }

  /** Lets this process and Postgres use all cores while nothing is measured. */
  async unpinned<Result>(work: () => Promise<Result>): Promise<Result> {
    // Connections made meanwhile inherit what the postmaster has.
    const allow = (cores: string): void => {
      for (const pid of [process.pid, ...familyOf(this.#postmaster)]) {
        try {
          execFileSync('taskset', ['-apc', cores, String(pid)], { stdio: 'ignore' });
        } catch {
          // A connection that has ended needs no core.
        }
      }
    };
    allow(`0-${cpus().length - 1}`);
    try {
      return await work();
    } finally {
      allow(String(GENERATOR_CORE));
    }
  }

  /** CPU time so far of this process. */
  generatorCpuMs(): number {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
  }

  postgresCpuMs(): number {
    return familyCpuMs(this.#postmaster);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#dispose();
  }
}

/** Builds what `npm start` would start, unless it is built, and says where it is. */
export function buildServer(): string {
  execFileSync('npm', ['run', '--silent', 'build', '--', '--if-changed'], { stdio: ['ignore', 'ignore', 'inherit'] });
  return join(ROOT, 'dist/server/main.js');
}
