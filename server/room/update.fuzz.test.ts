/**
 * Damaged honest updates. `FUZZ_SEED=5 npx vitest run --project fuzz` repeats a run; a longer one is `npm run soak -- fuzz`.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fuzzCaseArbitrary, noVerdicts, runFuzzCase } from '../testing/fuzz.ts';

const seed = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));

test(`seed ${seed}: whatever is sent, nothing of others changes, replicas agree and honest people go on`, () => {
  const verdicts = noVerdicts();
  fc.assert(
    fc.property(fuzzCaseArbitrary, (fuzzCase) => runFuzzCase(fuzzCase, verdicts)),
    { seed, numRuns: 1_000_000, interruptAfterTimeLimit: 15_000, markInterruptAsFailure: false },
  );
  console.log(`seed ${seed}:`, verdicts);
  for (const count of Object.values(verdicts)) expect(count).toBeGreaterThan(0);
});
