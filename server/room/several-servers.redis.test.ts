/**
 * What the rooms of several servers promise together: they bring each other what they commit, inside one process and through a
 * real Redis alike, judge by it, and lose nothing when Redis does. Rooms, Postgres and Redis are real, channels are in this process.
 */
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { documentId, type MessageId } from '../../schema/ids.ts';
import { EPOCH_LIMITS } from '../../schema/limits.ts';
import { startRedis, type TestRedis } from '../fan-out/testing-redis.ts';
import { Chance } from '../simulation/chance.ts';
import { holdCommits, type Installation, startInstallation } from '../testing/installation.ts';
import { LocalDevice } from '../testing/local-device.ts';

type Server = Installation['servers'][number];
type Options = NonNullable<Parameters<typeof startInstallation>[0]>;

const serverOf = ({ servers }: Installation, index: number): Server => servers[index] as Server;

async function join(installation: Installation, user: string, index: number, epoch = 0): Promise<LocalDevice> {
  const device = new LocalDevice(user);
  await device.join(serverOf(installation, index).rooms, documentId(installation.conversation, epoch));
  return device;
}

const shows = (device: LocalDevice, ...texts: string[]) =>
  device.bell.until(() => texts.every((text) => device.texts.includes(text)), `${device.user}: ${texts}`);

/** Resolves when the server says so of its Redis. */
function until({ redis }: Server, wanted: 'up' | 'down'): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => {
      if (redis && redis.isUp !== (wanted === 'up')) return;
      stop?.();
      resolve();
    };
    const stop = redis?.onChange(check);
    check();
  });
}

/** How often a server reads a document or its head from the journal, from now on. */
function countReads({ spoil }: Server): { count: number } {
  const reads = { count: 0 };
  spoil.query = (ask, name) => {
    if (name === 'load-document' || name === 'document-head') reads.count++;
    return ask();
  };
  return reads;
}

/** Two servers, and a Redis between them when it should be one. */
async function startTwo(how: 'process' | 'Redis', options: Options = {}) {
  const redis = how === 'Redis' ? await startRedis() : undefined;
  const between: Options = redis ? { redisUrl: redis.url } : { entries: 'brought' };
  const installation = await startInstallation({ servers: 2, ...between, ...options });
  await Promise.all(installation.servers.map((server) => until(server, 'up')));
  return {
    installation,
    redis: redis as TestRedis,
    async [Symbol.asyncDispose]() {
      await installation[Symbol.asyncDispose]();
      await redis?.[Symbol.asyncDispose]();
    },
  };
}

async function expectSame(installation: Installation, devices: readonly LocalDevice[]): Promise<void> {
  for (const { rooms } of installation.servers) await rooms.catchUp();
  for (const device of devices) await device.catchUp();
  const stored = new Y.Doc();
  Y.applyUpdate(stored, await installation.stored());
  const vector = Y.encodeStateVector(stored);
  for (const device of devices) {
    expect(device.messages.toJSON()).toEqual(stored.getArray('messages').toJSON());
    expect(device.receipts.toJSON()).toEqual(stored.getMap('receipts').toJSON());
    expect(Y.encodeStateVector(device.doc)).toEqual(vector);
  }
}

describe.each(['process', 'Redis'] as const)('two servers joined by one %s', (how) => {
  test('show each other what they commit, and neither reads the journal for it', async () => {
    await using two = await startTwo(how);
    const { installation } = two;
    const ana = await join(installation, 'ana', 0);
    const bo = await join(installation, 'bo', 1);
    ana.say('warm');
    bo.say('up');
    await Promise.all([shows(ana, 'warm', 'up'), shows(bo, 'warm', 'up')]);
    const reads = installation.servers.map(countReads);
    for (let round = 0; round < 20; round++) {
      ana.say(`ana ${round}`);
      await shows(bo, `ana ${round}`);
      bo.say(`bo ${round}`);
      await shows(ana, `bo ${round}`);
    }
    expect(reads.map(({ count }) => count)).toEqual([0, 0]);
    await expectSame(installation, [ana, bo]);
  });

  test('judge by what the other has committed: edits, deletions, receipts and writers', async () => {
    await using two = await startTwo(how);
    const { installation } = two;
    const ana = await join(installation, 'ana', 0);
    const anaAgain = await join(installation, 'ana', 1);
    const bo = await join(installation, 'bo', 1);
    const [first, second] = [ana.say('first'), ana.say('second')];
    await shows(bo, 'first', 'second');
    const reads = countReads(serverOf(installation, 1));
    anaAgain.edit(first, 'edited elsewhere');
    await shows(ana, 'edited elsewhere');
    ana.edit(first, 'edited back');
    await shows(bo, 'edited back');
    ana.delete(second);
    await shows(anaAgain, '†');
    anaAgain.edit(second, 'too late');
    await anaAgain.settled();
    expect(anaAgain.refusals).toMatchObject([{ kind: 'deleted' }]);
    // What ana's other device wrote is hers here as well: a lost acknowledgement heals on any server.
    const heals = new LocalDevice('ana');
    Y.applyUpdate(heals.doc, ana.state, 'server');
    await heals.join(serverOf(installation, 1).rooms, installation.document);
    const healed = heals.told.flatMap((each) => (each.is === 'acknowledgement' ? [each.acknowledgement.writer] : []));
    expect(healed).toContain(ana.doc.clientID);
    expect(reads.count).toBe(0);
    await expectSame(installation, [ana, anaAgain, bo]);
    expect(ana.texts).toEqual(['edited back', '†']);
  });

  test('[P5] close an epoch together: what comes after it goes to the next, wherever it is said', async () => {
    await using two = await startTwo(how, { epochLimits: { ...EPOCH_LIMITS, messages: 3 } });
    const { installation } = two;
    const ana = await join(installation, 'ana', 0);
    const bo = await join(installation, 'bo', 1);
    for (const text of ['one', 'two', 'three']) {
      ana.say(text);
      await shows(bo, text);
    }
    bo.say('late');
    await bo.settled();
    const next = await join(installation, 'ana', 0, 1);
    expect(next.texts).toEqual(['late']);
    expect(bo.texts).toEqual(['one', 'two', 'three']);
  });

  test('[P4] an edit does not survive a deletion that was committed at the same time, nor its text', async () => {
    await using two = await startTwo(how);
    const { installation } = two;
    const ana = await join(installation, 'ana', 0);
    const anaAgain = await join(installation, 'ana', 1);
    for (let round = 0; round < 8; round++) {
      const id = ana.say(`secret ${round}`);
      await shows(anaAgain, `secret ${round}`);
      const lock = await holdCommits(installation.pool, installation.document);
      ana.delete(id);
      anaAgain.edit(id, `edited secret ${round}`);
      await lock.held(2);
      await lock.release();
      await Promise.all([ana.settled(), anaAgain.settled()]);
    }
    await expectSame(installation, [ana, anaAgain]);
    expect(ana.texts).toEqual(Array.from({ length: 8 }, () => '†'));
    expect((await installation.stored()).includes('secret')).toBe(false);
  });

  test('[P3][P7] that settle the same conversation at full speed store everything once', async () => {
    await using two = await startTwo(how, { epochLimits: EPOCH_LIMITS });
    const { installation } = two;
    const devices = [
      await join(installation, 'ana', 0),
      await join(installation, 'bo', 1),
      await join(installation, 'cy', 0),
      await join(installation, 'ana', 1),
    ];
    await storm(devices, 60);
    await expectSame(installation, devices);
    requireOnce(devices, 60);
  });
});

/** Everybody writes at once, edits and deletes some of it, and waits for nothing but their own acknowledgements. */
async function storm(devices: readonly LocalDevice[], rounds: number, between?: (round: number) => Promise<void>) {
  const chance = new Chance(rounds);
  const said = new Map<LocalDevice, MessageId[]>(devices.map((device) => [device, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [device, ids] of said) {
      ids.push(device.say(`${devices.indexOf(device)}:${round}`));
      if (chance.happens(0.2)) device.edit(chance.pick(ids), `${devices.indexOf(device)}:edited in ${round}`);
      if (chance.happens(0.1)) device.delete(chance.pick(ids));
    }
    if (round % 5 === 4) await Promise.all(devices.map((device) => device.settled()));
    await between?.(round);
  }
  await Promise.all(devices.map((device) => device.settled()));
}

/** Every message stands once, whoever wrote it. */
function requireOnce([first]: readonly LocalDevice[], rounds: number, writers = 4): void {
  const ids = (first as LocalDevice).messages.toArray().flatMap((element) => ('id' in element ? [element.id] : []));
  expect(ids.length).toBe(rounds * writers);
  expect(new Set(ids).size).toBe(ids.length);
}

describe('[P6] two servers whose Redis', () => {
  const four = async (installation: Installation) => [
    await join(installation, 'ana', 0),
    await join(installation, 'bo', 1),
    await join(installation, 'cy', 0),
    await join(installation, 'ana', 1),
  ];

  test('is emptied under load lose nothing, and hear each other at once again', async () => {
    await using two = await startTwo('Redis');
    const { installation } = two;
    const [ana, bo, cy, again] = (await four(installation)) as [LocalDevice, LocalDevice, LocalDevice, LocalDevice];
    const { redis } = serverOf(installation, 0);
    await storm([ana, bo, cy, again], 40, async (round) => {
      if (round % 3 === 0) await redis?.commands.flushall();
    });
    await redis?.commands.flushall();
    // Without anybody comparing heads.
    for (const { spoil } of installation.servers)
      spoil.query = (ask, name) => (name === 'heads' ? Promise.reject(new Error('not now')) : ask());
    ana.say('after');
    await shows(bo, 'after');
    bo.say('and back');
    await shows(ana, 'and back');
    for (const { spoil } of installation.servers) delete spoil.query;
    await expectSame(installation, [ana, bo, cy, again]);
  });

  test('is stopped and started again under load lose nothing, go on meanwhile, and heal when it is back', async () => {
    await using two = await startTwo('Redis');
    const { installation, redis } = two;
    const devices = (await four(installation)) as [LocalDevice, LocalDevice, LocalDevice, LocalDevice];
    const [ana, bo] = devices;
    await storm(devices, 30, async (round) => {
      if (round === 5) await redis.stop();
      if (round === 20) await redis.start();
    });
    await Promise.all(installation.servers.map((server) => until(server, 'up')));
    await shows(ana, '1:29');
    await shows(bo, '0:29');
    ana.say('after');
    await shows(bo, 'after');
    expect(installation.lines.filter((line) => line.includes('"level":50'))).toEqual([]);
    await redis.stop();
    await Promise.all(installation.servers.map((server) => until(server, 'down')));
    bo.say('alone');
    await bo.settled();
    expect(ana.texts).not.toContain('alone');
    await redis.start();
    await shows(ana, 'alone');
    await expectSame(installation, devices);
    const { body } = await serverOf(installation, 0).metrics.text();
    expect(body).toMatch(/tidewire_fan_out_failures_total{what="push"} [1-9]/);
  });

  test('was never there go on as ever', async () => {
    await using gone = await startRedis();
    await gone.stop();
    await using installation = await startInstallation({ servers: 2, redisUrl: gone.url });
    const devices = await four(installation);
    await storm(devices, 10);
    await expectSame(installation, devices);
    requireOnce(devices, 10);
  });
});

test('[P4] what was edited or deleted is not found in Redis, not even when an earlier entry comes late', async () => {
  await using two = await startTwo('Redis');
  const { installation } = two;
  const ana = await join(installation, 'ana', 0);
  const bo = await join(installation, 'bo', 1);
  const id = ana.say('a secret');
  await shows(bo, 'a secret');
  const { commands } = serverOf(installation, 0).redis as NonNullable<Server['redis']>;
  const list = `tidewire:{${installation.document}}:updates`;
  const found = async () => Buffer.concat(await commands.lrangeBuffer(list, 0, -1)).includes('a secret');
  expect(await found()).toBe(true);
  const late = (await commands.lrangeBuffer(list, 0, -1)) as [Buffer];
  ana.edit(id, 'nothing');
  await shows(bo, 'nothing');
  expect(await found()).toBe(false);
  const push = commands as unknown as { tidewirePush(...parameters: unknown[]): Promise<number> };
  const name = `tidewire:{${installation.document}}`;
  await push.tidewirePush(list, `${name}:forgotten`, late.at(-1), 1, name);
  expect(await found()).toBe(false);
  ana.say('goes on');
  await shows(bo, 'goes on');
  await expectSame(installation, [ana, bo]);
});

test('[P5] many epochs fill and close under two servers at full speed, and every message stands once in the chain', async () => {
  await using two = await startTwo('Redis', { epochLimits: { ...EPOCH_LIMITS, messages: 10 } });
  const { installation } = two;
  const { conversation, pool } = installation;
  const said: string[] = [];
  const talk = async (user: string, index: number): Promise<void> => {
    let epoch = 0;
    let device = await join(installation, user, index);
    for (let round = 0; round < 60; round++) {
      said.push(device.say(`${user} ${round}`));
      await device.settled();
      const { rows } = await pool.query('select epoch from conversations where id = $1', [conversation]);
      if (rows[0].epoch === epoch) continue;
      epoch = rows[0].epoch;
      device.leave();
      device = await join(installation, user, index, epoch);
    }
  };
  await Promise.all([talk('ana', 0), talk('bo', 1), talk('cy', 0), talk('eve', 1)]);
  const { rows } = await pool.query('select id from documents where conversation = $1 order by epoch', [conversation]);
  expect(rows.length).toBeGreaterThan(20);
  const stored = await Promise.all(rows.map(({ id }) => installation.stored(id)));
  const ids = stored.flatMap((state) => {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, state);
    return doc
      .getArray<{ id: string }>('messages')
      .toArray()
      .map((message) => message.id);
  });
  expect(ids.toSorted()).toEqual(said.toSorted());
});
