/** Servers that are asked to end: what their clients hear, what becomes of what was under way, and a rolling restart. */
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { CLOSE } from '../../schema/close-codes.ts';
import { Balancer } from '../../scripts/cluster/balancer.ts';
import { freshDatabase } from '../../server/database/testing.ts';
import { Device } from '../../server/testing/device.ts';
import { messengerOf, TestBrowser } from '../account/testing-browser.ts';
import type { Timeline } from '../conversation/conversation.ts';
import { until } from '../conversation/testing-device.ts';
import { AppServer } from './server-process.ts';

const COUNT = 2;

/** Servers on one database, and a proxy in front of them. */
async function startServers() {
  const database = await freshDatabase();
  const environment = { DATABASE_URL: database.url, AUTH_SECRET: randomBytes(32).toString('hex'), DRAIN_SECONDS: '1' };
  const servers = await Promise.all(Array.from({ length: COUNT }, () => AppServer.start(environment)));
  const balancer = await Balancer.listen({ host: '127.0.0.1', port: 0, targets: servers.map(({ port }) => port) });
  const url = `http://127.0.0.1:${balancer.port}`;
  return {
    ...{ database, servers, url },
    async join(name: string) {
      const profile = new TestBrowser(() => url);
      const accounts = profile.page();
      await accounts.signUp({ name, email: `${name}@example.org`, password: 'correct horse battery' });
      return { profile, accounts, messenger: await messengerOf(accounts) };
    },
    async [Symbol.asyncDispose]() {
      await balancer[Symbol.asyncDispose]();
      for (const server of servers) await server[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

const isSent = ({ rows }: Timeline): boolean => rows.every(({ own, delivery }) => !own || delivery !== 'sending');

test('[P3] a rolling restart: people write on, and every message arrives exactly once', async () => {
  await using setting = await startServers();
  const [ana, bo] = [await setting.join('Ana'), await setting.join('Bo')];
  using _a = ana.accounts;
  using _b = bo.accounts;
  const started = await ana.messenger.createConversation({ memberIds: [bo.messenger.account.id] });
  if (!started.ok) throw new Error('no conversation');
  await until(bo.messenger.conversations, ({ items }) => items.length === 1);
  using here = ana.messenger.open(started.value);
  using there = bo.messenger.open(started.value);
  const written: string[] = [];
  let isOver = false;
  const write = async (): Promise<void> => {
    while (!isOver) {
      for (const [name, conversation] of [['Ana', here] as const, ['Bo', there] as const]) {
        const text = `${name} ${written.length}`;
        await conversation.send(text);
        written.push(text);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const writing = write();
  for (const server of setting.servers) {
    expect(await server.end('SIGTERM')).toEqual({ code: 0, signal: null });
    await server.start();
  }
  isOver = true;
  await writing;
  const timelines = await Promise.all([until(here.timeline, isSent), until(there.timeline, isSent)]);
  for (const { failed } of timelines) expect(failed).toEqual([]);
  const stored: string[] = [];
  let page = `/api/conversations/${started.value}/messages?limit=100`;
  for (;;) {
    const answer = await ana.profile.ask('GET', page);
    const { items, next } = (await answer.json()) as { items: { text: string }[]; next?: string };
    stored.push(...items.map(({ text }) => text));
    if (next === undefined) break;
    page = `/api/conversations/${started.value}/messages?limit=100&before=${next}`;
  }
  expect(stored.sort()).toEqual(written.sort());
});

test('a server that is asked to end sends everybody away to come again, with what they wrote, and ends well', async () => {
  await using setting = await startServers();
  const [server] = setting.servers as [AppServer];
  const [ana, bo] = [await setting.join('Ana'), await setting.join('Bo')];
  for (const { accounts } of [ana, bo]) accounts[Symbol.dispose]();
  const memberIds = [bo.messenger.account.id];
  const created = await ana.profile.ask('POST', '/api/conversations', { memberIds });
  const { document } = (await created.json()) as { document: string };
  const signedIn = await ana.profile.ask('POST', '/api/auth/sign-in/email', {
    email: 'Ana@example.org',
    password: 'correct horse battery',
  });
  const bearer = `Bearer ${signedIn.headers.get('set-auth-token')}`;
  const user = ana.messenger.account.id;
  // More than go in one wave.
  const connect = () => Device.connect({ port: server.port, document, user, bearer });
  const devices = await Promise.all(Array.from({ length: 120 }, connect));
  for (const [index, device] of devices.entries()) device.say(`message ${index}`);
  expect(await server.end('SIGTERM')).toEqual({ code: 0, signal: null });
  for (const device of devices) expect(await device.wire?.raw.end()).toMatchObject({ code: CLOSE.restart });
  const acknowledged = devices.filter((device) => (device.acknowledged.get(device.doc.clientID) ?? 0) > 0);
  using reader = await Device.connect({ port: (setting.servers[1] as AppServer).port, document, user, bearer });
  expect(reader.texts()).toEqual(expect.arrayContaining(acknowledged.map((device) => device.texts().at(-1))));
  for (const device of devices) device[Symbol.dispose]();
});
