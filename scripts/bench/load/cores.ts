/** What each process used in a time, as shares of one core. */
import { familyCpuMs } from '../process-usage.ts';
import type { Subject } from '../subject.ts';
import type { Lab } from './scenarios.ts';

export interface Cores {
  readonly serverCore: number;
  readonly generatorCore: number;
  readonly postgresCore: number;
  readonly redisCore: number;
}

/** Starts to measure; the answer tells what was used since. */
export function watchCores({ laboratory, redisPid }: Lab, subject: Pick<Subject, 'cpuMs'>): () => Cores {
  const read = () => ({
    atMs: performance.now(),
    serverMs: subject.cpuMs(),
    generatorMs: laboratory.generatorCpuMs(),
    postgresMs: laboratory.postgresCpuMs(),
    redisMs: familyCpuMs(redisPid),
  });
  const before = read();
  return () => {
    const after = read();
    const lastedMs = after.atMs - before.atMs;
    return {
      serverCore: (after.serverMs - before.serverMs) / lastedMs,
      generatorCore: (after.generatorMs - before.generatorMs) / lastedMs,
      postgresCore: (after.postgresMs - before.postgresMs) / lastedMs,
      redisCore: (after.redisMs - before.redisMs) / lastedMs,
    };
  };
}
