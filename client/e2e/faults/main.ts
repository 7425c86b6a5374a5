/** Fault after fault, for a time or until it is stopped; every failure is written down with its seed. `npm run soak -- faults` starts it. */
import { FAULT_NAMES, type FaultName } from './faults.ts';
import { Installation } from './installation.ts';
import { runStorm } from './storm.ts';

export interface SoakOptions {
  readonly firstSeed: number;
  readonly forMs: number;
  /** So many of each fault are enough. */
  readonly seedsPerFault: number;
  /** This one only. */
  readonly fault?: string | undefined;
  readonly pace: 'briefly' | 'long';
  readonly signal: AbortSignal;
  readonly write: (line: string) => void;
}

/** Of one fault; times are the longest. A failure is a storm in which something was found. */
interface Result {
  seeds: number;
  failures: number;
  messages: number;
  wellMs: number;
  healedMs: number;
}

/** At a time, on one installation; three servers find more than two. */
const TALKS = 10;
const SERVERS = 3;

/** What is promised of Redis. */
const WELL_WITHIN_MS = 15_000;

/** Resolves with whether nothing was found. After a failure it goes on with a new installation. */
export async function soakFaults(options: SoakOptions): Promise<boolean> {
  const { firstSeed, forMs, seedsPerFault, fault, pace, signal, write } = options;
  const faults = FAULT_NAMES.filter((name) => fault === undefined || name === fault);
  if (faults.length === 0) throw new Error(`There is no such fault. These are: ${FAULT_NAMES.join('; ')}`);
  const endMs = performance.now() + forMs;
  const results = new Map<FaultName, Result>(
    faults.map((name) => [name, { seeds: 0, failures: 0, messages: 0, wellMs: 0, healedMs: 0 }]),
  );
  const failures: string[] = [];
  let installation = await Installation.start({ servers: SERVERS });
  try {
    const isEnough = () => [...results.values()].every((result) => result.seeds >= seedsPerFault);
    const isOver = () => performance.now() >= endMs || signal.aborted || isEnough();
    for (let seed = firstSeed, turn = 0; !isOver(); seed += TALKS, turn++) {
      const name = faults[turn % faults.length] as FaultName;
      const result = results.get(name) as Result;
      result.seeds += TALKS;
      const seeds = Array.from({ length: TALKS }, (_, n) => seed + n);
      try {
        const tally = await runStorm({ installation, fault: name, pace, seeds });
        if (name.includes('Redis') && tally.wellMs > WELL_WITHIN_MS)
          throw new Error(`[V2] ${name}: it took ${Math.round(tally.wellMs)} ms until all was well`);
        result.messages += tally.messages;
        result.wellMs = Math.max(result.wellMs, Math.round(tally.wellMs));
        result.healedMs = Math.max(result.healedMs, Math.round(tally.healedMs));
        write(`${name}, seeds ${seed}–${seed + TALKS - 1}: ${JSON.stringify(tally)}`);
      } catch (error) {
        result.failures++;
        failures.push(`${name}, from seed ${seed}`);
        write(error instanceof Error ? (error.stack ?? error.message) : String(error));
        await installation[Symbol.asyncDispose]();
        installation = await Installation.start({ servers: SERVERS });
      }
    }
  } finally {
    await installation[Symbol.asyncDispose]();
  }
  for (const [name, result] of results) write(`${name}: ${JSON.stringify(result)}`);
  write(`failed: ${failures.join('; ') || 'none'}`);
  return failures.length === 0;
}
