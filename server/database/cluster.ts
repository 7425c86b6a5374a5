/** The folder of a Postgres: makes it with initdb, and runs the server on it until it is ready. Owns nothing for longer. */
import { execFile } from 'node:child_process';
import { access, chown, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Log } from '../log.ts';
import type { Identity, Programs } from './binaries.ts';
import { type Kept, keep } from './keeper.ts';

/** Messages in English, because one of them is waited for. Nothing of our own environment, which may hold secrets. */
const ENVIRONMENT = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', TZ: 'UTC' };

const FLAGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  // Errors of statements go to whoever sent them, and only there: they can quote what people wrote.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_line_prefix: '',
};

/** Commits do not wait for the disk: for databases that nobody misses. */
const VOLATILE = { fsync: 'off', full_page_writes: 'off', max_connections: '300' };

const DRAFT_MS = 600_000;

export interface Cluster {
  readonly folder: string;
  readonly password: string;
  readonly programs: Programs;
  readonly identity: Identity;
  readonly durability: 'kept' | 'lost-with-power';
}

/** Makes the files, complete or not at all: an interrupted attempt leaves nothing that a later start would trust. */
export async function makeCluster({ folder, password, programs, identity, durability }: Cluster): Promise<void> {
  const isMade = await access(join(folder, 'PG_VERSION')).then(
    () => true,
    () => false, // not yet
  );
  if (isMade) return;
  await removeDrafts(folder);
  const secrets = await mkdtemp(join(tmpdir(), 'tidewire-'));
  const draft = await mkdtemp(`${folder}.`);
  try {
    const passwordFile = join(secrets, 'password');
    await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
    const { uid, gid } = identity.owner;
    if (uid !== undefined && gid !== undefined)
      for (const path of [secrets, passwordFile, draft]) await chown(path, uid, gid);
    const [command, ...rest] = [...identity.prefix, programs.initdb];
    const args = [`--pgdata=${draft}`, '--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
    // The same order and case rules on every machine, whatever locales it has.
    const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-locale'];
    const haste = durability === 'kept' ? [] : ['--no-sync'];
    await promisify(execFile)(command as string, [...rest, ...args, ...locale, ...haste, '--no-instructions'], {
      ...identity.user,
      env: ENVIRONMENT,
    });
    await rename(draft, folder);
  } catch (error) {
    // Another server may have been faster; its files are as good.
    if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) {
      throw new Error(`Postgres could not be set up in ${folder}: ${(error as Error).message}`, { cause: error });
    }
  } finally {
    await rm(secrets, { recursive: true, force: true });
    await rm(draft, { recursive: true, force: true });
  }
}

/** What earlier attempts left when they were killed. initdb takes seconds: a younger one may be another server's work. */
async function removeDrafts(folder: string): Promise<void> {
  const parent = dirname(folder);
  for (const name of await readdir(parent)) {
    const path = join(parent, name);
    if (!name.startsWith(`${basename(folder)}.`) || Date.now() - (await stat(path)).mtimeMs < DRAFT_MS) continue;
    await rm(path, { recursive: true, force: true });
  }
}

/** Runs Postgres and resolves once it takes connections. Throws with what it said last when it ends before. */
export async function runCluster({ cluster, port, log }: { cluster: Cluster; port: number; log: Log }): Promise<Kept> {
  const { programs, identity, folder, durability } = cluster;
  const flags = Object.entries(durability === 'kept' ? FLAGS : { ...FLAGS, ...VOLATILE });
  const settings = flags.flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  let complaint = 'it ended without a word';
  return new Promise((resolve, reject) => {
    const kept = keep({
      command: [...identity.prefix, programs.postgres, '-D', folder, '-p', `${port}`, ...settings],
      environment: ENVIRONMENT,
      user: identity.user,
      onLine: (line) => {
        const isBad = /^(FATAL|PANIC):/.test(line);
        if (isBad) complaint = line;
        log[isBad ? 'warn' : 'debug'](`postgres: ${line}`);
        if (line.includes('ready to accept connections')) resolve(kept);
      },
    });
    void kept.exited.then(() => reject(new Error(`Postgres did not start: ${complaint}`)));
  });
}

/** A port that was free a moment ago. */
export async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('A port was asked for, and none was given.');
  return address.port;
}
