/** A short run of what `npm run soak -- polling` does for as long as one likes. */
import { expect, test } from 'vitest';
import { freshDatabase } from '../database/testing.ts';
import { startRedis } from '../fan-out/testing-redis.ts';
import { startServer } from '../testing/server.ts';
import { poll } from './testing-polling.ts';

test('[I3] pollers of two servers get every change exactly once at each cursor while people write', async () => {
  await using database = await freshDatabase();
  await using redis = await startRedis();
  const options = {
    databaseUrl: database.url,
    redisUrl: redis.url,
    // Epochs close several times within the run.
    epochLimits: { messages: 60, bytes: 1e6, writers: 20 },
  };
  await using here = await startServer(options);
  await using there = await startServer(options);
  const polled = await poll({ servers: [here, there], seed: 17, isOver: (done) => done > 300 });
  expect(polled.faults).toEqual([]);
  expect(Math.min(...Object.values(polled.counts))).toBeGreaterThan(3);
  expect(polled.delivered).toBeGreaterThan(300);
  expect(polled.replayedCursors).toBeGreaterThan(10);
});
