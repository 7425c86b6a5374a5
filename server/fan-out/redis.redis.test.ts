import { describe, expect, test } from 'vitest';
import { createLog } from '../log.ts';
import { createMetrics } from '../metrics.ts';
import { describeFanOut } from './fan-out.contract.ts';
import { createRedisFanOut } from './redis.ts';
import { RedisConnection } from './redis-connection.ts';
import { startRedis } from './testing-redis.ts';

/** Resolves when the connection is up, or down. */
const until = (redis: RedisConnection, wanted: 'up' | 'down'): Promise<void> =>
  new Promise((resolve) => {
    const check = (): void => {
      if (redis.isUp !== (wanted === 'up')) return;
      stop();
      resolve();
    };
    const stop = redis.onChange(check);
    check();
  });

/** One server's end; its log is kept. */
function open(url: string) {
  const lines: string[] = [];
  const log = createLog({ level: 'info', destination: { write: (line) => void lines.push(line) } });
  const metrics = createMetrics();
  const redis = new RedisConnection({ url, log, metrics });
  const fanOut = createRedisFanOut({ redis, log });
  return {
    ...{ redis, fanOut, lines, metrics },
    async [Symbol.asyncDispose]() {
      await fanOut[Symbol.asyncDispose]();
      await redis[Symbol.asyncDispose]();
    },
  };
}

describe('fan-out through Redis', () => {
  describeFanOut(async () => {
    const server = await startRedis();
    const [here, there] = [open(server.url), open(server.url)];
    await Promise.all([until(here.redis, 'up'), until(there.redis, 'up')]);
    return {
      here: here.fanOut,
      there: there.fanOut,
      async [Symbol.asyncDispose]() {
        await here[Symbol.asyncDispose]();
        await there[Symbol.asyncDispose]();
        await server[Symbol.asyncDispose]();
      },
    };
  });

  const revoked = { sessions: ['a'] };
  const heard = ({ fanOut }: ReturnType<typeof open>) =>
    new Promise<unknown>((resolve) => fanOut.subscribe('revoked', resolve));

  test('[P6] a server whose Redis was never there, or is gone, goes on hearing itself', async () => {
    await using server = await startRedis();
    await server.stop();
    await using alone = open(server.url);
    const first = heard(alone);
    alone.fanOut.publish('revoked', revoked);
    expect(await first).toEqual(revoked);
    expect(alone.redis.isUp).toBe(false);

    await server.start();
    await until(alone.redis, 'up');
    await server.stop();
    await until(alone.redis, 'down');
    const second = heard(alone);
    alone.fanOut.publish('revoked', revoked);
    expect(await second).toEqual(revoked);
  });

  test('[P6] when Redis comes back, servers hear each other again, and the log has told once of each', async () => {
    await using server = await startRedis();
    await using here = open(server.url);
    await using there = open(server.url);
    await Promise.all([until(here.redis, 'up'), until(there.redis, 'up')]);
    await server.stop();
    await Promise.all([until(here.redis, 'down'), until(there.redis, 'down')]);
    await server.start();
    await Promise.all([until(here.redis, 'up'), until(there.redis, 'up')]);
    const notice = heard(there);
    here.fanOut.publish('revoked', revoked);
    expect(await notice).toEqual(revoked);
    const told = (text: string) => here.lines.filter((line) => line.includes(text)).length;
    expect(told('Redis cannot be reached')).toBe(1);
    expect(told('Redis can be reached again')).toBe(1);
  });

  test('[P6] a Redis that keeps its connections but answers nothing is noticed, and used again when it answers', async () => {
    await using server = await startRedis();
    await using here = open(server.url);
    await until(here.redis, 'up');
    await here.redis.commands.set('a', 'key');
    // Counted once a second.
    await expect
      .poll(async () => (await here.metrics.text()).body, { timeout: 30_000 })
      .toContain('tidewire_redis_keys 1');
    server.pause();
    await until(here.redis, 'down');
    server.resume();
    await until(here.redis, 'up');
  });

  test('what is no notice of this version is dropped, and counted', async () => {
    await using server = await startRedis();
    await using here = open(server.url);
    await using there = open(server.url);
    await Promise.all([until(here.redis, 'up'), until(there.redis, 'up')]);
    const notices: unknown[] = [];
    there.fanOut.subscribe('head', (notice) => notices.push(notice));
    const last = heard(there);
    for (const message of ['no JSON', '{}', '{"server":"x","topic":"head","notice":{"seq":"5"}}'])
      here.redis.publish('tidewire:notices', message);
    here.redis.publish('tidewire:notices', '{"server":"x","topic":"later version","notice":{}}');
    here.fanOut.publish('revoked', revoked);
    expect(await last).toEqual(revoked);
    expect(notices).toEqual([]);
    const { body } = await there.metrics.text();
    expect(body).toContain('tidewire_fan_out_failures_total{what="notice"} 3');
    expect(body).toContain('tidewire_redis_connected 1');
  });
});
