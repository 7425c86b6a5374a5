/** `npm run cluster` as a process: several servers behind one address, and nothing left of it however it ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { messengerOf, TestBrowser } from '../account/testing-browser.ts';
import { until } from '../conversation/testing-device.ts';

const SCRIPT = join(import.meta.dirname, '../../scripts/cluster.ts');

interface Cluster extends AsyncDisposable {
  readonly url: string;
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<unknown>;
}

async function startCluster(dataDir: string): Promise<Cluster> {
  const child = spawn(process.execPath, ['--import', 'tsx', SCRIPT], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // Everything it starts names the folder somewhere.
    env: { PATH: process.env.PATH, TMPDIR: dataDir, DATA_DIR: join(dataDir, 'data'), PORT: '0', RATE_LIMITS: 'off' },
  });
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line);
    const match = /ready at (http:[^,"]+), on 2 servers/.exec(line);
    if (!match) continue;
    child.stdout.resume();
    const end = (signal: 'SIGTERM' | 'SIGKILL') => endOf(child, signal);
    return { url: match[1] as string, end, [Symbol.asyncDispose]: async () => void (await end('SIGKILL')) };
  }
  throw new Error(`The cluster ended before it was ready:\n${said.join('\n')}`);
}

/** Its exit code and signal, unless it had ended before. */
async function endOf(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<unknown> {
  if (child.exitCode !== null || child.signalCode !== null) return undefined;
  const exit = once(child, 'exit');
  child.kill(signal);
  return exit;
}

/** Processes that were given this data folder by their environment or their arguments: those that make up a cluster. */
async function processesOf(dataDir: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const read = (name: string) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => ''); // it has ended
    const [environment, command] = await Promise.all([read('environ'), read('cmdline')]);
    if (environment.includes(dataDir) || command.includes(dataDir)) found.push(command.replaceAll('\0', ' '));
  }
  return found;
}

async function freshFolder() {
  const path = await mkdtemp(join(tmpdir(), 'tidewire-cluster-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

test('two servers behind one address are one place to talk, and all of it ends when asked to', async () => {
  await using folder = await freshFolder();
  await using cluster = await startCluster(folder.path);
  expect((await fetch(`${cluster.url}/readyz`)).status).toBe(200);
  expect(await (await fetch(cluster.url)).text()).toContain('<title>Tidewire</title>');
  const join = async (name: string) => {
    const profile = new TestBrowser(() => cluster.url);
    const accounts = profile.page();
    await accounts.signUp({ name, email: `${name}@example.org`, password: 'correct horse battery' });
    return { profile, accounts, messenger: await messengerOf(accounts) };
  };
  const [ana, bo] = [await join('Ana'), await join('Bo')];
  const started = await ana.messenger.createConversation({ memberIds: [bo.messenger.account.id] });
  if (!started.ok) throw new Error('no conversation');
  using here = ana.messenger.open(started.value);
  await here.send('through the proxy');
  await until(here.timeline, ({ rows }) => rows[0]?.delivery === 'sent');
  for (let server = 0; server < 2; server++) {
    const answer = await bo.profile.ask('GET', `/api/conversations/${started.value}/messages`);
    expect(await answer.json()).toMatchObject({ items: [{ text: 'through the proxy' }] });
  }
  for (const { accounts } of [ana, bo]) accounts[Symbol.dispose]();
  expect(await cluster.end('SIGTERM')).toEqual([0, null]);
  expect(await processesOf(folder.path)).toEqual([]);
});

test('nothing outlives a cluster that is killed', async () => {
  await using folder = await freshFolder();
  await using cluster = await startCluster(folder.path);
  // Postgres, Redis and two servers, each with its keeper, and the script itself.
  expect((await processesOf(folder.path)).length).toBeGreaterThanOrEqual(9);
  await cluster.end('SIGKILL');
  // The kernel tells the others by closing a pipe; nobody tells us when they have ended.
  while ((await processesOf(folder.path)).length > 0) await sleep(50);
});
