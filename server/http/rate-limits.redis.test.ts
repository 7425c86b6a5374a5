/** Limits of two servers that share a Redis, which comes and goes. */
import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { RedisConnection } from '../fan-out/redis-connection.ts';
import { startRedis } from '../fan-out/testing-redis.ts';
import { createLog } from '../log.ts';
import { createMetrics } from '../metrics.ts';
import type { Environment } from './environment.ts';
import { createLimit, LIMITS, limitBy } from './rate-limits.ts';

const { points } = LIMITS.archive;

/** Answers the status for somebody, and what the headers say is left. */
function startEdge(url: string, patienceMs?: number) {
  const limitStore = new RedisConnection({ url, log: createLog({ level: 'silent' }), metrics: createMetrics() });
  const app = new Hono<Environment>();
  const consume = createLimit('archive', {
    config: { rateLimits: 'on' },
    limitStore,
    ...(patienceMs !== undefined && { patienceMs }),
  });
  app.use(limitBy(consume, (c) => c.req.header('who') ?? ''));
  app.get('/', (c) => c.text('yes'));
  return {
    limitStore,
    isUp: (isUp: boolean) => expect.poll(() => limitStore.isUp, { timeout: 30_000 }).toBe(isUp),
    async ask(who: string): Promise<[status: number, left: string | undefined]> {
      const { status, headers } = await app.request('/', { headers: { who } });
      return [status, /^"archive";r=(\d+);t=\d+$/.exec(headers.get('ratelimit') ?? '')?.[1]];
    },
    [Symbol.asyncDispose]: () => limitStore[Symbol.asyncDispose](),
  };
}

test('what one server allowed counts on the other, and without Redis each counts for itself', async () => {
  await using redis = await startRedis();
  // Longer than a busy machine takes: what is tested is not how fast Redis is.
  await using here = startEdge(redis.url, 30_000);
  await using there = startEdge(redis.url, 30_000);
  await using hasty = startEdge(redis.url);
  await here.isUp(true);
  await there.isUp(true);
  await hasty.isUp(true);
  for (let n = 1; n < points; n++) expect(await here.ask('ana')).toEqual([200, `${points - n}`]);
  expect(await there.ask('ana')).toEqual([200, '0']);
  expect(await here.ask('ana')).toEqual([429, '0']);
  expect(await there.ask('bo')).toEqual([200, `${points - 1}`]);

  // It takes connections and answers nothing: nobody waits for it, also before that is known.
  redis.pause();
  expect(await hasty.ask('ana')).toEqual([200, `${points - 1}`]);
  redis.resume();
  await redis.stop();
  await here.isUp(false);
  expect(await here.ask('ana')).toEqual([200, `${points - 1}`]);
  expect(await there.ask('cy')).toEqual([200, `${points - 1}`]);

  await redis.start();
  await here.isUp(true);
  await there.isUp(true);
  expect(await here.ask('ana')).toEqual([200, `${points - 1}`]);
  expect(await there.ask('ana')).toEqual([200, `${points - 2}`]);
});
