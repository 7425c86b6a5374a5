/**
 * Runs seed after seed on a Postgres of its own, for a time or until it is stopped, and writes every failure down with its seed
 * and operations. `npm run soak -- simulation` starts it.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConversationId } from '../../schema/ids.ts';
import { startPostgres } from '../database/embedded.ts';
import { migrate } from '../database/migrate.ts';
import { createPool } from '../database/pool.ts';
import { createLog } from '../log.ts';
import { addCounts, type Counts, noCounts } from './counts.ts';
import { simulate } from './simulation.ts';

export interface SoakOptions {
  readonly firstSeed: number;
  readonly seeds?: number;
  readonly forMs?: number;
  readonly signal?: AbortSignal;
  readonly write: (line: string) => void;
}

export interface Soaked {
  readonly runs: number;
  readonly failedSeeds: readonly number[];
  readonly counts: Counts;
}

const AT_ONCE = 6;
const REPORT_EVERY_RUNS = 100;

/** Never throws because of a failed run. */
export async function soakSimulation(options: SoakOptions): Promise<Soaked> {
  const { firstSeed, seeds = Number.POSITIVE_INFINITY, forMs = Number.POSITIVE_INFINITY, signal, write } = options;
  const log = createLog({ level: 'error' });
  const dataDir = await mkdtemp(join(tmpdir(), 'tidewire-soak-'));
  const counts = noCounts();
  const failedSeeds: number[] = [];
  let runs = 0;
  try {
    await using postgres = await startPostgres({ dataDir, log, durability: 'lost-with-power' });
    const pool = createPool({ url: postgres.url, log });
    try {
      await migrate({ pool, log });
      const endMs = performance.now() + forMs;
      let next = firstSeed;
      const worker = async (): Promise<void> => {
        while (next < firstSeed + seeds && performance.now() < endMs && !signal?.aborted) {
          const seed = next++;
          try {
            const run = await simulate({ pool, seed, conversation: `seed-${seed}` as ConversationId });
            addCounts(counts, run.counts);
            // Hours of runs would slow down the sweeps of the workers.
            await pool.query('delete from conversations where id = $1', [`seed-${seed}`]);
          } catch (error) {
            failedSeeds.push(seed);
            write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
          }
          if (++runs % REPORT_EVERY_RUNS === 0) write(`${runs} runs, ${failedSeeds.length} failed, last seed ${seed}`);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
    } finally {
      await pool.end();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
  return { runs, failedSeeds, counts };
}
