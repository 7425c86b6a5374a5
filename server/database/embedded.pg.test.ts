import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { createLog } from '../log.ts';
import { startPostgres } from './embedded.ts';
import { createPool, requireDatabase } from './pool.ts';

const log = createLog({ level: 'silent' });

async function freshFolder() {
  const path = await mkdtemp(join(tmpdir(), 'tidewire-embedded-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

// Only a loss of power could tell the difference, and nobody waits for the disk.
const start = (dataDir: string) => startPostgres({ dataDir, log, durability: 'lost-with-power' });

async function query(url: string, sql: string): Promise<unknown[]> {
  const pool = createPool({ url, log, maxConnections: 1 });
  try {
    await requireDatabase({ pool, log });
    return (await pool.query(sql)).rows;
  } finally {
    await pool.end();
  }
}

/** Another process that starts a Postgres and keeps it; resolves once it runs. */
async function startElsewhere(dataDir: string): Promise<{ process: ChildProcess; url: string }> {
  const script = `
    import { startPostgres } from '${import.meta.dirname}/embedded.ts';
    import { createLog } from '${import.meta.dirname}/../log.ts';
    const log = createLog({ level: 'silent' });
    const { url } = await startPostgres({ dataDir: process.argv[1], log, durability: 'lost-with-power' });
    console.log(url);
    setInterval(() => {}, 60_000);`;
  const args = ['--import', 'tsx', '--input-type=module', '--eval', script, dataDir];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { process: child, url };
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

const pidOf = async (dataDir: string): Promise<number> =>
  Number((await readFile(join(dataDir, 'postgres/postmaster.pid'), 'utf8')).split('\n')[0]);

/** What the kernel says of a process; undefined when there is none, or only its exit code is left. */
async function findStatus(pid: number | string): Promise<{ parent: number } | undefined> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''); // it has ended
  const parent = Number(/^PPid:\t(\d+)$/m.exec(text)?.[1]);
  return text === '' || /^State:\tZ/m.test(text) ? undefined : { parent };
}

/** The two shells that keep this Postgres. */
async function findKeepers(postgres: number): Promise<number[]> {
  const keeper = (await findStatus(postgres))?.parent as number;
  const keepers = [keeper];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === postgres) continue;
    if ((await findStatus(name))?.parent === keeper) keepers.push(Number(name));
  }
  return keepers;
}

test('what is written survives an orderly end and a new start; the password is for this user only', async () => {
  await using folder = await freshFolder();
  const first = await start(folder.path);
  await query(first.url, 'create table kept as select 1 as one');
  const pid = await pidOf(folder.path);
  await first[Symbol.asyncDispose]();
  await first[Symbol.asyncDispose]();
  expect(await findStatus(pid)).toBeUndefined();
  expect((await stat(join(folder.path, 'postgres-password'))).mode & 0o777).toBe(0o600);
  await using second = await start(folder.path);
  expect(await query(second.url, 'select one from kept')).toEqual([{ one: 1 }]);
});

test('SIGKILL of the server takes Postgres with it, and the next start has everything', async () => {
  await using folder = await freshFolder();
  const server = await startElsewhere(folder.path);
  await query(server.url, 'create table kept as select 1 as one');
  const pid = await pidOf(folder.path);
  await kill(server.process);
  while (await findStatus(pid)); // ends without anybody's help
  await using next = await start(folder.path);
  expect(await query(next.url, 'select one from kept')).toEqual([{ one: 1 }]);
});

test('a start right after SIGKILL waits for the end of the former Postgres', async () => {
  await using folder = await freshFolder();
  const server = await startElsewhere(folder.path);
  const pid = await pidOf(folder.path);
  await kill(server.process);
  await using next = await start(folder.path);
  expect(await findStatus(pid)).toBeUndefined();
  expect(await query(next.url, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('a Postgres whose server and keeper were both killed is ended by the next start', async () => {
  await using folder = await freshFolder();
  const server = await startElsewhere(folder.path);
  const pid = await pidOf(folder.path);
  const keepers = await findKeepers(pid);
  expect(keepers).toHaveLength(2);
  // One that still runs would end this Postgres to start another.
  server.process.kill('SIGSTOP');
  for (const keeper of keepers) process.kill(keeper, 'SIGKILL');
  await kill(server.process);
  expect(await findStatus(pid)).toBeDefined();
  await using next = await start(folder.path);
  expect(await findStatus(pid)).toBeUndefined();
  expect(await query(next.url, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('a second server on the same data folder is refused, and the first goes on', async () => {
  await using folder = await freshFolder();
  await using first = await start(folder.path);
  await expect(start(folder.path)).rejects.toThrow(/Another Tidewire server uses .*DATA_DIR/);
  expect(await query(first.url, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('of two servers that start at the same moment on a new folder, one runs', async () => {
  await using folder = await freshFolder();
  const results = await Promise.allSettled([start(folder.path), start(folder.path)]);
  const running = results.filter((result) => result.status === 'fulfilled');
  expect(running).toHaveLength(1);
  expect(await query(running[0]?.value.url as string, 'select 1 as one')).toEqual([{ one: 1 }]);
  await running[0]?.value[Symbol.asyncDispose]();
});

test('a Postgres that dies is started again at the same address', async () => {
  await using folder = await freshFolder();
  await using postgres = await start(folder.path);
  await query(postgres.url, 'create table kept as select 1 as one');
  const pid = await pidOf(folder.path);
  process.kill(pid, 'SIGKILL');
  while (await findStatus(pid)); // a dying one may still accept a connection
  expect(await query(postgres.url, 'select one from kept')).toEqual([{ one: 1 }]);
  expect(await pidOf(folder.path)).not.toBe(pid);
});

test('a pid left behind that belongs to another program by now is no obstacle', async () => {
  await using folder = await freshFolder();
  await (await start(folder.path))[Symbol.asyncDispose]();
  await writeFile(join(folder.path, 'postgres/postmaster.pid'), `${process.pid}\n\n\n1\n`);
  await using postgres = await start(folder.path);
  expect(await query(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('a set-up that was interrupted is made again, and its remains go', async () => {
  await using folder = await freshFolder();
  const remains = join(folder.path, 'postgres.AbCdEf');
  await mkdir(remains);
  await utimes(remains, 0, 0);
  await using postgres = await start(folder.path);
  expect(await query(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  expect((await readdir(folder.path)).sort()).toEqual(['postgres', 'postgres-password']);
});
