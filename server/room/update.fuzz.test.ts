/**
 * Damaged honest updates. `FUZZ_SEED=5 npx vitest run --project fuzz` repeats a run; a longer one is `npm run soak -- fuzz`.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { fuzzCaseArbitrary, noVerdicts, runFuzzCase } from '../testing/fuzz.ts';
import { startInstallation } from '../testing/installation.ts';
import { LocalDevice } from '../testing/local-device.ts';
import { type Mutation, mutate, mutationArbitrary } from '../testing/mutations.ts';
import type { Id } from '../testing/raw-update.ts';

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

/** In rooms that commit: what the bare rounds cannot see is a room that breaks, or answers somebody else. */
test(`seed ${seed}: on real rooms nobody but the sender is ever sent away, and no room breaks`, async () => {
  await using installation = await startInstallation();
  const { rooms, lines } = installation;
  let conversations = 0;
  const attempts = fc.array(
    fc.record({ mutations: fc.array(mutationArbitrary, { minLength: 1, maxLength: 3 }), isComplete: fc.boolean() }),
    { minLength: 1, maxLength: 20 },
  );
  await fc.assert(
    fc.asyncProperty(attempts, async (attempts) => {
      const document = await installation.addConversation(`fuzz-${conversations++}`);
      const devices = ['ana', 'bo', 'eve'].map((user, index) => new LocalDevice(user, 10 * (index + 1)));
      const [ana, bo, eve] = devices as [LocalDevice, LocalDevice, LocalDevice];
      for (const device of devices) {
        await device.join(rooms, document);
        const id = device.say(`by ${device.user}`);
        device.edit(id, `by ${device.user}, edited`);
        device.receipts.set(device.user, { d: {}, r: {} });
        await device.settled();
      }
      for (const device of devices) await device.catchUp();
      const victims = [ana.texts, bo.texts].flat();
      eve.leave();
      eve.say('pending');
      eve.receipts.set('eve', { d: { a: 0 }, r: {} });
      for (const { mutations, isComplete } of attempts) await attack({ mutations, isComplete });
      async function attack({ mutations, isComplete }: { mutations: readonly Mutation[]; isComplete: boolean }) {
        const attacker = new LocalDevice('eve');
        await attacker.join(rooms, document);
        const ids = [10, 20, 30, 40].flatMap((client) => [0, 1, 2, 3, 4].map((clock): Id => [client, clock]));
        const clients = [10, 20, 30, 40, ...ana.doc.store.clients.keys()];
        const surroundings = { clients, ids, users: ['ana', 'bo', 'eve'], others: [ana.state, bo.state] };
        attacker.submit(mutate(eve.state, mutations, surroundings), isComplete);
        await ana.catchUp();
        attacker.leave();
      }
      for (const device of [ana, bo]) {
        device.say('still here');
        await device.settled();
      }
      for (const device of [ana, bo]) await device.catchUp();
      expect([ana.closed, bo.closed]).toEqual([undefined, undefined]);
      expect([...ana.refusals, ...bo.refusals]).toEqual([]);
      expect(bo.messages.toJSON()).toEqual(ana.messages.toJSON());
      expect(Buffer.compare(Y.encodeStateVector(bo.doc), Y.encodeStateVector(ana.doc))).toBe(0);
      for (const text of victims.filter((text) => text.includes('ana') || text.includes('bo')))
        expect(ana.texts).toContain(text);
      const loaded = new LocalDevice('bo');
      await loaded.join(rooms, document);
      expect(loaded.messages.toJSON()).toEqual(ana.messages.toJSON());
      for (const device of [ana, bo, loaded]) device.leave();
    }),
    { seed, numRuns: 1_000_000, interruptAfterTimeLimit: 8_000, markInterruptAsFailure: false },
  );
  expect(lines.filter((line) => line.includes('broke the room'))).toEqual([]);
  expect(conversations).toBeGreaterThan(3);
});
