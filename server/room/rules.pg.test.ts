/** The rules of the product over real sockets: what is refused, moved, corrected, relayed and healed. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { type MessageId, messageId } from '../../schema/ids.ts';
import { MAX_OVERTAKEN_MESSAGES, MAX_TEXT_CHARACTERS } from '../../schema/limits.ts';
import type { RefusalKind } from '../../schema/refusals.ts';
import { freshDatabase, type TestDatabase } from '../database/testing.ts';
import { Device } from '../testing/device.ts';
import { rawUpdate } from '../testing/raw-update.ts';
import { type Person, startServer, type TestServer } from '../testing/server.ts';

let database: TestDatabase;
let server: TestServer;
let ana: Person;
let bo: Person;

beforeAll(async () => {
  database = await freshDatabase();
  server = await startServer({ databaseUrl: database.url });
  [ana, bo] = (await Promise.all(['ana', 'bo'].map((name) => server.signUp(name)))) as [Person, Person];
});

afterAll(async () => {
  expect(server.lines.filter((line) => line.includes('broke the room'))).toEqual([]);
  await server?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

/** A group of both with a message of each; ana owns it. */
async function group() {
  const document = await server.group(ana, [bo]);
  const one = await server.device(ana, document);
  const two = await server.device(bo, document);
  const fromAna = one.say('from ana');
  await one.settled();
  await two.until(() => two.texts().length === 1, 'the message of ana');
  const fromBo = two.say('from bo');
  await two.settled();
  await one.until(() => one.texts().length === 2, 'the message of bo');
  return { document, ana: one, bo: two, fromAna, fromBo, [Symbol.dispose]: () => [one, two].forEach(dispose) };
}
const dispose = (device: Device): void => device[Symbol.dispose]();

/** Whether the text stands anywhere on the server, in any table. */
async function isStored(text: string): Promise<boolean> {
  const bytes = Buffer.from(text);
  const { rows } = await server.pool.query<{ bytes: Buffer }>(
    'select "update" as bytes from journal union all select state from snapshots union all select convert_to(body, \'UTF8\') from messages where body is not null',
  );
  return rows.some((row) => row.bytes.includes(bytes));
}

const holds = (device: Device, text: string): boolean => Buffer.from(device.state()).includes(Buffer.from(text));

describe('an element that breaks a rule', () => {
  const SECRET = 'a text that must not get anywhere';
  const long = SECRET + 'x'.repeat(MAX_TEXT_CHARACTERS);
  type Scene = Awaited<ReturnType<typeof group>>;
  const cases: readonly (readonly [RefusalKind, string, (scene: Scene) => MessageId])[] = [
    ['too-long', 'a message', ({ bo }) => bo.say(long)],
    ['too-long', 'an edit', ({ bo, fromBo }) => bo.edit(fromBo, long)],
    ['bad-text', 'a message with NUL', ({ bo }) => bo.say(`${SECRET}\0`)],
    ['bad-text', 'an empty message', ({ bo }) => bo.say('')],
    ['bad-text', 'an empty edit', ({ bo, fromBo }) => bo.edit(fromBo, '')],
    ['not-found', 'an edit of what is not there', ({ bo }) => bo.edit(messageId(5, 5), SECRET)],
    ['not-found', 'a deletion of what is not there', ({ bo }) => bo.delete(messageId(5, 5))],
    ['not-author', "an edit of another's message", ({ bo, fromAna }) => bo.edit(fromAna, SECRET)],
    ['not-author', "a deletion of another's message", ({ bo, fromAna }) => bo.delete(fromAna)],
    ['not-author', "an edit of another's message by an owner", ({ ana, fromBo }) => ana.edit(fromBo, SECRET)],
    [
      'deleted',
      'an edit of a deleted message',
      ({ bo, fromBo }) => {
        bo.delete(fromBo);
        return bo.edit(fromBo, SECRET);
      },
    ],
  ];
  test.each(cases)(
    'is refused as %s with its Yjs id, goes nowhere, and what follows it works: %s',
    async (kind, name, write) => {
      using scene = await group();
      const sender = name.includes('owner') ? scene.ana : scene.bo;
      const heard = sender.wire?.heard.length;
      const id = write(scene);
      await sender.settled();
      expect(sender.refusals).toEqual([{ is: 'refusal', ids: [id], kind }]);
      const order = sender.wire?.heard.slice(heard).map(({ is }) => is) ?? [];
      expect(order.indexOf('refusal')).toBeLessThan(order.indexOf('update'));
      expect(order.lastIndexOf('update')).toBeLessThan(order.lastIndexOf('acknowledgement'));
      const next = sender.say('what follows');
      await sender.settled();
      const receiver = sender === scene.bo ? scene.ana : scene.bo;
      await receiver.until(() => receiver.timeline().some((message) => message.id === next), 'what follows');
      expect(sender.refusals).toHaveLength(1);
      for (const device of [scene.ana, scene.bo]) expect(holds(device, SECRET)).toBe(false);
      expect(await isStored(SECRET)).toBe(false);
      expect(receiver.messages.toJSON()).toEqual(sender.messages.toJSON());
    },
  );

  test('is refused together with others of its kind; the rest of the update stays', async () => {
    using scene = await group();
    const { bo, ana } = scene;
    const refused: MessageId[] = [];
    bo.doc.transact(() => {
      bo.say('one');
      refused.push(bo.say(''));
      bo.say('two');
      refused.push(bo.say('\0'));
      bo.say('three');
    });
    await bo.settled();
    expect(bo.refusals).toEqual([{ is: 'refusal', kind: 'bad-text', ids: refused }]);
    await ana.until(() => ana.texts().includes('three'), 'the rest');
    expect(ana.texts().slice(2)).toEqual(['one', 'two', 'three']);
  });

  test('of a text whose characters just fit is none', async () => {
    using scene = await group();
    scene.bo.say('🌊'.repeat(MAX_TEXT_CHARACTERS));
    await scene.bo.settled();
    expect(scene.bo.refusals).toEqual([]);
  });

  test('had its clock used: the same clock cannot say something else later', async () => {
    using scene = await group();
    const { bo, ana } = scene;
    const id = bo.say('');
    await bo.settled();
    const [client, clock] = [bo.doc.clientID, bo.clock - 1];
    expect(id).toBe(messageId(client, clock));
    using wire = await server.wire(scenePerson(bo), scene.document, '/documents');
    const value = { id, from: bo.user, at: 1, text: 'said after all' };
    const structs = [{ parent: 'messages', content: { any: [value] } }];
    wire.sendUpdate(rawUpdate({ sections: [{ client, clock, structs }] }));
    await wire.ask();
    await ana.catchUp();
    expect(ana.texts()).toEqual(['from ana', 'from bo']);
    expect(await isStored('said after all')).toBe(false);
  });
});

const scenePerson = (device: Device): Person => (device.user === ana.id ? ana : bo);

describe('[P4] an edit or deletion', () => {
  test('erases the former text from the document of everybody and from the journal', async () => {
    using scene = await group();
    const { ana, bo } = scene;
    const edited = bo.say('a text to be edited away');
    const deleted = bo.say('a text to be deleted');
    await bo.settled();
    await ana.until(() => ana.texts().length === 4, 'both messages');
    bo.edit(edited, 'better');
    bo.delete(deleted);
    await bo.settled();
    await ana.until(() => ana.texts().at(-1) === '†', 'the deletion');
    for (const device of [ana, bo]) {
      expect(holds(device, 'a text to be')).toBe(false);
      expect(device.texts().slice(2)).toEqual(['better', '†']);
    }
    using fresh = await server.device(scenePerson(ana), scene.document);
    expect(holds(fresh, 'a text to be')).toBe(false);
  });

  test('by an owner of a group names the owner in the tombstone', async () => {
    using scene = await group();
    scene.ana.delete(scene.fromBo);
    await scene.ana.settled();
    await scene.bo.until(() => scene.bo.texts().at(-1) === '†', 'the deletion');
    expect(scene.bo.timeline().at(-1)).toMatchObject({ id: scene.fromBo, from: bo.id, by: ana.id });
  });

  test('by the other one of a direct conversation is refused: nobody moderates there', async () => {
    const response = await server.ask('POST', '/api/conversations', ana, { memberIds: [bo.id] });
    const { document } = (await response.json()) as { document: string };
    using one = await server.device(ana, document);
    using two = await server.device(bo, document);
    const id = two.say('between us');
    await two.settled();
    await one.until(() => one.texts().includes('between us'), 'the message');
    one.delete(id);
    await one.settled();
    expect(one.refusals).toMatchObject([{ kind: 'not-author' }]);
  });
});

describe('a device that was away', () => {
  test('brings its backlog as one struct', async () => {
    using scene = await group();
    const { bo, ana } = scene;
    bo.disconnect();
    for (let i = 0; i < 10; i++) bo.say(`offline ${i}`);
    const structs = Y.decodeUpdate(bo.state()).structs.filter(({ id }) => id.client === bo.doc.clientID);
    expect(structs.at(-1)?.length).toBeGreaterThanOrEqual(10);
    await bo.connect();
    await ana.until(() => ana.texts().length === 12, 'the backlog');
    expect(ana.texts().slice(2)).toEqual(Array.from({ length: 10 }, (_, index) => `offline ${index}`));
    expect(bo.refusals).toEqual([]);
  });

  test('brings thousands of messages at once', async () => {
    using scene = await group();
    const { bo, ana } = scene;
    bo.disconnect();
    bo.doc.transact(() => {
      for (let i = 0; i < 3_000; i++) bo.say(`offline ${i}`);
    });
    await bo.connect();
    await ana.until(() => ana.messages.length === 3_002, 'the backlog');
    expect(ana.texts().slice(2)).toEqual(Array.from({ length: 3_000 }, (_, index) => `offline ${index}`));
  });

  test('and has been reloaded sends what it wrote before under its old clientID', async () => {
    using scene = await group();
    const { bo, ana, document } = scene;
    bo.disconnect();
    bo.say('before the reload');
    using reloaded = new Device({ port: server.port, document, user: bo.user, bearer: scenePerson(bo).bearer });
    Y.applyUpdate(reloaded.doc, bo.state());
    reloaded.say('after the reload');
    await reloaded.connect();
    await ana.until(() => ana.texts().length === 4, 'both');
    expect(ana.texts().slice(2)).toEqual(['before the reload', 'after the reload']);
    expect(reloaded.acknowledged.get(bo.doc.clientID)).toBe(bo.clock);
  });

  test('may have its words relayed by another tab or device of the same person', async () => {
    using scene = await group();
    const { bo, ana, document } = scene;
    using tab = await server.device(scenePerson(bo), document, { path: '/documents' });
    bo.disconnect();
    bo.say('written in the first tab');
    const update = Y.encodeStateAsUpdate(bo.doc, Y.encodeStateVector(tab.doc));
    Y.applyUpdate(tab.doc, update, 'another tab');
    await ana.until(() => ana.texts().includes('written in the first tab'), 'the relayed message');
    await bo.connect();
    expect(bo.acknowledged.get(bo.doc.clientID)).toBe(bo.clock);
    expect(ana.messages.length).toBe(3);
  });

  test('and whose acknowledgement was lost hears it again with the answer to its question', async () => {
    using scene = await group();
    const { bo } = scene;
    bo.say('the acknowledgement of this is lost');
    await bo.settled();
    bo.disconnect();
    bo.acknowledged.clear();
    await bo.connect();
    expect(bo.acknowledged.get(bo.doc.clientID)).toBe(bo.clock);
  });

  test('and whose refusal was lost finds its text gone and its clock acknowledged', async () => {
    using scene = await group();
    const { bo, document } = scene;
    const offline = new Device({ port: server.port, document, user: bo.user, bearer: scenePerson(bo).bearer });
    Y.applyUpdate(offline.doc, bo.state());
    const id = offline.say('x'.repeat(MAX_TEXT_CHARACTERS + 1));
    using wire = await server.wire(scenePerson(bo), document, '/documents');
    wire.sendUpdate(Y.encodeStateAsUpdate(offline.doc, Y.encodeStateVector(bo.doc)));
    await wire.ask();
    await offline.connect();
    await offline.catchUp();
    expect(offline.refusals).toEqual([]);
    expect(offline.timeline().some((message) => message.id === id)).toBe(false);
    expect(offline.acknowledged.get(offline.doc.clientID)).toBe(offline.clock);
    offline[Symbol.dispose]();
  });

  test.each(['/sync', '/documents'] as const)(
    'and types before its backlog is there is asked for everything, once (%s)',
    async (path) => {
      using scene = await group();
      const { bo, ana, document } = scene;
      bo.disconnect();
      bo.say('first');
      const first = bo.state();
      const vector = Y.encodeStateVector(bo.doc);
      bo.say('second');
      using wire = await server.wire(scenePerson(bo), document, path);
      const questions = wire.all('step1').length;
      const gap = Y.encodeStateAsUpdate(bo.doc, vector);
      for (let i = 0; i < 20; i++) wire.sendUpdate(gap);
      await wire.ask();
      expect(wire.all('step1').length).toBe(questions + 1);
      expect(wire.raw.ended).toBeUndefined();
      wire.sendStep2(first);
      wire.sendUpdate(gap);
      await ana.until(() => ana.texts().length === 4, 'both');
      expect(ana.texts().slice(2)).toEqual(['first', 'second']);
    },
  );

  test(`stands at the end when more than ${MAX_OVERTAKEN_MESSAGES} messages of others would follow, in its own order`, async () => {
    using scene = await group();
    const { ana, document } = scene;
    for (const clientID of [1, 2 ** 32 - 1]) {
      using offline = await server.device(bo, document, { clientID });
      const wire = offline.wire;
      offline.disconnect();
      expect(wire?.raw.ended).toBeUndefined();
      offline.doc.transact(() => {
        for (let i = 0; i < 3; i++) offline.say(`${clientID} offline ${i}`);
      });
      ana.doc.transact(() => {
        for (let i = 0; i <= MAX_OVERTAKEN_MESSAGES; i++) ana.say(`${clientID} online ${i}`);
      });
      await ana.settled();
      await offline.connect();
      await ana.until(() => ana.texts().includes(`${clientID} offline 2`), 'the backlog');
      expect(ana.texts().slice(-3)).toEqual([0, 1, 2].map((index) => `${clientID} offline ${index}`));
      await offline.catchUp();
      expect(offline.texts()).toEqual(ana.texts());
    }
  });
});

describe('a clock', () => {
  test('that runs ahead by more than a minute is corrected; the past is kept', async () => {
    using scene = await group();
    const { bo, ana } = scene;
    const at = Date.now();
    const ahead = bo.say('from the future', { at: at + 3_600_000 });
    const past = bo.say('from the past', { at: 1_000 });
    const soon = bo.say('soon', { at: at + 30_000 });
    await bo.settled();
    await ana.until(() => ana.texts().includes('soon'), 'the messages');
    const found = (id: MessageId) => ana.timeline().find((message) => message.id === id)?.at ?? 0;
    expect(Math.abs(found(ahead) - at)).toBeLessThan(30_000);
    expect([found(past), found(soon)]).toEqual([1_000, at + 30_000]);
    expect(bo.timeline()).toEqual(ana.timeline());
  });
});

describe('receipts', () => {
  test('never go back, cover no more than there is, and nothing of one’s own', async () => {
    using scene = await group();
    const { ana, bo, fromAna, fromBo } = scene;
    bo.read();
    await bo.settled();
    const writerOf = (id: MessageId): string => id.split('-')[0] as string;
    expect(bo.receipts.get(bo.user)).toEqual({ d: { [writerOf(fromAna)]: 0 }, r: { [writerOf(fromAna)]: 0 } });
    bo.receipts.set(bo.user, { d: { [writerOf(fromBo)]: 0, zzz: 3, [writerOf(fromAna)]: 1_000 }, r: {} });
    await bo.settled();
    expect(bo.receipts.get(bo.user)).toEqual({ d: { [writerOf(fromAna)]: 0 }, r: { [writerOf(fromAna)]: 0 } });
    bo.receipts.delete(bo.user);
    await bo.settled();
    await ana.catchUp();
    expect(ana.receipts.get(bo.user)).toEqual({ d: { [writerOf(fromAna)]: 0 }, r: { [writerOf(fromAna)]: 0 } });
    await bo.catchUp();
    expect(bo.receipts.toJSON()).toEqual(ana.receipts.toJSON());
  });
});
