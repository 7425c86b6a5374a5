/** Closed epochs that are all snapshot: many open them at once, for one query and no document, until somebody changes one. */
import { expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { cover, NO_RECEIPT } from '../../schema/document/receipts.ts';
import { documentId, type MessageId } from '../../schema/ids.ts';
import { EPOCH_LIMITS } from '../../schema/limits.ts';
import { takeSnapshot } from '../journal/snapshots.ts';
import { type Installation, startInstallation } from '../testing/installation.ts';
import { LocalDevice } from '../testing/local-device.ts';
import { projectBatch } from '../workers/project-batch.ts';

const built = vi.hoisted(() => ({ documents: 0 }));

vi.mock('./gated-document.ts', async (original) => {
  const { GatedDocument } = await original<typeof import('./gated-document.ts')>();
  class Counted extends GatedDocument {
    constructor(updates: readonly Uint8Array[]) {
      super(updates);
      built.documents++;
    }
  }
  return { GatedDocument: Counted };
});

const PEOPLE = ['ana', 'bo', 'cy', 'eve'];
const MANY = 150;

/** A closed epoch with an edit, a deletion and receipts, all in its snapshot; the second server has not opened it. */
async function closedEpoch(): Promise<{ installation: Installation; ids: MessageId[]; loads: () => number }> {
  const installation = await startInstallation({ servers: 2, epochLimits: { ...EPOCH_LIMITS, messages: 6 } });
  const { pool, document } = installation;
  const ana = new LocalDevice('ana');
  const bo = new LocalDevice('bo');
  for (const device of [ana, bo]) await device.join(installation.rooms, document);
  const ids: MessageId[] = [];
  for (const text of ['zero', 'one', 'two', 'three', 'four']) {
    ids.push(ana.say(text));
    await ana.settled();
    bo.receipts.set(bo.user, { d: cover(NO_RECEIPT.d, ids), r: {} });
    await bo.settled();
  }
  ana.edit(ids[0] as MessageId, 'zero, edited');
  ana.delete(ids[1] as MessageId);
  ids.push(ana.say('five'));
  await ana.settled();
  await projectBatch(pool, [document]);
  await takeSnapshot(pool, document);
  let loads = 0;
  const [, { spoil }] = installation.servers as [unknown, Installation['servers'][number]];
  spoil.query = (ask, name) => {
    if (name === 'load-document') loads++;
    return ask();
  };
  built.documents = 0;
  return { installation, ids, loads: () => loads };
}

const TEXTS = ['zero, edited', '†', 'two', 'three', 'four', 'five'];

test('[P5] many who open it at once, with nothing or with all of it, cost one load and no document', async () => {
  const { installation, loads } = await closedEpoch();
  await using _ = installation;
  const { rooms } = installation.servers[1] as Installation['servers'][number];
  const devices = Array.from({ length: MANY }, (_, n) => new LocalDevice(PEOPLE[n % PEOPLE.length] as string));
  await Promise.all(devices.map((device) => device.join(rooms, installation.document)));
  for (const device of devices) expect(device.texts).toEqual(TEXTS);
  for (const device of devices) device.leave();
  await Promise.all(devices.map((device) => device.join(rooms, installation.document)));
  // What they have was looked at before they are answered again.
  await Promise.all(devices.map((device) => device.catchUp()));
  for (const device of devices) expect(device.doneBytes).toBe(device.sentBytes);
  expect(devices.filter(({ closed }) => closed !== undefined)).toEqual([]);
  expect([loads(), built.documents]).toEqual([1, 0]);

  const fresh = new LocalDevice('ana');
  await fresh.join(rooms, installation.document);
  expect(Buffer.from(fresh.state)).toEqual(await installation.stored());
});

test('a copy that has a part of it gets the rest', async () => {
  const { installation } = await closedEpoch();
  await using _ = installation;
  const { rooms } = installation.servers[1] as Installation['servers'][number];
  const whole = new LocalDevice('ana');
  await whole.join(rooms, installation.document);
  const part = new LocalDevice('bo');
  const vector = Y.decodeStateVector(Y.encodeStateVector(whole.doc));
  vector.delete([...vector.keys()][0] as number);
  Y.applyUpdate(part.doc, Y.diffUpdate(whole.state, Y.encodeStateVector(vector)), 'server');
  expect(part.texts).not.toEqual(TEXTS);
  await part.join(rooms, installation.document);
  expect(part.texts).toEqual(TEXTS);
});

test('an edit builds the document once and is seen by all; own clocks are acknowledged before and after', async () => {
  const { installation, ids, loads } = await closedEpoch();
  await using _ = installation;
  const { rooms } = installation.servers[1] as Installation['servers'][number];
  const ana = new LocalDevice('ana');
  const others = Array.from({ length: 10 }, () => new LocalDevice('bo'));
  for (const device of [ana, ...others]) await device.join(rooms, installation.document);
  expect(built.documents).toBe(0);
  ana.edit(ids[2] as MessageId, 'two, edited');
  await ana.settled();
  others[0]?.receipts.set(others[0].user, { d: cover(NO_RECEIPT.d, ids), r: cover(NO_RECEIPT.r, ids) });
  await others[0]?.settled();
  for (const device of others) await device.catchUp();
  for (const device of others) expect(device.texts).toEqual(TEXTS.with(2, 'two, edited'));
  expect([loads(), built.documents]).toEqual([1, 1]);
  // A message goes to the open epoch.
  ana.say('late');
  await ana.settled();
  const next = new LocalDevice('cy');
  await next.join(rooms, documentId(installation.conversation, 1));
  expect(next.texts).toEqual(['late']);
  expect(ana.closed).toBeUndefined();
});
