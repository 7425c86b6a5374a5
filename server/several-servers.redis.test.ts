/** What people notice of several servers: two of them, complete, on one Postgres and one Redis. */
import { describe, expect, test } from 'vitest';
import { CLOSE } from '../schema/close-codes.ts';
import { freshDatabase } from './database/testing.ts';
import { startRedis } from './fan-out/testing-redis.ts';
import { startServer, type TestServer } from './testing/server.ts';
import { RawSocket } from './testing/wire.ts';

async function startTwo() {
  const database = await freshDatabase();
  const redis = await startRedis();
  const options = { databaseUrl: database.url, redisUrl: redis.url };
  const [here, there] = [await startServer(options), await startServer(options)];
  await Promise.all([here, there].map((server) => until(server, 'ok')));
  const [ana, bo] = [await here.signUp('Ana'), await here.signUp('Bo')];
  return {
    ...{ redis, here, there, ana, bo, group: await here.group(ana, [bo]) },
    async [Symbol.asyncDispose]() {
      await here[Symbol.asyncDispose]();
      await there[Symbol.asyncDispose]();
      await redis[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

/** Asks until `/readyz` says so of Redis: it offers nothing to wait on. */
async function until(server: TestServer, wanted: 'ok' | 'unavailable'): Promise<void> {
  for (;;) {
    const response = await fetch(`${server.url}/readyz`);
    const { redis } = (await response.json()) as { redis: string };
    expect(response.status).toBe(200);
    if (redis === wanted) return;
  }
}

const shows = (device: Awaited<ReturnType<TestServer['device']>>, text: string) =>
  device.bell.until(() => device.texts().includes(text), text);

describe('two servers', () => {
  test('show a message to people on either, and go on without Redis, which /readyz and metrics tell', async () => {
    await using two = await startTwo();
    const { redis, here, there, ana, bo, group } = two;
    const [near, far] = [await here.device(ana, group), await there.device(bo, group)];
    near.say('hello');
    await shows(far, 'hello');
    await redis.stop();
    await Promise.all([until(here, 'unavailable'), until(there, 'unavailable')]);
    expect(await (await fetch(`${here.url}/metrics`)).text()).toContain('tidewire_redis_connected 0');
    far.say('alone');
    await far.settled();
    expect(near.texts()).not.toContain('alone');
    await redis.start();
    await shows(near, 'alone');
    await until(here, 'ok');
    expect(await (await fetch(`${here.url}/metrics`)).text()).toContain('tidewire_redis_connected 1');
  });

  test('tell whoever may have missed a message or another change when Redis is back, and nobody else', async () => {
    await using two = await startTwo();
    const { redis, here, there, ana, bo, group } = two;
    const cy = await here.signUp('Cy');
    const quiet = await here.group(ana, [cy]);
    const di = await here.signUp('Di');
    const renamed = await here.group(ana, [di]);
    const say = async (document: string, text: string) => {
      const path = `/api/conversations/${document.split('.')[0]}/messages`;
      expect((await here.ask('POST', path, ana, { text })).status).toBe(201);
      expect((await here.ask('GET', path, ana)).status).toBe(200);
    };
    await say(quiet, 'long ago');
    await here.pool.query(`update conversations set changed_at = now() - interval '1 hour'`);
    await here.pool.query(`update messages set committed_at = now() - interval '1 hour'`);
    const open = (person: { bearer: string }) =>
      new RawSocket({ port: there.port, path: '/sync', headers: { authorization: person.bearer } });
    using missing = open(bo);
    using unconcerned = open(cy);
    using holding = (await there.wire(bo, group, '/sync')).raw;
    using outdated = (await there.wire(di, renamed, '/sync')).raw;
    await Promise.all([missing, unconcerned].map((socket) => socket.opened()));
    await redis.stop();
    await Promise.all([until(here, 'unavailable'), until(there, 'unavailable')]);
    await say(group, 'unheard');
    const path = `/api/conversations/${renamed.split('.')[0]}`;
    expect((await here.ask('PATCH', path, ana, { title: 'Garden' })).status).toBe(200);
    await redis.start();
    await missing.control('missed');
    // Whoever holds the document sees messages there, but no title.
    await outdated.control('missed');
    for (const socket of [unconcerned, holding]) {
      socket.sendControl({ t: 'ping' });
      await socket.control('pong');
      expect(socket.controls.map(({ t }) => t)).not.toContain('missed');
    }
  });

  test('send a removed member and a session that is over away, wherever their sockets are', async () => {
    await using two = await startTwo();
    const { here, there, ana, bo, group } = two;
    const [conversation] = group.split('.') as [string];
    const [shared, own] = [await there.wire(bo, group, '/sync'), await there.wire(bo, group)];
    await here.ask('DELETE', `/api/conversations/${conversation}/members/${bo.id}`, ana);
    const gone = await shared.raw.bell.until(() => shared.closing, 'the channel to be closed');
    expect(gone.code).toBe(CLOSE.notMember);
    expect((await own.raw.bell.until(() => own.raw.ended, 'the socket to be closed')).code).toBe(CLOSE.notMember);
    await here.ask('POST', '/api/auth/sign-out', bo, {}, { origin: here.url });
    expect((await shared.raw.bell.until(() => shared.raw.ended, 'the socket to be closed')).code).toBe(CLOSE.signIn);
  });
});
