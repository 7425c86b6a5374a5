/**
 * `npm run admin -- <command>`: what operators do from the machine; `--help` lists it. On the database of `DATABASE_URL` or the embedded
 * one. With `REDIS_URL` the servers hear of it at once.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../server/clock.ts';
import { createInMemoryFanOut } from '../server/fan-out/in-memory.ts';
import { createRedisFanOut } from '../server/fan-out/redis.ts';
import { RedisConnection } from '../server/fan-out/redis-connection.ts';
import { createMetrics } from '../server/metrics.ts';
import { Operators } from '../server/operators/operators.ts';
import { HELP, runCommand } from './admin/commands.ts';
import { onDatabase, thisOperator } from './on-database.ts';

/** A Redis that is away must not keep anybody from deactivating an account: servers find out by themselves within 15 s. */
const REDIS_WAIT_MS = 3_000;

const args = process.argv.slice(2);
if (args.length === 0 || args.includes('--help')) process.stdout.write(HELP);
else
  await onDatabase(
    async ({ pool, log, config }) => {
      const { baseUrl, redisUrl } = config;
      await using redis = redisUrl ? new RedisConnection({ url: redisUrl, log, metrics: createMetrics() }) : undefined;
      await using fanOut = redis ? createRedisFanOut({ redis, log }) : createInMemoryFanOut({ log });
      if (redis) await atMost(REDIS_WAIT_MS, whenUp(redis));
      const operators = new Operators({ pool, fanOut, clock: systemClock, eraser: { poke: () => {} } });
      const print = async (text: string) => {
        if (!process.stdout.write(text)) await once(process.stdout, 'drain');
      };
      await runCommand({ pool, operators, by: thisOperator(), baseUrl, print }, args);
      if (redis) await atMost(REDIS_WAIT_MS, flush(redis));
    },
    { logLevel: 'error' },
  );

function atMost(ms: number, what: Promise<void>): Promise<void> {
  return Promise.race([what, sleep(ms, undefined, { ref: false })]);
}

function whenUp(redis: RedisConnection): Promise<void> {
  return new Promise((resolve) => {
    redis.onChange((isUp) => isUp && resolve());
    if (redis.isUp) resolve();
  });
}

/** What was published before has arrived when this has. */
async function flush(redis: RedisConnection): Promise<void> {
  const channel = `tidewire:admin:${randomUUID()}`;
  await new Promise<void>((resolve) => {
    void redis.subscribe(channel, () => resolve()).then(() => redis.publish(channel, ''));
  });
}
