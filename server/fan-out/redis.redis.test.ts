import type { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import type { DocumentId } from '../../schema/ids.ts';
import { createLog } from '../log.ts';
import { createMetrics } from '../metrics.ts';
import { describeFanOut, joinRoom } from './fan-out.contract.ts';
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

  test('who keeps up reads entries from the messages that tell of them, and gets large ones all the same', async () => {
    await using server = await startRedis();
    await using here = open(server.url);
    await using there = open(server.url);
    await Promise.all([until(here.redis, 'up'), until(there.redis, 'up')]);
    const fetches = async (): Promise<number> => {
      const stats = await (here.redis.commands as Redis).info('commandstats');
      return Number(/cmdstat_lrange:calls=(\d+)/.exec(stats)?.[1] ?? 0);
    };
    const small = [joinRoom(here.fanOut), joinRoom(there.fanOut)] as const;
    small[0].speak(1);
    await small[1].until(1);
    small[0].speak(2, 3, 4);
    await small[1].until(4);
    small[1].speak(5);
    await small[0].until(5);
    expect([small[0].heard, small[1].heard]).toEqual([[5], [1, 2, 3, 4]]);
    // One by each server as it begins.
    expect(await fetches()).toBeLessThanOrEqual(2);
    const document = 'large.0' as DocumentId;
    const large = new Uint8Array(10_000);
    const [speaker, hearer] = [here, there].map(({ fanOut }) => joinRoom(fanOut, document, large));
    speaker?.speak(1, 2);
    await hearer?.until(2);
    expect(hearer?.heard).toEqual([1, 2]);
  });

  test('what is no notice of this version is dropped, and counted', async () => {
    await using server = await startRedis();
    await using here = open(server.url);
    await using there = open(server.url);
    await Promise.all([until(here.redis, 'up'), until(there.redis, 'up')]);
    const notices: unknown[] = [];
    there.fanOut.subscribe('head', (notice) => notices.push(notice));
    const others: unknown[] = [];
    there.fanOut.subscribe('missed', (notice) => others.push(notice));
    const last = heard(there);
    for (const message of [
      'no JSON',
      'x {}',
      'x [{"topic":"head","notice":{"seq":"5"}},{"topic":"missed","notice":{"forMs":1}}]',
    ])
      here.redis.publish('tidewire:notices', message);
    here.redis.publish('tidewire:notices', 'x [{"topic":"later version","notice":{}}]');
    here.fanOut.publish('revoked', revoked);
    expect(await last).toEqual(revoked);
    expect(notices).toEqual([]);
    expect(others).toEqual([{ forMs: 1 }]);
    const { body } = await there.metrics.text();
    expect(body).toContain('tidewire_fan_out_failures_total{what="notice"} 3');
    expect(body).toContain('tidewire_redis_connected 1');
  });
});
