/** Fault after fault, for a time or until it is stopped; every failure is written down with its seed. `npm run soak -- faults` starts it. */
import { FAULT_NAMES, type FaultName } from './faults.ts';
import { Installation } from './installation.ts';
import { runStorm } from './storm.ts';

export interface SoakOptions {
  readonly firstSeed: number;
  readonly forMs: number;
  /** This one only. */
  readonly fault?: string | undefined;
  readonly pace: 'briefly' | 'long';
  readonly signal: AbortSignal;
  readonly write: (line: string) => void;
}

/** At a time, on one installation; three servers find more than two. */
const TALKS = 10;
const SERVERS = 3;

/** Resolves with whether nothing was found. After a failure it goes on with a new installation. */
export async function soakFaults({ firstSeed, forMs, fault, pace, signal, write }: SoakOptions): Promise<boolean> {
  const faults = FAULT_NAMES.filter((name) => fault === undefined || name === fault);
  if (faults.length === 0) throw new Error(`There is no such fault. These are: ${FAULT_NAMES.join('; ')}`);
  const endMs = performance.now() + forMs;
  const runs = new Map<FaultName, number>(faults.map((name) => [name, 0]));
  const failures: string[] = [];
  let installation = await Installation.start({ servers: SERVERS });
  try {
    for (let seed = firstSeed, turn = 0; performance.now() < endMs && !signal.aborted; seed += TALKS, turn++) {
      const name = faults[turn % faults.length] as FaultName;
      const seeds = Array.from({ length: TALKS }, (_, n) => seed + n);
      try {
        const tally = await runStorm({ installation, fault: name, pace, seeds });
        runs.set(name, (runs.get(name) ?? 0) + TALKS);
        write(`${name}, seeds ${seed}–${seed + TALKS - 1}: ${JSON.stringify(tally)}`);
      } catch (error) {
        failures.push(`${name}, from seed ${seed}`);
        write(error instanceof Error ? (error.stack ?? error.message) : String(error));
        await installation[Symbol.asyncDispose]();
        installation = await Installation.start({ servers: SERVERS });
      }
    }
  } finally {
    await installation[Symbol.asyncDispose]();
  }
  for (const [name, count] of runs) write(`${name}: ${count} runs`);
  write(`failed: ${failures.join('; ') || 'none'}`);
  return failures.length === 0;
}
