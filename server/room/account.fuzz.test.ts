/** Damaged updates of account documents. `FUZZ_SEED=5 npx vitest run --project fuzz` repeats a run. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { ACCOUNT_ROOTS, HIDDEN, IS_HIDDEN, parseMessageKey } from '../../schema/document/account.ts';
import type { UserId } from '../../schema/ids.ts';
import { MAX_ACCOUNT_KEY_CHARACTERS } from '../../schema/limits.ts';
import { type Mutation, mutate, mutationArbitrary } from '../testing/mutations.ts';
import type { Id } from '../testing/raw-update.ts';
import { ACCOUNT_GRAMMAR } from './account-grammar.ts';
import { AccountValues } from './account-values.ts';
import { GatedDocument } from './gated-document.ts';
import { inspect } from './inspect.ts';
import { settleAccount } from './settle-account.ts';

const seed = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));
/** Enough for every verdict many times over; a time limit instead would make that depend on the machine. */
const RUNS = 250;
const ANA = 'ana' as UserId;

/** Without the one key that is refused: it would become no own property of what reads it. */
const valueArbitrary = fc.jsonValue({ maxDepth: 3 }).filter((value) => !JSON.stringify(value).includes('"__proto__":'));

/** What an honest device does: writes a key, deletes one, or syncs. */
const writingArbitrary = fc.oneof(
  fc.record({
    root: fc.constantFrom(...ACCOUNT_ROOTS.filter((root) => root !== HIDDEN)),
    key: fc.constantFrom('a', 'b', 'c'),
    value: fc.option(valueArbitrary, { nil: undefined }),
  }),
  fc.record({
    root: fc.constant(HIDDEN),
    key: fc.constantFrom('a/1-0', 'a/1-1', 'b/1-0'),
    value: fc.constantFrom(IS_HIDDEN, undefined),
  }),
);

const stepArbitrary = fc.record({ device: fc.nat(1), writing: writingArbitrary, syncs: fc.boolean() });

const caseArbitrary = fc.record({
  steps: fc.array(stepArbitrary, { maxLength: 30 }),
  attempts: fc.array(fc.array(mutationArbitrary, { maxLength: 4 }), { minLength: 1, maxLength: 20 }),
  isComplete: fc.boolean(),
});

type Verdict = ReturnType<typeof inspect>['is'];

class Account {
  readonly doc = new GatedDocument([]);
  readonly values = new AccountValues(this.doc);
  /** What others were sent. */
  readonly replica = new Y.Doc();

  submit(bytes: Uint8Array, isComplete: boolean): Verdict {
    const { doc, values } = this;
    const userOf = (writer: number) => (Y.getState(doc.store, writer) > 0 ? ANA : undefined);
    const inspection = inspect(bytes, { doc, grammar: ACCOUNT_GRAMMAR, user: ANA, userOf, isComplete });
    if (inspection.is !== 'sound') return inspection.is;
    const { update } = settleAccount(inspection.update, { doc, values });
    doc.release();
    if (update) Y.applyUpdate(this.replica, update);
    return 'sound';
  }

  expectConsistent(): void {
    const { doc, replica } = this;
    expect([...doc.share.keys()].every((root) => (ACCOUNT_ROOTS as readonly string[]).includes(root))).toBe(true);
    for (const root of ACCOUNT_ROOTS) {
      expect(replica.getMap(root).toJSON()).toEqual(doc.getMap(root).toJSON());
      for (const key of doc.getMap(root).keys()) expect(key.length).toBeLessThanOrEqual(MAX_ACCOUNT_KEY_CHARACTERS);
    }
    for (const [key, value] of doc.getMap(HIDDEN))
      expect([parseMessageKey(key) !== undefined, value]).toEqual([true, IS_HIDDEN]);
    expect(this.values.count(HIDDEN)).toBe(doc.getMap(HIDDEN).size);
    expect(Y.encodeStateVector(replica)).toEqual(Y.encodeStateVector(doc));
    expect([replica.store.pendingStructs, replica.store.pendingDs]).toEqual([null, null]);
    expect(this.values.bytes).toBe(new AccountValues(new GatedDocument([Y.encodeStateAsUpdate(doc)])).bytes);
  }
}

test(`seed ${seed}: whatever its owner's devices send, an account document stays one, and honest devices go on`, () => {
  const verdicts: Record<Verdict, number> = { sound: 0, gap: 0, hostile: 0, malformed: 0 };
  fc.assert(
    fc.property(caseArbitrary, ({ steps, attempts, isComplete }) => {
      const account = new Account();
      const devices = [new Y.Doc(), new Y.Doc()] as const;
      const sync = (device: Y.Doc): void => {
        expect(account.submit(Y.encodeStateAsUpdate(device, Y.encodeStateVector(account.doc)), true)).toBe('sound');
        Y.applyUpdate(device, Y.encodeStateAsUpdate(account.doc, Y.encodeStateVector(device)));
      };
      for (const { device, writing, syncs } of steps) {
        const { root, key, value } = writing;
        const doc = devices[device] as Y.Doc;
        if (value === undefined) doc.getMap(root).delete(key);
        else doc.getMap(root).set(key, value);
        if (syncs) sync(doc);
      }
      for (const mutations of attempts) attack(account, devices, mutations);
      function attack({ doc }: Account, [honest, other]: typeof devices, mutations: readonly Mutation[]): void {
        const clients = [...doc.store.clients.keys(), 7, 2 ** 32];
        const ids = clients.flatMap((client) =>
          [0, 1, Y.getState(doc.store, client)].map((clock): Id => [client, clock]),
        );
        const others = [Y.encodeStateAsUpdate(other)];
        const { readValue } = ACCOUNT_GRAMMAR;
        const bytes = mutate(Y.encodeStateAsUpdate(honest), mutations, {
          clients,
          ids,
          users: ['a'],
          others,
          readValue,
        });
        const before = Y.encodeStateAsUpdate(doc);
        const verdict = account.submit(bytes, isComplete);
        verdicts[verdict]++;
        if (verdict !== 'sound') expect(Y.encodeStateAsUpdate(doc)).toEqual(before);
        account.expectConsistent();
      }
      // A device that comes fresh writes and is understood, whatever there was before.
      const fresh = new Y.Doc();
      sync(fresh);
      fresh.getMap('drafts').set('last', 'words');
      sync(fresh);
      expect(account.doc.getMap('drafts').get('last')).toBe('words');
      account.expectConsistent();
    }),
    { seed, numRuns: RUNS },
  );
  console.log(`seed ${seed}:`, verdicts);
  for (const count of Object.values(verdicts)) expect(count).toBeGreaterThan(0);
});
