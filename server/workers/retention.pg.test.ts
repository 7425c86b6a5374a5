/** Retention with real rooms and a real database: what is too old is deleted for everyone and erased, and nothing else. */
import { describe, expect, test } from 'vitest';
import { BY_RETENTION, isDeleted, isMessage } from '../../schema/document/message.ts';
import { documentId } from '../../schema/ids.ts';
import { EPOCH_LIMITS } from '../../schema/limits.ts';
import { systemClock } from '../clock.ts';
import { createLog } from '../log.ts';
import { createMetrics } from '../metrics.ts';
import { type Installation, startInstallation } from '../testing/installation.ts';
import { LocalDevice } from '../testing/local-device.ts';
import { startProjector } from './projector.ts';
import { type RetentionOptions, startRetention } from './retention.ts';
import { startSnapshotter } from './snapshotter.ts';
import { columnsHolding } from './testing.ts';

/** In every text that is too old, and in no other. */
const OLD = 'longgone';

const silent = createLog({ level: 'silent' });

function start(installation: Installation, options: Partial<RetentionOptions> & { server?: number } = {}) {
  const { pool } = installation;
  const { rooms } = installation.servers[options.server ?? 0] as Installation['servers'][number];
  const shared = { pool, log: silent, metrics: createMetrics(), clock: systemClock };
  const projector = startProjector(shared);
  const snapshotter = startSnapshotter({ ...shared, projector, keep: 3 });
  const retention = startRetention({ ...shared, projector, expire: rooms.expire.bind(rooms), ...options });
  return {
    ...{ retention, projector, snapshotter },
    async [Symbol.asyncDispose]() {
      await retention[Symbol.asyncDispose]();
      await snapshotter[Symbol.asyncDispose]();
      await projector[Symbol.asyncDispose]();
    },
  };
}

type Workers = ReturnType<typeof start>;

/** Turn after turn, until nothing is left; the worker's own first turn may be at it. */
async function workUntilDone({ retention }: Workers): Promise<void> {
  while ((await retention.work()) !== 'none');
}

async function say({ pool, rooms, conversation }: Installation, texts: readonly string[]): Promise<void> {
  for (const text of texts) {
    const device = new LocalDevice('ana');
    const { rows } = await pool.query<{ epoch: number }>('select epoch from conversations where id = $1', [
      conversation,
    ]);
    await device.join(rooms, documentId(conversation, rows[0]?.epoch ?? 0));
    device.say(text);
    await device.settled();
    device.leave();
  }
}

/** As if everything that was said had been said so long ago. */
async function age(installation: Installation, { projector }: Workers, days: number): Promise<void> {
  const { pool, conversation } = installation;
  await projector.project(conversation);
  await pool.query('update messages set committed_at = committed_at - make_interval(days => $1)', [days]);
}

const keep = ({ pool }: Installation, days: number | null) =>
  pool.query('update conversations set retention_days = $1', [days]);

async function timeline(installation: Installation, epoch: number): Promise<string[]> {
  const reader = new LocalDevice('bo');
  await reader.join(installation.rooms, documentId(installation.conversation, epoch));
  reader.leave();
  return reader.texts;
}

const numbered = (text: string, count: number) => Array.from({ length: count }, (_, index) => `${text} ${index}`);

describe('[P4] messages older than their conversation keeps', () => {
  test('are in no document, entry, snapshot or row of any epoch; younger ones stay; the tombstones name nobody', async () => {
    await using installation = await startInstallation({ epochLimits: { ...EPOCH_LIMITS, messages: 5 } });
    await using workers = start(installation);
    await say(installation, numbered(OLD, 12));
    const open = new LocalDevice('cy');
    await open.join(installation.rooms, documentId(installation.conversation, 1));
    await workers.snapshotter.take(installation.conversation, 0);
    await age(installation, workers, 8);
    await say(installation, numbered('young', 4));
    expect((await columnsHolding(installation.pool, OLD)).length).toBeGreaterThan(3);
    await keep(installation, 7);
    await workUntilDone(workers);
    const epochs = [0, 1, 2, 3];
    for (const epoch of epochs) await workers.snapshotter.take(installation.conversation, epoch);
    expect(await columnsHolding(installation.pool, OLD)).toEqual([]);
    const texts = (await Promise.all(epochs.map((epoch) => timeline(installation, epoch)))).flat();
    expect(texts).toEqual([...Array(12).fill('†'), ...numbered('young', 4)]);
    // Who has an old epoch open sees it at once.
    expect(open.state.toString()).not.toContain(OLD);
    for (const message of open.messages.toArray().filter(isMessage))
      expect(isDeleted(message) && message.by).toBe(BY_RETENTION);
    const { rows } = await installation.pool.query(
      'select distinct deleted_by, sender from messages where body is null',
    );
    expect(rows).toEqual([{ deleted_by: BY_RETENTION, sender: 'ana' }]);
    // Where nothing is left it does not look again.
    const { rows: conversations } = await installation.pool.query('select expired_epoch from conversations');
    expect(conversations).toEqual([{ expired_epoch: 2 }]);
  });

  test.each([
    ['nobody said so', 0, null, false],
    ['the installation says so', 7, null, true],
    ['the installation does, but the conversation keeps them for ever', 7, 0, false],
    ['the installation does, but the conversation keeps them longer', 7, 30, false],
    ['the conversation says so', 0, 7, true],
  ])('%s', async (_, ofInstallation, ofConversation, isGone) => {
    await using installation = await startInstallation();
    await using workers = start(installation);
    await say(installation, [OLD]);
    await age(installation, workers, 8);
    await installation.pool.query('update installation set retention_days = $1', [ofInstallation]);
    await keep(installation, ofConversation);
    await workUntilDone(workers);
    expect(await timeline(installation, 0)).toEqual([isGone ? '†' : OLD]);
  });

  test('are those that came so long ago, whatever the clocks of devices say', async () => {
    await using installation = await startInstallation();
    await using workers = start(installation);
    const device = new LocalDevice('ana');
    await device.join(installation.rooms, installation.document);
    device.say('written by a clock of 1970', 1);
    await device.settled();
    await keep(installation, 7);
    await workUntilDone(workers);
    expect(device.texts).toEqual(['written by a clock of 1970']);
  });

  test('go by parts and turns, one server at a time, while people write on', async () => {
    await using installation = await startInstallation({ servers: 2, entries: 'brought' });
    const device = new LocalDevice('ana');
    await device.join(installation.rooms, installation.document);
    device.doc.transact(() => {
      for (const text of numbered(OLD, 450)) device.say(text);
    });
    await device.settled();
    const parts: number[] = [];
    let other: string | undefined;
    await using elsewhere = start(installation, { server: 1 });
    await using workers = start(installation, {
      maxMessagesPerTurn: 400,
      expire: async (document, messages) => {
        parts.push(messages.length);
        device.say(`meanwhile ${parts.length}`);
        other ??= await elsewhere.retention.work();
        await (installation.servers[0] as Installation['servers'][number]).rooms.expire(document, messages);
      },
    });
    await age(installation, workers, 8);
    // Nothing is due yet.
    for (const { retention } of [elsewhere, workers]) while ((await retention.work()) === 'elsewhere');
    await keep(installation, 7);
    expect(await workers.retention.work()).toBe('some');
    expect(await workers.retention.work()).toBe('none');
    expect([parts, other]).toEqual([[200, 200, 50], 'elsewhere']);
    await device.settled();
    expect(device.texts.filter((text) => text !== '†').toSorted()).toEqual([
      'meanwhile 1',
      'meanwhile 2',
      'meanwhile 3',
    ]);
  });

  test('of one conversation that fails do not hold up those of others', async () => {
    await using installation = await startInstallation();
    const other = await installation.addConversation('d');
    const device = new LocalDevice('ana');
    await device.join(installation.rooms, other);
    device.say(OLD);
    await device.settled();
    await say(installation, [OLD]);
    await using workers = start(installation, {
      expire: async (document, messages) => {
        if (document === installation.document) throw new Error('This one fails');
        await installation.rooms.expire(document, messages);
      },
    });
    await workers.projector.project('d' as never);
    await age(installation, workers, 8);
    await keep(installation, 7);
    await workUntilDone(workers);
    expect(device.texts).toEqual(['†']);
    expect(await timeline(installation, 0)).toEqual([OLD]);
  });

  test('are found although this server has not heard yet that they were written on another', async () => {
    await using installation = await startInstallation({ servers: 2 });
    const [{ rooms: here }, { rooms: there }] = installation.servers as [
      Installation['servers'][number],
      Installation['servers'][number],
    ];
    const [ana, bo] = [new LocalDevice('ana'), new LocalDevice('bo')];
    await ana.join(here, installation.document);
    await bo.join(there, installation.document);
    const id = bo.say(OLD);
    await bo.settled();
    await here.expire(installation.document, [id]);
    expect(ana.texts).toEqual(['†']);
  });
});
