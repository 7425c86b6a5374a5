import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Config, loadConfig } from './config.ts';
import { freshDatabase } from './database/testing.ts';
import { createLog } from './log.ts';
import { createServer } from './server.ts';

const log = createLog({ level: 'silent' });

const configFor = (databaseUrl: string): Config =>
  loadConfig({
    PORT: '0',
    DATABASE_URL: databaseUrl,
    AUTH_SECRET: 'only for tests, and long enough for this',
    DATA_DIR: join(tmpdir(), `tidewire-never-made-${randomUUID()}`),
  });

test('a server on a given database is ready when it says so, and makes no data folder', async () => {
  await using db = await freshDatabase({ schema: 'none' });
  const config = configFor(db.url);
  await using server = await createServer({ config, log });
  const ready = await fetch(`${server.url}/readyz`);
  expect(ready.status).toBe(200);
  expect(await ready.json()).toMatchObject({ database: 'ok' });
  expect((await fetch(`${server.url}/metrics`)).status).toBe(200);
  const unknown = await fetch(`${server.url}/api/nothing`);
  expect(unknown.status).toBe(404);
  expect(unknown.headers.get('content-type')).toContain('application/problem+json');
  expect(existsSync(config.dataDir)).toBe(false);
});

test('two servers may share a database', async () => {
  await using db = await freshDatabase({ schema: 'none' });
  const config = configFor(db.url);
  const servers = await Promise.all([createServer({ config, log }), createServer({ config, log })]);
  for (const server of servers) expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  for (const server of servers) await server[Symbol.asyncDispose]();
});

test('a server that has ended takes no connection, leaves none to Postgres, and may be ended again', async () => {
  await using db = await freshDatabase();
  const server = await createServer({ config: configFor(db.url), log });
  await fetch(`${server.url}/healthz`);
  await Promise.all([server[Symbol.asyncDispose](), server[Symbol.asyncDispose]()]);
  await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
  const sessions = await db.pool.query(
    "select 1 from pg_stat_activity where datname = current_database() and application_name = 'tidewire' and pid <> pg_backend_pid()",
  );
  expect(sessions.rows).toEqual([]);
});

test('a server that cannot start leaves nothing behind and says why', async () => {
  await using db = await freshDatabase();
  const taken = createTcpServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as { port: number };
  await expect(createServer({ config: { ...configFor(db.url), port }, log })).rejects.toThrow(`Port ${port} is taken`);
  taken.close();
  const wrong = new URL(db.url);
  wrong.password = 'wrong';
  await expect(createServer({ config: configFor(wrong.href), log })).rejects.toThrow(/Postgres cannot be used/);
});
