/**
 * Every fault, while people write: on real processes. A failure prints its seed and what was done; `FAULT_SEED=17` runs that
 * seed alone, `FAULT='a server is killed'` that fault.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FAULT_NAMES } from './faults.ts';
import { Installation } from './installation.ts';
import { runStorm } from './storm.ts';

/** At a time, one after the other: so many people write while it happens. */
const TALKS = 6;

const only = process.env.FAULT_SEED;
const faults = FAULT_NAMES.filter((name) => (process.env.FAULT ?? name) === name);
/** Other seeds for each fault. */
const seedsOf = (turn: number): number[] =>
  only === undefined ? Array.from({ length: TALKS }, (_, n) => 1 + turn * TALKS + n) : [Number(only)];

let installation: Installation;

beforeAll(async () => {
  installation = await Installation.start({ servers: 2 });
});

afterAll(() => installation?.[Symbol.asyncDispose]());

test.each(faults.map((fault, turn) => ({ fault, seeds: seedsOf(turn) })))(
  '[P1][P3][P6][P7] $fault, seeds $seeds: nothing is lost, doubled or different anywhere',
  { timeout: 300_000 },
  async ({ fault, seeds }) => {
    const tally = await runStorm({ installation, fault, pace: 'briefly', seeds });
    // A storm in which nobody wrote would prove nothing.
    expect(tally.messages, JSON.stringify(tally)).toBeGreaterThan(seeds.length);
  },
);
