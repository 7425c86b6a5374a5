/**
 * Brings a database to the newest schema: the plain SQL files of `schema/database/` in order, each in its own transaction,
 * recorded with its checksum. Servers that start together take turns. A database that is newer than this code, or was
 * made by other files, is refused and left alone.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../log.ts';
import { root } from '../root.ts';
import type { Pool, PoolClient } from './pool.ts';

/** Any constant of our own: whoever holds it migrates. */
const LOCK = 0x71_de_31;

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

/** The SQL files of this version. */
export const MIGRATIONS = join(root, 'schema/database');

/** Answers the names of the files that were applied. Throws before it changes anything if the two do not fit together. */
export async function migrate({
  pool,
  log,
  folder = MIGRATIONS,
}: {
  pool: Pool;
  log: Log;
  folder?: string;
}): Promise<readonly string[]> {
  const files = await loadMigrations(folder);
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    // Building an index on a large table may take longer than any query of the running server.
    await client.query('set statement_timeout = 0');
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    await client.query(`create table if not exists migrations (
      name       text primary key,
      checksum   text not null,
      applied_at timestamptz not null default now()
    )`);
    const pending = requirePending(files, await loadApplied(client));
    for (const file of pending) await apply({ client, file, log });
    return pending.map((file) => file.name);
  } catch (error) {
    failure = error as Error;
    throw error;
  } finally {
    // Closing the session frees the lock and the setting, whatever state an error left it in.
    client.release(failure ?? true);
  }
}

async function loadMigrations(folder: string): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  const numbers = new Set<string>();
  for (const name of names) {
    const number = /^(\d{4})-[a-z0-9-]+\.sql$/.exec(name)?.[1];
    if (!number) throw new Error(`${name} is no name for a migration: it must look like 0004-what-it-does.sql.`);
    if (numbers.has(number)) throw new Error(`Two migrations have the number ${number}.`);
    numbers.add(number);
  }
  return Promise.all(
    names.map(async (name) => {
      // A checkout with CRLF is the same migration.
      const sql = (await readFile(join(folder, name), 'utf8')).replaceAll('\r\n', '\n');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

async function loadApplied(client: PoolClient): Promise<ReadonlyMap<string, string>> {
  const { rows } = await client.query<{ name: string; checksum: string }>('select name, checksum from migrations');
  return new Map(rows.map((row) => [row.name, row.checksum]));
}

/** The files still to be applied. */
function requirePending(files: readonly Migration[], applied: ReadonlyMap<string, string>): readonly Migration[] {
  const known = new Set(files.map((file) => file.name));
  const last = files.at(-1)?.name ?? '';
  for (const name of [...applied.keys()].sort()) {
    if (known.has(name)) continue;
    throw new Error(
      name > last
        ? `The database is newer than this version of Tidewire: it has ${name}. Start the version that made it, or a newer one.`
        : `The database was made with ${name}, which this version of Tidewire does not have.`,
    );
  }
  for (const file of files) {
    const checksum = applied.get(file.name);
    if (checksum !== undefined && checksum !== file.checksum) {
      throw new Error(
        `${file.name} was changed after it had been applied. Restore the file, and put the change into a new one.`,
      );
    }
  }
  const pending = files.filter((file) => !applied.has(file.name));
  const newest = [...applied.keys()].sort().at(-1) ?? '';
  const late = pending.find((file) => file.name < newest);
  if (late) throw new Error(`${late.name} comes before ${newest}, which is already applied. Give it the next number.`);
  return pending;
}

async function apply({ client, file, log }: { client: PoolClient; file: Migration; log: Log }): Promise<void> {
  await client.query('begin');
  try {
    await client.query(file.sql);
    await client.query('insert into migrations (name, checksum) values ($1, $2)', [file.name, file.checksum]);
    await client.query('commit');
  } catch (error) {
    throw new Error(`${file.name} failed and changed nothing: ${(error as Error).message}`, { cause: error });
  }
  log.info(`migrated the database: ${file.name}`);
}
