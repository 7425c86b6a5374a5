/** The same promises on a Redis Cluster, whose nodes share out the keys. One Cluster serves all tests, emptied before each. */
import type { Cluster } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createLog } from '../log.ts';
import { createMetrics } from '../metrics.ts';
import { describePresenceStore } from '../presence/presence-store.contract.ts';
import { createRedisPresence } from '../presence/redis-store.ts';
import { describeFanOut } from './fan-out.contract.ts';
import { createRedisFanOut } from './redis.ts';
import { RedisConnection } from './redis-connection.ts';
import { startRedisCluster, type TestRedisCluster } from './testing-redis.ts';

let cluster: TestRedisCluster;

beforeAll(async () => {
  cluster = await startRedisCluster();
});
beforeEach(() => cluster.empty());
afterAll(() => cluster[Symbol.asyncDispose]());

const log = createLog({ level: 'silent' });

/** Two servers' connections, up, with what is made of each of them before that. */
async function openTwo<Part extends AsyncDisposable>(make: (redis: RedisConnection) => Part) {
  const open = async () => {
    const redis = new RedisConnection({ url: cluster.url, log, metrics: createMetrics() });
    const part = make(redis);
    await new Promise<void>((resolve) => {
      redis.onChange((isUp) => isUp && resolve());
    });
    return { redis, part };
  };
  const [here, there] = await Promise.all([open(), open()]);
  return {
    ...{ here: here.part, there: there.part, redis: here.redis },
    async [Symbol.asyncDispose]() {
      for (const { part, redis } of [here, there]) {
        await part[Symbol.asyncDispose]();
        await redis[Symbol.asyncDispose]();
      }
    },
  };
}

const openFanOuts = () => openTwo((redis) => createRedisFanOut({ redis, log }));
const openStores = () => openTwo((redis) => createRedisPresence({ redis }));

describe('fan-out through a Redis Cluster', () => {
  describeFanOut(openFanOuts);
});

describe('presence in a Redis Cluster', () => {
  describePresenceStore(async () => {
    const stores = await openStores();
    const nodes = (stores.redis.commands as Cluster).nodes();
    return {
      ...stores,
      async lapse() {
        for (const node of nodes)
          for (const key of await node.keys('tidewire:{presence}:*'))
            if (!key.endsWith(':servers') && (await node.sismember(key, 'bo'))) await node.del(key);
      },
      empty: () => cluster.empty(),
    };
  });
});

test('[P6] while a node is away servers hear each other through the others, and its keys are of use again when it is back', async () => {
  await using fanOuts = await openFanOuts();
  await using stores = await openStores();
  const { here, there } = fanOuts;
  const heard = new Set<string>();
  there.subscribe('revoked', ({ sessions }) => {
    for (const session of sessions) heard.add(session);
  });
  const isHeard = (session: string) => () => {
    here.publish('revoked', { sessions: [session] });
    return heard.has(session);
  };
  for (const [n, node] of cluster.nodes.entries()) {
    await node.stop();
    await expect.poll(isHeard(`without node ${n}`), { timeout: 30_000 }).toBe(true);
    await node.start();
  }
  // Nobody has told the store anew, so it knows nothing; but it answers.
  await expect.poll(() => stores.here.refresh().catch(() => 'away'), { timeout: 30_000 }).toBe(false);
});
