import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createLog } from '../log.ts';
import { MIGRATIONS, migrate } from './migrate.ts';
import { createPool } from './pool.ts';
import { freshDatabase } from './testing.ts';

const log = createLog({ level: 'silent' });

async function folderOf(files: Record<string, string>) {
  const folder = await mkdtemp(join(tmpdir(), 'tidewire-migrations-'));
  for (const [name, sql] of Object.entries(files)) await writeFile(join(folder, name), sql);
  return { path: folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

const FIRST = { '0001-one.sql': 'create table one (id int);' };
const BOTH = { ...FIRST, '0002-two.sql': 'create table two (id int); insert into one values (1);' };

test('an empty database gets every file in order, and a second run changes nothing', async () => {
  await using db = await freshDatabase({ schema: 'none' });
  await using folder = await folderOf(BOTH);
  expect(await migrate({ pool: db.pool, log, folder: folder.path })).toEqual(['0001-one.sql', '0002-two.sql']);
  expect(await migrate({ pool: db.pool, log, folder: folder.path })).toEqual([]);
  expect((await db.pool.query('select id from one')).rows).toEqual([{ id: 1 }]);
});

test('servers that start together migrate once', async () => {
  await using db = await freshDatabase({ schema: 'none' });
  await using folder = await folderOf(BOTH);
  const pools = [0, 1, 2, 3].map(() => createPool({ url: db.url, log, maxConnections: 1 }));
  const applied = await Promise.all(pools.map((pool) => migrate({ pool, log, folder: folder.path })));
  await Promise.all(pools.map((pool) => pool.end()));
  expect(applied.flat().sort()).toEqual(['0001-one.sql', '0002-two.sql']);
});

test('a file that fails leaves nothing of itself, keeps those before it, and frees the lock', async () => {
  await using db = await freshDatabase({ schema: 'none' });
  await using broken = await folderOf({ ...FIRST, '0002-two.sql': 'create table two (id int); select nonsense;' });
  await expect(migrate({ pool: db.pool, log, folder: broken.path })).rejects.toThrow(/0002-two\.sql failed.*nonsense/);
  expect((await db.pool.query("select to_regclass('two') as two")).rows).toEqual([{ two: null }]);
  await using mended = await folderOf(BOTH);
  expect(await migrate({ pool: db.pool, log, folder: mended.path })).toEqual(['0002-two.sql']);
});

test('a database newer than the code is refused', async () => {
  await using db = await freshDatabase({ schema: 'none' });
  await using newer = await folderOf(BOTH);
  await using older = await folderOf(FIRST);
  await migrate({ pool: db.pool, log, folder: newer.path });
  await expect(migrate({ pool: db.pool, log, folder: older.path })).rejects.toThrow(
    /newer than this version.*0002-two/,
  );
});

test('a file changed after it was applied is refused; other line ends are no change', async () => {
  await using db = await freshDatabase({ schema: 'none' });
  await using first = await folderOf({ '0001-one.sql': 'create table one (\n  id int\n);\n' });
  await using windows = await folderOf({ '0001-one.sql': 'create table one (\r\n  id int\r\n);\r\n' });
  await using changed = await folderOf({ '0001-one.sql': 'create table one (\n  id bigint\n);\n' });
  await migrate({ pool: db.pool, log, folder: first.path });
  expect(await migrate({ pool: db.pool, log, folder: windows.path })).toEqual([]);
  await expect(migrate({ pool: db.pool, log, folder: changed.path })).rejects.toThrow(/0001-one\.sql was changed/);
});

test('files that cannot be put in order are refused', async () => {
  await using db = await freshDatabase({ schema: 'none' });
  await using twice = await folderOf({ '0001-one.sql': '', '0001-other.sql': '' });
  await using nameless = await folderOf({ 'one.sql': '' });
  await using later = await folderOf({ '0002-two.sql': 'select 1' });
  await using late = await folderOf({ '0001-one.sql': 'select 1', '0002-two.sql': 'select 1' });
  await expect(migrate({ pool: db.pool, log, folder: twice.path })).rejects.toThrow(/number 0001/);
  await expect(migrate({ pool: db.pool, log, folder: nameless.path })).rejects.toThrow(/no name for a migration/);
  await migrate({ pool: db.pool, log, folder: later.path });
  await expect(migrate({ pool: db.pool, log, folder: late.path })).rejects.toThrow(/0001-one\.sql comes before/);
});

test('the files of this project apply, and the template of the tests has them', async () => {
  await using db = await freshDatabase({ schema: 'none' });
  const applied = await migrate({ pool: db.pool, log });
  expect(applied.length).toBeGreaterThanOrEqual(3);
  await using copy = await freshDatabase();
  expect(await migrate({ pool: copy.pool, log, folder: MIGRATIONS })).toEqual([]);
});

test('a file and its record are written together', async () => {
  await using db = await freshDatabase({ schema: 'none' });
  const unrecordable = "create table two (id int); alter table migrations add check (name <> '0002-two.sql');";
  await using folder = await folderOf({ ...FIRST, '0002-two.sql': unrecordable });
  await expect(migrate({ pool: db.pool, log, folder: folder.path })).rejects.toThrow(/0002-two\.sql failed/);
  expect((await db.pool.query("select to_regclass('two') as two")).rows).toEqual([{ two: null }]);
});
