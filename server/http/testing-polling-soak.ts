/**
 * Writers and pollers for as long as one likes, in rounds, on a Postgres, a Redis and two servers of their own. `npm run soak --
 * polling` starts it.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../database/embedded.ts';
import { startRedis } from '../fan-out/testing-redis.ts';
import { createLog } from '../log.ts';
import { startServer } from '../testing/server.ts';
import { poll } from './testing-polling.ts';

interface SoakOptions {
  readonly firstSeed: number;
  readonly forMs: number;
  readonly signal: AbortSignal;
  readonly write: (line: string) => void;
}

/** Everything that was written is compared in memory at the end of a round. */
const ROUND_MS = 10 * 60_000;

/** Resolves with whether nothing was found. */
export async function soakPolling({ firstSeed, forMs, signal, write }: SoakOptions): Promise<boolean> {
  const log = createLog({ level: 'error' });
  const dataDir = await mkdtemp(join(tmpdir(), 'tidewire-polling-'));
  const endMs = performance.now() + forMs;
  let isSound = true;
  try {
    await using postgres = await startPostgres({ dataDir, log, durability: 'lost-with-power' });
    await using redis = await startRedis();
    const options = { databaseUrl: postgres.url, redisUrl: redis.url };
    await using here = await startServer(options);
    await using there = await startServer(options);
    for (let seed = firstSeed; performance.now() < endMs && !signal.aborted; seed++) {
      const roundEndMs = Math.min(endMs, performance.now() + ROUND_MS);
      const isOver = () => performance.now() > roundEndMs || signal.aborted;
      const { faults, ...figures } = await poll({ servers: [here, there], seed, isOver });
      write(`seed ${seed}: ${JSON.stringify(figures)}; ${faults.length} faults`);
      for (const fault of faults.slice(0, 20)) write(fault);
      isSound &&= faults.length === 0;
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
  return isSound;
}
