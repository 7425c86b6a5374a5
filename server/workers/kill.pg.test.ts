/**
 * Workers die at any statement, in any way, while people write through rooms; what the next worker finishes is the truth:
 * nothing is lost, nothing stands twice, nothing deleted stays.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as Y from 'yjs';
import { isDeleted, isMessage, type Message } from '../../schema/document/message.ts';
import { cover, NO_RECEIPT } from '../../schema/document/receipts.ts';
import type { ConversationId, DocumentId } from '../../schema/ids.ts';
import { systemClock } from '../clock.ts';
import type { Pool } from '../database/pool.ts';
import { loadDocument } from '../journal/load.ts';
import { mergeEntries } from '../journal/merge.ts';
import { createLog } from '../log.ts';
import { createMetrics } from '../metrics.ts';
import { Chance } from '../simulation/chance.ts';
import { type Installation, startInstallation } from '../testing/installation.ts';
import { LocalDevice } from '../testing/local-device.ts';
import { startProjector } from './projector.ts';
import { rebuildDocument } from './rebuild.ts';
import { startSnapshotter } from './snapshotter.ts';
import { allColumns, expectedRows, storedRows } from './testing.ts';
import { DEATHS, type Death, MortalPool } from './testing-mortal-pool.ts';

const SEEDS = Array.from({ length: 50 }, (_, n) => n + 1);

/** One turn of projecting and taking a snapshot has some 18 statements; a worker may die in its second turn. */
const STATEMENTS = 36;

let installation: Installation;
const cut: { readonly how: Death; readonly statement: string }[] = [];

beforeAll(async () => {
  installation = await startInstallation();
});
afterAll(() => installation[Symbol.asyncDispose]());

function start(pool: Pool) {
  const shared = { pool, log: createLog({ level: 'silent' }), metrics: createMetrics(), clock: systemClock };
  const projector = startProjector(shared);
  const snapshotter = startSnapshotter({ ...shared, projector, keep: 3 });
  return {
    /** What a worker does by itself, now. */
    async work(conversation: ConversationId, document: DocumentId): Promise<void> {
      projector.poke(document);
      snapshotter.poke(document);
      // It complains when it dies.
      await projector.project(conversation).catch(() => undefined);
      await snapshotter.look();
    },
    async [Symbol.asyncDispose]() {
      await snapshotter[Symbol.asyncDispose]();
      await projector[Symbol.asyncDispose]();
    },
  };
}

/** Each device does something; some of it erases. */
function write(devices: readonly LocalDevice[], chance: Chance, round: string): void {
  for (const device of devices) {
    const messages = device.messages.toArray().filter(isMessage);
    const own = messages.filter((message) => message.from === device.user && !isDeleted(message));
    const target = own[chance.below(own.length || 1)];
    switch (chance.pick(['say', 'say', 'edit', 'delete', 'read'] as const)) {
      case 'say':
        device.say(`${round}-text-${device.clock}.`);
        break;
      case 'edit':
        if (target) device.edit(target.id, `${round}-edited-${device.clock}.`);
        break;
      case 'delete':
        if (target) device.delete(target.id);
        break;
      case 'read': {
        const { d, r } = device.receipts.get(device.user) ?? NO_RECEIPT;
        const ids = messages.filter(({ from }) => from !== device.user).map(({ id }) => id);
        device.receipts.set(device.user, { d: cover(d, ids), r: cover(r, ids) });
      }
    }
  }
}

async function requireSameAsStored(pool: Pool, document: DocumentId, truth: Y.Doc): Promise<void> {
  // Were a snapshot and the end of its entries two steps, a worker could die between them.
  const { rowCount } = await pool.query(
    'select from journal where document = $1 and seq <= (select max(seq) from snapshots where document = $1)',
    [document],
  );
  expect(rowCount).toBe(0);
  const stored = await loadDocument(pool, document);
  const doc = new Y.Doc();
  Y.applyUpdate(doc, mergeEntries(stored?.state, stored?.entries ?? []));
  expect(doc.getArray('messages').toJSON()).toEqual(truth.getArray('messages').toJSON());
  expect(doc.getMap('receipts').toJSON()).toEqual(truth.getMap('receipts').toJSON());
  expect(Y.equalSnapshots(Y.snapshot(doc), Y.snapshot(truth))).toBe(true);
}

test.each(SEEDS)(
  '[P1][P4] round %i: a worker is killed at some statement, and nothing is lost or doubled',
  async (seed) => {
    const { pool, rooms, database } = installation;
    const chance = new Chance(seed);
    const round = `round-${seed}`;
    const conversation = round as ConversationId;
    const document = await installation.addConversation(conversation);
    const devices = ['ana', 'ana', 'bo'].map((user) => new LocalDevice(user));
    for (const device of devices) await device.join(rooms, document);
    const settled = () => Promise.all(devices.map((device) => device.settled()));

    const how = chance.pick(DEATHS);
    const options = { url: database.url, how, at: 1 + chance.below(STATEMENTS), executioner: pool };
    {
      await using mortal = new MortalPool(options);
      await using worker = start(mortal.pool);
      for (let turn = 0; turn < 10 && !mortal.diedAt; turn++) {
        for (let n = 0; n < 3; n++) write(devices, chance, round);
        const working = worker.work(conversation, document);
        write(devices, chance, round);
        await Promise.all([working, settled()]);
      }
      expect(mortal.diedAt).toBeDefined();
      cut.push({ how, statement: mortal.diedAt as string });
    }
    for (const device of devices) await device.catchUp();
    const [{ doc: truth }] = devices as [LocalDevice];
    await requireSameAsStored(pool, document, truth);

    {
      await using successor = start(pool);
      await successor.work(conversation, document);
    }
    await requireSameAsStored(pool, document, truth);
    const messages = truth.getArray<Message>('messages').toArray();
    expect(new Set(messages.map(({ id }) => id)).size).toBe(messages.length);
    const projected = await storedRows(pool, { conversation });
    expect(projected).toEqual(expectedRows({ doc: truth, settled: () => messages }));
    const columns = await allColumns(pool);
    await rebuildDocument(pool, document);
    expect(await allColumns(pool)).toEqual(columns);

    const standing = new Set(messages.flatMap((message) => (isDeleted(message) ? [] : [message.text])));
    expect(await textsIn(pool, document, round)).toEqual(standing);
  },
);

/** All texts of this round among the bytes of every snapshot, entry and row. */
async function textsIn(pool: Pool, document: DocumentId, round: string): Promise<Set<string>> {
  const { rows } = await pool.query<{ bytes: Buffer }>(
    `select state as bytes from snapshots where document = $1
     union all select "update" from journal where document = $1
     union all select convert_to(coalesce(body, ''), 'UTF8') from messages where conversation = $2`,
    [document, round],
  );
  const found = rows.flatMap(
    ({ bytes }) => bytes.toString('latin1').match(new RegExp(`${round}-(text|edited)-\\d+\\.`, 'g')) ?? [],
  );
  return new Set(found);
}

test('the rounds cut both workers where they write, in every way', () => {
  expect(new Set(cut.map(({ how }) => how))).toEqual(new Set(DEATHS));
  const cuts = (part: RegExp): number => cut.filter(({ statement }) => part.test(statement)).length;
  expect(cuts(/(insert into|delete from|update) (snapshots|journal)/)).toBeGreaterThan(4);
  expect(cuts(/insert into messages|projected = moved.seq/)).toBeGreaterThan(4);
});
