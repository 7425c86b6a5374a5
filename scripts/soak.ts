/**
 * `npm run soak -- fuzz|simulation|faults|polling [--minutes <n>] [--seed <n>]`: looks for what CI's short runs do not find, for a time
 * or until it is interrupted. `faults` also knows `--fault <name>`, `--seeds <n>` (of each fault; then it ends) and
 * `--long`, for outages in which clients and servers give each other up. Failures are printed with what repeats them; the exit code says whether there were any.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { soakFaults } from '../client/e2e/faults/main.ts';
import { soakPolling } from '../server/http/testing-polling-soak.ts';
import { soakSimulation } from '../server/simulation/main.ts';
import { fuzzCaseArbitrary, noVerdicts, runFuzzCase } from '../server/testing/fuzz.ts';
import { misused, takeArguments } from './arguments.ts';

const USAGE =
  'Usage: npm run soak -- fuzz|simulation|faults|polling [--minutes <n>] [--seed <n>], and for faults [--fault <name>] [--seeds <n>] [--long]';
const { positionals, values } = takeArguments(USAGE, {
  allowPositionals: true,
  options: {
    minutes: { type: 'string' },
    seed: { type: 'string' },
    fault: { type: 'string' },
    seeds: { type: 'string' },
    long: { type: 'boolean', default: false },
  },
});
const [what] = positionals;
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
const forMs = values.minutes === undefined ? Number.POSITIVE_INFINITY : Number(values.minutes) * 60_000;
const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort());

/** So long at a time, that a report comes now and then. */
const ROUND_MS = 60_000;

/** Resolves with whether nothing was found. */
async function soakFuzz(): Promise<boolean> {
  const verdicts = noVerdicts();
  const endMs = performance.now() + forMs;
  for (let round = seed; performance.now() < endMs && !interrupted.signal.aborted; round++) {
    const property = fc.property(fuzzCaseArbitrary, (fuzzCase) => runFuzzCase(fuzzCase, verdicts));
    const interruptAfterTimeLimit = Math.min(ROUND_MS, endMs - performance.now());
    const options = { seed: round, numRuns: Number.MAX_SAFE_INTEGER, interruptAfterTimeLimit };
    const result = fc.check(property, { ...options, markInterruptAsFailure: false });
    console.log(`seed ${round}: ${result.numRuns} sessions; updates so far: ${JSON.stringify(verdicts)}`);
    if (result.failed) {
      console.log(fc.defaultReportMessage(result));
      return false;
    }
    // Lets an interruption be heard.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return true;
}

async function simulate(): Promise<boolean> {
  const { runs, failedSeeds, counts } = await soakSimulation({
    firstSeed: seed,
    ...(Number.isFinite(forMs) && { forMs }),
    signal: interrupted.signal,
    write: (line) => console.log(line),
  });
  console.log(`${runs} runs from seed ${seed}; failed: ${failedSeeds.join(', ') || 'none'}`, counts);
  return failedSeeds.length === 0;
}

async function breakThings(): Promise<boolean> {
  const build = join(import.meta.dirname, 'build.ts');
  await promisify(execFile)(process.execPath, ['--import', 'tsx', build, '--if-changed'], {
    env: { ...process.env, NODE_ENV: 'production' },
  });
  return soakFaults({
    firstSeed: seed,
    forMs,
    fault: values.fault,
    seedsPerFault: Number(values.seeds ?? Number.POSITIVE_INFINITY),
    pace: values.long ? 'long' : 'briefly',
    signal: interrupted.signal,
    write: (line) => console.log(line),
  });
}

const soaks: Readonly<Record<string, () => Promise<boolean>>> = {
  fuzz: soakFuzz,
  simulation: simulate,
  faults: breakThings,
  polling: () =>
    soakPolling({ firstSeed: seed, forMs, signal: interrupted.signal, write: (line) => console.log(line) }),
};
const soak = what === undefined || !Object.hasOwn(soaks, what) ? undefined : soaks[what];
if (!soak || !Number.isInteger(seed) || !(forMs > 0)) misused(USAGE, 'It takes one of these, and numbers.');
if (!(await soak())) process.exitCode = 1;
