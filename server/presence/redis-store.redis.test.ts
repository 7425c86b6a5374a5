import { describe, expect, test } from 'vitest';
import type { UserId } from '../../schema/ids.ts';
import { RedisConnection } from '../fan-out/redis-connection.ts';
import { startRedis } from '../fan-out/testing-redis.ts';
import { createLog } from '../log.ts';
import { createMetrics } from '../metrics.ts';
import { describePresenceStore } from './presence-store.contract.ts';
import { GRACE_MS, LAPSE_MS } from './presence-store.ts';
import { createRedisPresence } from './redis-store.ts';

const BO = 'bo' as UserId;

async function connect(url: string): Promise<RedisConnection> {
  const redis = new RedisConnection({ url, log: createLog({ level: 'silent' }), metrics: createMetrics() });
  await new Promise<void>((resolve) => {
    redis.onChange((isUp) => isUp && resolve());
  });
  return redis;
}

/** Two servers of one installation; `redis` asks and spoils. */
async function open() {
  const server = await startRedis();
  const connections = await Promise.all([connect(server.url), connect(server.url)]);
  const [here, there] = connections.map((redis) => createRedisPresence({ redis })) as [
    ReturnType<typeof createRedisPresence>,
    ReturnType<typeof createRedisPresence>,
  ];
  const redis = connections[0].commands;
  const keys = async () => (await redis.keys('tidewire:{presence}:*')).filter((key) => !key.endsWith(':servers'));
  return {
    ...{ here, there, redis, keys, server },
    /** Of the keys with `BO` in them. */
    async lapse() {
      for (const key of await keys()) if (await redis.sismember(key, BO)) await redis.del(key);
    },
    async empty() {
      await redis.flushall();
    },
    async [Symbol.asyncDispose]() {
      for (const store of [here, there]) await store[Symbol.asyncDispose]();
      for (const connection of connections) await connection[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

describe('presence in Redis', () => {
  describePresenceStore(open);

  test('what a server says expires, is kept by a refresh, and outlives its orderly end by the grace', async () => {
    await using scene = await open();
    const { there, redis, keys } = scene;
    await there.replace([BO]);
    const [key] = (await keys()) as [string];
    const left = () => redis.pttl(key);
    expect(await left()).toBeGreaterThan(GRACE_MS);
    expect(await left()).toBeLessThanOrEqual(LAPSE_MS);
    await redis.pexpire(key, 1_000);
    await there.refresh();
    expect(await left()).toBeGreaterThan(GRACE_MS);
    await redis.pexpire(key, 1_000);
    await there.change({ arrived: [BO], left: [] });
    expect(await left()).toBeGreaterThan(GRACE_MS);
    await there[Symbol.asyncDispose]();
    expect(await left()).toBeGreaterThan(0);
    expect(await left()).toBeLessThanOrEqual(GRACE_MS);
  });

  test('a server that has been gone for long is looked up no more', async () => {
    await using scene = await open();
    const { here, redis } = scene;
    await here.replace([BO]);
    await redis.zadd('tidewire:{presence}:servers', Date.now() - 3_600_000, 'long gone');
    await here.refresh();
    expect(await redis.zcard('tidewire:{presence}:servers')).toBe(1);
  });

  test('without Redis nothing can be said or found out, and all is well when it is back', async () => {
    await using scene = await open();
    const { here, server } = scene;
    await here.replace([BO]);
    await server.stop();
    await expect(here.findOnline([BO])).rejects.toThrow();
    await expect(here.change({ arrived: [BO], left: [] })).rejects.toThrow();
    await expect(here.replace([BO])).rejects.toThrow();
    await expect(here.refresh()).rejects.toThrow();
    await server.start();
    await expect.poll(() => here.refresh().catch(() => undefined), { timeout: 10_000 }).toBe(false);
    await here.replace([BO]);
    expect(await here.findOnline([BO])).toEqual(new Set([BO]));
  });
});
