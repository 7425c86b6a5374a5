/** A database that was brought back to a backup, and devices that have seen what came after it. */
import { expect, test } from 'vitest';
import { createPool } from '../../server/database/pool.ts';
import { freshDatabase } from '../../server/database/testing.ts';
import { renewGenerations } from '../../server/journal/generations.ts';
import { createLog } from '../../server/log.ts';
import { startServer, type TestServer } from '../../server/testing/server.ts';
import { textsOf, until } from '../conversation/testing-device.ts';
import { messengerOf, TestBrowser } from './testing-browser.ts';

const password = 'correct horse battery';

test('[P3] after a restore devices show what was restored, keep what was unsent, and go on', async () => {
  await using database = await freshDatabase();
  const log = createLog({ level: 'error' });
  let server: TestServer = await startServer({ databaseUrl: database.url });
  const profiles = [new TestBrowser(() => server.url), new TestBrowser(() => server.url)] as const;
  const join = async (profile: TestBrowser, name: string) => {
    const accounts = profile.page();
    await accounts.signUp({ name, email: `${name}@example.org`, password });
    return { accounts, messenger: await messengerOf(accounts) };
  };
  const [ana, bo] = [await join(profiles[0], 'Ana'), await join(profiles[1], 'Bo')];
  const started = await ana.messenger.createConversation({ memberIds: [bo.messenger.account.id] });
  if (!started.ok) throw new Error('no conversation');
  const here = ana.messenger.open(started.value);
  await here.send('before the backup');
  await until(here.timeline, ({ rows }) => rows[0]?.delivery === 'delivered');

  // The backup: a copy of a database that nobody is connected to.
  await server[Symbol.asyncDispose]();
  await database.pool.end();
  const url = new URL(database.url);
  const name = url.pathname.slice(1);
  url.pathname = '/postgres';
  const admin = createPool({ url: url.href, log, maxConnections: 1 });
  await admin.query(`create database ${name}_backup template ${name}`);
  url.pathname = `/${name}_backup`;
  const backup = createPool({ url: url.href, log, maxConnections: 1 });

  server = await startServer({ databaseUrl: database.url });
  for (const { accounts } of [ana, bo]) accounts[Symbol.dispose]();
  {
    using accounts = profiles[0].page();
    const messenger = await messengerOf(accounts);
    using again = messenger.open(started.value);
    await again.send('after the backup');
    await until(again.timeline, ({ rows }) => rows.length === 2 && rows[1]?.delivery === 'sent');
    profiles[0].setOnline(false);
    await again.send('never sent');
  }
  await server[Symbol.asyncDispose]();

  expect(await renewGenerations(backup)).toBeGreaterThan(0);
  server = await startServer({ databaseUrl: url.href });
  profiles[0].setOnline(true);
  {
    using accounts = profiles[0].page();
    const messenger = await messengerOf(accounts);
    using again = messenger.open(started.value);
    const restored = await until(again.timeline, ({ failed }) => failed.length === 1);
    expect(restored.failed[0]?.text).toBe('never sent');
    await until(again.timeline, (timeline) => textsOf(timeline).join() === 'before the backup');
    await again.retry(restored.failed[0]?.key as string);
    using others = profiles[1].page();
    const there = (await messengerOf(others)).open(started.value);
    await until(there.timeline, (timeline) => textsOf(timeline).join() === 'before the backup,never sent');
  }
  await server[Symbol.asyncDispose]();
  await backup.end();
  await admin.query(`drop database ${name}_backup with (force)`);
  await admin.end();
});
