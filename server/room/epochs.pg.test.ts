/**
 * The chain: when a document closes, and what becomes of messages that arrive too late for it. Rooms and Postgres are real,
 * channels are in this process.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { CLOSE } from '../../schema/close-codes.ts';
import { isDeleted, isMessage, type Message } from '../../schema/document/message.ts';
import { REACTIONS, type Reaction } from '../../schema/document/reactions.ts';
import { type DocumentId, documentId, type MessageId, messageId, type UserId } from '../../schema/ids.ts';
import { EPOCH_LIMITS } from '../../schema/limits.ts';
import { loadDocument } from '../journal/load.ts';
import { Chance } from '../simulation/chance.ts';
import { type Installation, startInstallation } from '../testing/installation.ts';
import { LocalDevice } from '../testing/local-device.ts';
import { GatedDocument } from './gated-document.ts';

const FEW = { ...EPOCH_LIMITS, messages: 3 };

async function join(installation: Installation, user: string, epoch = 0, server = 0): Promise<LocalDevice> {
  const device = new LocalDevice(user);
  const { rooms } = installation.servers[server] as Installation['servers'][number];
  await device.join(rooms, documentId(installation.conversation, epoch));
  return device;
}

/** The messages of each epoch, as stored. */
async function chain({ pool, conversation }: Installation): Promise<Message[][]> {
  const { rows } = await pool.query<{ id: DocumentId }>(
    'select d.id from documents d join conversations c on c.id = d.conversation where c.id = $1 order by d.epoch',
    [conversation],
  );
  const epochs: Message[][] = [];
  for (const { id } of rows) {
    const stored = await loadDocument(pool, id);
    const doc = new GatedDocument(stored?.state ? [stored.state, ...stored.entries] : (stored?.entries ?? []));
    epochs.push(doc.messages.toArray().filter(isMessage));
  }
  return epochs;
}

const textOf = (message: Message): string => (isDeleted(message) ? '†' : message.text);
const texts = async (installation: Installation): Promise<string[][]> =>
  (await chain(installation)).map((messages) => messages.map(textOf));

describe('an epoch', () => {
  test('[P5] closes with the message that fills it, and the next one takes all further messages under their ids', async () => {
    await using installation = await startInstallation({ epochLimits: FEW });
    const heads: { epoch: number; seq: number; preview: string }[] = [];
    const [{ fanOut }] = installation.servers as [Installation['servers'][number]];
    fanOut.subscribe('head', ({ epoch, seq, preview }) => heads.push({ epoch, seq, preview }));
    const ana = await join(installation, 'ana');
    const ids: MessageId[] = [];
    for (const text of ['0', '1', '2', '3', '4']) {
      ids.push(ana.say(text));
      await ana.settled();
    }
    expect(await texts(installation)).toEqual([
      ['0', '1', '2'],
      ['3', '4'],
    ]);
    expect((await chain(installation)).flat().map(({ id }) => id)).toEqual(ids);
    expect(ana.texts).toEqual(['0', '1', '2']);
    expect([ana.refusals, ana.closed]).toEqual([[], undefined]);
    expect(heads).toContainEqual({ epoch: 1, seq: 0, preview: '' });
    expect(heads.at(-1)).toMatchObject({ epoch: 1, preview: '4' });
  });

  test('[P5] closes when its texts are long, and when many pages have written', async () => {
    for (const limits of [
      { ...EPOCH_LIMITS, bytes: 1_000 },
      { ...EPOCH_LIMITS, writers: 3 },
    ]) {
      await using installation = await startInstallation({ epochLimits: limits });
      for (let page = 0; page < 4; page++) {
        const ana = await join(installation, 'ana');
        ana.say('ü'.repeat(200));
        await ana.settled();
      }
      expect((await texts(installation)).map((epoch) => epoch.length)).toEqual([3, 1]);
    }
  });

  test('[P5] holds no more than the queue had brought: many backlogs at once fill one after the other', async () => {
    await using installation = await startInstallation({ epochLimits: FEW });
    const devices = await Promise.all(['ana', 'bo', 'cy', 'eve'].map((user) => join(installation, user)));
    for (const device of devices)
      device.doc.transact(() => ['a', 'b'].map((text) => device.say(`${device.user} ${text}`)));
    for (const device of devices) await device.settled();
    const epochs = await texts(installation);
    expect(epochs.map((epoch) => epoch.length)).toEqual([4, 4, 0]);
    expect(epochs.flat().toSorted()).toEqual(devices.flatMap(({ user }) => [`${user} a`, `${user} b`]).toSorted());
  });

  test('that is closed takes edits, deletions and receipts as ever', async () => {
    await using installation = await startInstallation({ epochLimits: FEW });
    const ana = await join(installation, 'ana');
    const bo = await join(installation, 'bo');
    const ids = ['0', '1', '2'].map((text) => ana.say(text));
    await ana.settled();
    ana.edit(ids[0] as MessageId, 'edited');
    ana.delete(ids[1] as MessageId);
    bo.receipts.set('bo', { d: { [ana.doc.clientID.toString(36)]: 2 }, r: {} });
    bo.delete(ids[2] as MessageId);
    await ana.settled();
    await bo.settled();
    expect(await texts(installation)).toEqual([['edited', '†', '2'], []]);
    expect(bo.refusals).toMatchObject([{ kind: 'not-author' }]);
    expect(ana.receipts.get('bo')?.d).toEqual({ [ana.doc.clientID.toString(36)]: 2 });
  });

  test('has writers of its own: one of another epoch writes nothing here, and harms nobody', async () => {
    await using installation = await startInstallation({ epochLimits: FEW });
    const ana = await join(installation, 'ana');
    for (const text of ['0', '1', '2']) ana.say(text);
    await ana.settled();
    const bo = await join(installation, 'bo', 1);
    const again = new LocalDevice('ana', ana.doc.clientID);
    await again.join(installation.rooms, documentId(installation.conversation, 1));
    again.say('under an id that is taken');
    await again.bell.until(() => again.closed, 'the end of the channel');
    expect(again.closed).toBe(CLOSE.hostile);
    bo.say('fine');
    await bo.settled();
    expect(await texts(installation)).toEqual([['0', '1', '2'], ['fine']]);
  });
});

describe('reactions', () => {
  const given = async (installation: Installation, epoch: number) => {
    const reader = await join(installation, 'cy', epoch);
    return reader.doc.getMap<Reaction>(REACTIONS).toJSON();
  };

  test('belong to the epoch of their message: a closed one takes them, and a message that has moved has them where it is', async () => {
    await using installation = await startInstallation({ epochLimits: FEW });
    const ana = await join(installation, 'ana');
    const offline = await join(installation, 'bo');
    offline.leave();
    const late = offline.say('written offline');
    const ids = ['0', '1', '2'].map((text) => ana.say(text));
    await ana.settled();
    offline.react(ids[0] as MessageId, '👍');
    offline.react(late, '🙏');
    await offline.join(installation.rooms, installation.document);
    await offline.settled();
    // One's own, given before anybody had it, does not move with it.
    expect(offline.refusals).toMatchObject([{ kind: 'not-found' }]);
    const there = await join(installation, 'ana', 1);
    there.react(late, '❤️');
    await there.settled();
    expect(await given(installation, 0)).toEqual({ [`bo/${ids[0]}`]: { on: ids[0], emoji: ['👍'] } });
    expect(await given(installation, 1)).toEqual({ [`ana/${late}`]: { on: late, emoji: ['❤️'] } });
  });
});

describe('a late message', () => {
  test('arrives as its author left it: edited, deleted, a reply, with a clock that ran ahead', async () => {
    await using installation = await startInstallation({ epochLimits: FEW });
    const offline = await join(installation, 'bo');
    offline.leave();
    const ana = await join(installation, 'ana');
    const [first] = ['0', '1', '2'].map((text) => ana.say(text));
    await ana.settled();
    const edited = offline.say('typo');
    offline.edit(edited, 'no typo');
    offline.delete(offline.say('regretted'));
    offline.say('from the future', Date.now() + 86_400_000);
    offline.say('');
    offline.messages.push([
      {
        id: messageId(offline.doc.clientID, offline.clock),
        from: offline.user,
        at: 1,
        text: 'an answer',
        re: first as MessageId,
      },
    ]);
    const there = await join(installation, 'ana', 1);
    await offline.join(installation.rooms, installation.document);
    await offline.settled();
    expect(await texts(installation)).toEqual([['0', '1', '2'], ['no typo', '†', 'from the future', 'an answer'], []]);
    const [, late] = await chain(installation);
    expect(late?.[0]).toMatchObject({ id: edited, from: 'bo', editedAt: expect.any(Number) });
    expect(late?.[1]).toMatchObject({ by: 'bo' });
    expect(late?.[2]?.at).toBeLessThan(Date.now() + 60_000);
    expect(late?.[3]).toMatchObject({ at: 1, re: first });
    expect(offline.refusals).toMatchObject([{ kind: 'bad-text' }]);
    expect(there.texts).toEqual(late?.map(textOf));
    expect(offline.texts).toEqual(['0', '1', '2']);
    expect((await installation.journal()).includes('regretted')).toBe(false);
    expect((await installation.journal()).includes('typo')).toBe(true);
  });

  test('is seen in the open epoch before its sender hears that it is durable', async () => {
    await using installation = await startInstallation({ epochLimits: FEW });
    const ana = await join(installation, 'ana');
    for (const text of ['0', '1', '2']) ana.say(text);
    await ana.settled();
    const there = await join(installation, 'bo', 1);
    const seen = ana.bell.until(() => ana.acknowledged === 4, 'the acknowledgement').then(() => [...there.texts]);
    ana.say('late');
    expect(await seen).toEqual(['late']);
  });

  test('is edited and deleted where it stands, by its author only, and counts for receipts there', async () => {
    await using installation = await startInstallation({ epochLimits: FEW });
    const ana = await join(installation, 'ana');
    for (const text of ['0', '1', '2']) ana.say(text);
    await ana.settled();
    const id = ana.say('late');
    await ana.settled();
    ana.edit(id, 'where it was sent to');
    await ana.settled();
    expect(ana.refusals).toMatchObject([{ kind: 'not-found' }]);
    const [writer, clock] = [ana.doc.clientID.toString(36), 3];
    const bo = await join(installation, 'bo', 1);
    bo.edit(id, 'forged');
    bo.receipts.set('bo', { d: { [writer]: clock }, r: { [writer]: clock } });
    const there = await join(installation, 'ana', 1);
    there.edit(id, 'corrected');
    there.receipts.set('ana', { d: { [writer]: clock }, r: {} });
    await there.settled();
    await bo.settled();
    expect(bo.refusals).toMatchObject([{ kind: 'not-author' }]);
    expect(await texts(installation)).toEqual([['0', '1', '2'], ['corrected']]);
    expect(bo.receipts.get('bo')?.r).toEqual({ [writer]: clock });
    expect(bo.receipts.get('ana')).toEqual({ d: {}, r: {} });
  });

  test('of somebody who is no member any more goes nowhere', async () => {
    await using installation = await startInstallation({ epochLimits: FEW });
    const ana = await join(installation, 'ana');
    const bo = await join(installation, 'bo');
    for (const text of ['0', '1', '2']) ana.say(text);
    await ana.settled();
    await installation.pool.query('delete from members where "user" = \'bo\'');
    bo.say('after all');
    await bo.bell.until(() => bo.closed, 'the end of the channel');
    expect(bo.closed).toBe(CLOSE.notMember);
    expect((await installation.journal()).includes('after all')).toBe(false);
  });
});

test('[P3][P5] twenty messages written offline while others wrote three thousand are at the end, once, in their order', async () => {
  await using installation = await startInstallation();
  const bo = await join(installation, 'bo');
  bo.leave();
  const written = Array.from({ length: 20 }, (_, index) => `offline ${index}`);
  const ids = written.map((text) => bo.say(text));
  for (let epoch = 0; epoch < 3; epoch++) {
    const ana = await join(installation, 'ana', epoch);
    for (let part = 0; part < 4; part++) {
      ana.doc.transact(() => {
        for (let index = 0; index < 250; index++) ana.say(`${epoch} ${part} ${index}`);
      });
      await ana.settled();
    }
  }
  const cy = await join(installation, 'cy', 3);
  await bo.join(installation.rooms, installation.document);
  await bo.settled();
  const epochs = await chain(installation);
  expect(epochs.map((epoch) => epoch.length)).toEqual([1_000, 1_000, 1_000, 20]);
  expect(epochs[3]?.map(textOf)).toEqual(written);
  expect(epochs[3]?.map(({ id }) => id)).toEqual(ids);
  expect(cy.texts).toEqual(written);
  expect(bo.texts).toEqual(epochs[0]?.map(textOf));
});

describe('a post', () => {
  test('goes to the open epoch, and its answer names the entry there', async () => {
    await using installation = await startInstallation({ epochLimits: FEW });
    const { rooms, conversation } = installation;
    const posts = Array.from({ length: 8 }, (_, index) =>
      rooms.post({ conversation, user: 'bo' as UserId, text: `${index}`, idempotencyKey: `key ${index}` }),
    );
    const answers = await Promise.all(posts);
    expect(answers.every(({ ok }) => ok)).toBe(true);
    const epochs = await chain(installation);
    expect(epochs.map((epoch) => epoch.length)).toEqual([3, 3, 2]);
    expect(
      epochs
        .flat()
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(answers.map((answer) => answer.ok && answer.id).toSorted());
    const again = await rooms.post({ conversation, user: 'bo' as UserId, text: 'x', idempotencyKey: 'key 7' });
    expect(again).toEqual(answers[7]);
  });
});

describe('two documents in one commit', () => {
  test.each([
    ['the append', 'append', 'before'],
    ['the append', 'append', 'after'],
    ['opening the epoch', 'open-epoch', 'before'],
    ['the commit', 'commit', 'before'],
    ['the commit', 'commit', 'after'],
  ])('are both or none, once, when the connection dies at %s (%s, %s)', async (_, statement, when) => {
    await using installation = await startInstallation({ epochLimits: FEW });
    const [{ spoil, rooms }] = installation.servers as [Installation['servers'][number]];
    const ana = await join(installation, 'ana');
    const bo = await join(installation, 'bo');
    for (const text of ['0', '1', '2']) ana.say(text);
    await ana.settled();
    let deaths = 0;
    spoil.query = async (ask, name) => {
      if (name !== statement || deaths === 3) return ask();
      deaths++;
      if (when === 'after') await ask();
      throw new Error('the connection was lost');
    };
    bo.doc.transact(() => ['3', '4', '5'].map((text) => bo.say(text)));
    await bo.settled();
    expect(deaths).toBeGreaterThan(0);
    expect(await texts(installation)).toEqual([['0', '1', '2'], ['3', '4', '5'], []]);
    const { rows } = await installation.pool.query('select epoch from conversations');
    expect(rows).toEqual([{ epoch: 2 }]);
    const there = await join(installation, 'ana', 1);
    expect(there.texts).toEqual(['3', '4', '5']);
    await rooms.catchUp();
    expect(bo.closed).toBeUndefined();
  });

  test.each(Array.from({ length: 25 }, (_, index) => index + 1))(
    '[P1][P3][P5] seed %d: whatever people of two servers write into which epoch, it is there once, in their order',
    async (seed) => {
      await using installation = await startInstallation({ servers: 2, epochLimits: { ...EPOCH_LIMITS, messages: 5 } });
      const chance = new Chance(seed);
      for (const { spoil } of installation.servers)
        spoil.query = async (ask, name) => {
          if (!(name.startsWith('append') || ['open-epoch', 'commit'].includes(name)) || !chance.happens(0.08))
            return ask();
          deaths++;
          if (chance.happens(0.5)) await ask();
          throw new Error('the connection was lost');
        };
      const devices: { device: LocalDevice; epoch: number }[] = [];
      const open = async (user: string, epoch: number) =>
        void devices.push({ device: await join(installation, user, epoch, chance.below(2)), epoch });
      const connect = ({ device, epoch }: { device: LocalDevice; epoch: number }) =>
        device.join(chance.pick(installation.servers).rooms, documentId(installation.conversation, epoch));
      for (const user of ['ana', 'bo', 'cy', 'eve']) await open(user, 0);
      const said: { id: MessageId; device: LocalDevice; text: string }[] = [];
      const deleted = new Set<MessageId>();
      for (let step = 0; step < 40; step++) {
        const each = chance.pick(devices);
        const { device } = each;
        const what = chance.below(10);
        if (what < 6) {
          const text = `${step} of ${device.user}`;
          said.push({ id: device.say(text), device, text });
        } else if (what < 7) {
          const own = said.filter((other) => other.device === device && !deleted.has(other.id));
          const [target] = own;
          if (!target) continue;
          deleted.add(target.id);
          device.delete(target.id);
        } else if (what < 8) device.leave();
        else if (what < 9) await connect(each);
        else {
          const { rows } = await installation.pool.query<{ epoch: number }>('select epoch from conversations');
          await open(device.user, chance.below((rows[0]?.epoch ?? 0) + 1));
        }
      }
      for (const each of devices) {
        each.device.leave();
        await connect(each);
        await each.device.settled();
      }
      for (const { rooms } of installation.servers) await rooms.catchUp();
      for (const { device } of devices) await device.catchUp();
      const epochs = await chain(installation);
      const all = epochs.flat();
      expect(all.map(({ id }) => id).toSorted()).toEqual(said.map(({ id }) => id).toSorted());
      // A deletion of a message that has moved to another epoch meanwhile.
      const kinds = new Set(devices.flatMap(({ device }) => device.refusals.map(({ kind }) => kind)));
      expect([...kinds].filter((kind) => kind !== 'not-found')).toEqual([]);
      for (const { id, text } of said) {
        const found = all.find((message) => message.id === id) as Message;
        if (!deleted.has(id)) expect(textOf(found)).toBe(text);
      }
      for (const writer of new Set(said.map(({ id }) => id.split('-')[0]))) {
        const clocks = all
          .filter(({ id }) => id.startsWith(`${writer}-`))
          .map(({ id }) => Number.parseInt(id.split('-')[1] as string, 36));
        expect(clocks).toEqual(clocks.toSorted((a, b) => a - b));
      }
      expect(devices.filter(({ device }) => device.closed !== undefined)).toEqual([]);
      expect(epochs.length).toBeGreaterThan(2);
      for (const messages of epochs.slice(0, -1)) expect(messages.length).toBeGreaterThanOrEqual(5);
      for (const { device, epoch } of devices) expect(device.messages.toArray()).toEqual(epochs[epoch]);
    },
  );

  let deaths = 0;
  afterAll(() => expect(deaths).toBeGreaterThan(20));
});
