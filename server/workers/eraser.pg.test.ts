/** The eraser with real rooms and a real database: everything somebody wrote in a chain of epochs, whatever dies meanwhile. */
import { describe, expect, test } from 'vitest';
import { isDeleted, isMessage } from '../../schema/document/message.ts';
import { cover, NO_RECEIPT } from '../../schema/document/receipts.ts';
import { type DocumentId, documentId, type UserId } from '../../schema/ids.ts';
import { EPOCH_LIMITS } from '../../schema/limits.ts';
import { systemClock } from '../clock.ts';
import type { Pool } from '../database/pool.ts';
import { createLog } from '../log.ts';
import { createMetrics } from '../metrics.ts';
import { Chance } from '../simulation/chance.ts';
import { type Installation, startInstallation } from '../testing/installation.ts';
import { LocalDevice } from '../testing/local-device.ts';
import { type EraserOptions, startEraser } from './eraser.ts';
import { startProjector } from './projector.ts';
import { startSnapshotter } from './snapshotter.ts';
import { columnsHolding } from './testing.ts';
import { DEATHS, MortalPool } from './testing-mortal-pool.ts';

const LEAVER = 'bo';
/** In every text of who leaves, and in no other. */
const GONE = 'takenback';
/** What the leaver gave to messages. */
const GIVEN = '🦭';

const silent = createLog({ level: 'silent' });

function start(installation: Installation, { pool = installation.pool, server = 0, erase }: Partial<Started> = {}) {
  const { rooms } = installation.servers[server] as Installation['servers'][number];
  const shared = { pool, log: silent, metrics: createMetrics(), clock: systemClock };
  const projector = startProjector(shared);
  const snapshotter = startSnapshotter({ ...shared, projector, keep: 3 });
  const eraser = startEraser({ ...shared, projector, erase: erase ?? rooms.erase.bind(rooms), leaseMs: 1 });
  return {
    ...{ eraser, projector, snapshotter },
    async [Symbol.asyncDispose]() {
      await eraser[Symbol.asyncDispose]();
      await snapshotter[Symbol.asyncDispose]();
      await projector[Symbol.asyncDispose]();
    },
  };
}

interface Started {
  readonly pool: Pool;
  readonly server: number;
  readonly erase: EraserOptions['erase'];
}

const epochsOf = async ({ pool }: Installation): Promise<DocumentId[]> =>
  (await pool.query<{ id: DocumentId }>('select id from documents order by epoch')).rows.map(({ id }) => id);

/** Two people write by turns and read, into as many epochs as it takes; some is late, some edited, some deleted by the owner. */
async function talk(installation: Installation, messages: number): Promise<void> {
  const { rooms, conversation } = installation;
  const offline = new LocalDevice(LEAVER);
  await offline.join(rooms, installation.document);
  offline.leave();
  offline.say(`${GONE} written offline`);
  for (let index = 0; index < messages; ) {
    const open = (await epochsOf(installation)).length - 1;
    const devices = ['ana', LEAVER].map((user) => new LocalDevice(user));
    for (const device of devices) await device.join(rooms, documentId(conversation, open));
    const [ana, bo] = devices as [LocalDevice, LocalDevice];
    for (let turn = 0; turn < 4; turn++, index += 2) {
      ana.say(`standing ${index}`);
      const id = bo.say(`${GONE} ${index}`);
      await bo.settled();
      if (index % 3 === 0) bo.edit(id, `${GONE} ${index} better`);
      if (index % 5 === 0) ana.delete(id);
      const known = bo.messages.toArray().filter(isMessage);
      const { d, r } = bo.receipts.get(LEAVER) ?? NO_RECEIPT;
      const ids = known.filter(({ from }) => from !== LEAVER).map(({ id }) => id);
      bo.receipts.set(LEAVER, { d: cover(d, ids), r: cover(r, ids) });
      for (const one of ids.slice(-2)) bo.react(one, GIVEN);
      for (const device of devices) await device.settled();
    }
    for (const device of devices) device.leave();
  }
  await offline.join(rooms, installation.document);
  await offline.settled();
  offline.leave();
}

const leave = (pool: Pool, what = 'everything') =>
  pool.query(
    `with gone as (delete from members where "user" = '${LEAVER}' returning conversation, "user")
     insert into erasures (conversation, "user", what) select conversation, "user", $1 from gone`,
    [what],
  );

async function requireErased(installation: Installation): Promise<void> {
  const { pool, rooms, conversation } = installation;
  expect(await columnsHolding(pool, GONE)).toEqual([]);
  expect(await columnsHolding(pool, GIVEN)).toEqual([]);
  // What another server did.
  await rooms.catchUp();
  for (const id of await epochsOf(installation)) {
    const reader = new LocalDevice('ana');
    await reader.join(rooms, id);
    for (const message of reader.messages.toArray().filter(isMessage)) {
      if (message.from === LEAVER) expect(message).toMatchObject({ deletedAt: expect.any(Number) });
      else expect(isDeleted(message)).toBe(false);
    }
    expect(reader.receipts.get(LEAVER)).toBeUndefined();
    reader.leave();
  }
  const { rows } = await pool.query(
    `select (select count(*)::int from messages where conversation = $1 and sender = $2 and body is not null) as written,
       (select count(*)::int from messages where conversation = $1 and sender <> $2 and body is null) as harmed,
       (select count(*)::int from read_receipts where "user" = $2) as receipts,
       (select count(*)::int from read_clocks where "user" = $2) as clocks,
       (select count(*)::int from erasures) as wishes`,
    [conversation, LEAVER],
  );
  expect(rows).toEqual([{ written: 0, harmed: 0, receipts: 0, clocks: 0, wishes: 0 }]);
}

const partsBeforeDeath: number[] = [];

describe('[P4] what somebody wrote who left and wants it erased', () => {
  test('is gone from every epoch, snapshot, entry and row, late messages and receipts too; all else stays', async () => {
    await using installation = await startInstallation({ epochLimits: { ...EPOCH_LIMITS, messages: 9 } });
    await talk(installation, 40);
    await using workers = start(installation);
    const epochs = await epochsOf(installation);
    expect(epochs.length).toBeGreaterThan(4);
    for (const epoch of epochs.keys()) await workers.snapshotter.take(installation.conversation, epoch);
    expect(await columnsHolding(installation.pool, GONE)).toEqual([
      'messages.body',
      'messages.search',
      'snapshots.state',
    ]);
    const reader = new LocalDevice('ana');
    await reader.join(installation.rooms, epochs[1] as DocumentId);
    await leave(installation.pool);
    await workers.eraser.work();
    for (const epoch of epochs.keys()) await workers.snapshotter.take(installation.conversation, epoch);
    await requireErased(installation);
    // Who has an epoch open sees it at once, and who did it.
    expect(reader.texts.some((text) => text.includes(GONE))).toBe(false);
    expect(reader.messages.toArray().filter((each) => 'by' in each && each.by === LEAVER).length).toBeGreaterThan(1);
    // Older snapshots keep what others read, and nothing of who left.
    const { rows } = await installation.pool.query<{ state: Buffer }>('select state from snapshots');
    expect(rows.some(({ state }) => state.includes('standing'))).toBe(true);
  });

  test('goes by parts, so that no commit is long, while the others write on', async () => {
    await using installation = await startInstallation();
    const [bo, ana] = [new LocalDevice(LEAVER), new LocalDevice('ana')];
    for (const device of [bo, ana]) await device.join(installation.rooms, installation.document);
    bo.doc.transact(() => {
      for (let index = 0; index < 450; index++) bo.say(`${GONE} ${index}`);
    });
    await bo.settled();
    await leave(installation.pool);
    const parts: string[] = [];
    await using workers = start(installation, {
      erase: async (...asked) => {
        ana.say(`meanwhile ${parts.length}`);
        const left = await installation.rooms.erase(...asked);
        parts.push(left);
        return left;
      },
    });
    await workers.eraser.work();
    await ana.settled();
    expect(parts).toEqual(['some', 'some', 'none']);
    await workers.snapshotter.take(installation.conversation, 0);
    await requireErased(installation);
    expect(ana.texts.filter((text) => text.startsWith('meanwhile')).length).toBe(3);
  });

  test('is only the receipts, when nothing else is wished for', async () => {
    await using installation = await startInstallation();
    await talk(installation, 8);
    await using workers = start(installation);
    await leave(installation.pool, 'receipts');
    await workers.eraser.work();
    const { rows } = await installation.pool.query('select from read_receipts where "user" = $1', [LEAVER]);
    expect(rows).toEqual([]);
    const reader = new LocalDevice('ana');
    await reader.join(installation.rooms, installation.document);
    expect(reader.receipts.get(LEAVER)).toBeUndefined();
    expect(reader.texts.some((text) => text.includes(GONE))).toBe(true);
  });

  test('is found although this server has not heard yet that it was written on another', async () => {
    await using installation = await startInstallation({ servers: 2 });
    const [{ rooms: here }, { rooms: there }] = installation.servers as [
      Installation['servers'][number],
      Installation['servers'][number],
    ];
    const ana = new LocalDevice('ana');
    await ana.join(here, installation.document);
    const bo = new LocalDevice(LEAVER);
    await bo.join(there, installation.document);
    bo.say(`${GONE} elsewhere`);
    await bo.settled();
    await leave(installation.pool);
    expect(await here.erase(installation.document, LEAVER as UserId, 'everything')).toBe('none');
    expect(ana.texts).toEqual(['†']);
  });

  test.each(Array.from({ length: 12 }, (_, index) => index + 1))(
    'round %i: is gone although a server dies at some statement, and another one goes on',
    async (seed) => {
      await using installation = await startInstallation({
        servers: 2,
        epochLimits: { ...EPOCH_LIMITS, messages: 9 },
      });
      await talk(installation, 16);
      await leave(installation.pool);
      const { database, pool, conversation } = installation;
      const chance = new Chance(seed);
      const how = chance.pick(DEATHS);
      let parts = 0;
      const dies = 1 + chance.below(4);
      {
        await using mortal = new MortalPool({ url: database.url, how, at: 1 + chance.below(12), executioner: pool });
        const [{ rooms }] = installation.servers as [Installation['servers'][number]];
        await using worker = start(installation, {
          pool: mortal.pool,
          erase: async (...asked) => {
            if (++parts === dies) throw new Error('This process is gone');
            return rooms.erase(...asked);
          },
        });
        await worker.eraser.work();
      }
      await using successor = start(installation, { server: 1 });
      const wishes = async () => (await pool.query('select from erasures')).rowCount;
      // Until the dead one's claim has run out.
      for (let left = await wishes(); left !== 0; left = await wishes()) await successor.eraser.work();
      for (const epoch of (await epochsOf(installation)).keys()) await successor.snapshotter.take(conversation, epoch);
      await requireErased(installation);
      partsBeforeDeath.push(parts);
    },
  );

  test('the rounds died before, between and after parts', () => {
    expect(partsBeforeDeath).toContain(0);
    expect(partsBeforeDeath.filter((parts) => parts > 1).length).toBeGreaterThan(2);
  });
});
