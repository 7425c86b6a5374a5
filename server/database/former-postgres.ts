/**
 * What to do about a Postgres that is already there when a server starts on a data folder: wait for one that is ending, end one
 * that nobody owns any more, and refuse to start beside one that another server uses. Who owns a Postgres holds an
 * advisory lock in it for as long as it lives; that cannot be left behind, unlike a lock file.
 */
import { readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Log } from '../log.ts';

/** Any constant of our own, other than that of the migrations. */
const OWNER_LOCK = 0x71_de_30;

/** Ending includes a checkpoint: on a slow disk, some seconds. */
const PATIENCE_MS = 30_000;

/** Two servers on one data folder would each take the other's Postgres for a former one. */
export class OwnedByAnother extends Error {
  /** Where it answers, if it does: commands may work on it beside its server. */
  readonly url: string | undefined;

  constructor(folder: string, url?: string) {
    super(`Another Tidewire server uses ${dirname(folder)}. Stop it, or set DATA_DIR to another folder.`);
    this.name = 'OwnedByAnother';
    this.url = url;
  }
}

export interface Address {
  readonly port: number;
  readonly password: string;
}

export const postgresUrl = ({ port, password }: Address): string =>
  `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;

/** Takes the ownership of a running Postgres for as long as the returned connection is open; undefined if it has an owner. */
export async function findOwnership(address: Address): Promise<pg.Client | undefined> {
  const client = new pg.Client({
    connectionString: postgresUrl(address),
    application_name: 'tidewire owner',
    keepAlive: true,
  });
  // Lost with its Postgres; whoever runs that one notices by itself.
  client.on('error', () => {});
  await client.connect();
  const { rows } = await client.query<{ owned: boolean }>('select pg_try_advisory_lock($1) as owned', [OWNER_LOCK]);
  if (rows[0]?.owned) return client;
  await client.end();
  return undefined;
}

/** Returns when no Postgres runs on `folder`. Throws if another server uses it, or if one does not end. */
export async function endFormerPostgres({
  folder,
  password,
  log,
}: {
  folder: string;
  password: string;
  log: Log;
}): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (let hasSaid = false; ; hasSaid = true) {
    const former = await findFormer(folder);
    if (!former) return;
    if (!(await isPostgres(former.pid))) {
      // Killed together with its machine or container: the number may belong to somebody else now, which Postgres would
      // take for itself and refuse to start.
      await rm(join(folder, 'postmaster.pid'), { force: true });
      return;
    }
    if (!hasSaid) log.info(`a former Postgres (pid ${former.pid}) still runs on ${folder}: waiting for its end`);
    const owner = await findOwnership({ port: former.port, password }).catch(() => 'not ready' as const);
    if (owner === undefined) throw new OwnedByAnother(folder, postgresUrl({ port: former.port, password }));
    if (owner !== 'not ready') {
      log.warn(`ending the Postgres with pid ${former.pid}, which nobody owns any more`);
      process.kill(former.pid, 'SIGINT');
      await owner.end().catch(() => {}); // it may be gone already
    }
    if (performance.now() > deadline) {
      throw new Error(`A former Postgres (pid ${former.pid}) on ${folder} neither answers nor ends.`);
    }
    await sleep(100);
  }
}

/** The first and the fourth line of `postmaster.pid`: pid and port. */
async function findFormer(folder: string): Promise<{ pid: number; port: number } | undefined> {
  const text = await readFile(join(folder, 'postmaster.pid'), 'utf8').catch(() => ''); // there is none
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  return Number.isInteger(pid) && pid > 0 ? { pid, port: Number(lines[3]) } : undefined;
}

/** Whether a process with this pid lives and, where the system tells, is a Postgres. */
async function isPostgres(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => 'postgres'); // no /proc: believe the file
  return basename(command.split('\0')[0] ?? '') === 'postgres';
}
