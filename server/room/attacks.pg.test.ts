/**
 * Attacks on the write path over real sockets. Each must end with 4400, change nothing anywhere, and leave the victim and
 * the other members able to write.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { CLOSE } from '../../schema/close-codes.ts';
import type { DocumentId } from '../../schema/ids.ts';
import { freshDatabase, type TestDatabase } from '../database/testing.ts';
import { loadDocument } from '../journal/load.ts';
import { mergeEntries } from '../journal/merge.ts';
import type { Device } from '../testing/device.ts';
import { HARMLESS_UPDATES } from '../testing/harmless-updates.ts';
import { HOSTILE_UPDATES } from '../testing/hostile-updates/index.ts';
import { Scene } from '../testing/scene.ts';
import { type Person, startServer, type TestServer } from '../testing/server.ts';
import type { Path, Wire } from '../testing/wire.ts';

const PATHS: readonly Path[] = ['/sync', '/documents'];

let database: TestDatabase;
let server: TestServer;
let owner: Person;
let victim: Person;
let attacker: Person;

beforeAll(async () => {
  database = await freshDatabase();
  server = await startServer({ databaseUrl: database.url });
  [owner, victim, attacker] = (await Promise.all(['ana', 'bo', 'eve'].map((name) => server.signUp(name)))) as [
    Person,
    Person,
    Person,
  ];
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

afterEach(() => {
  // Emptied, so that a test fails for its own attack only.
  expect(server.lines.splice(0).filter((line) => line.includes('broke the room'))).toEqual([]);
});

/** A conversation with a history, its honest members connected, and what the attacker knows of it. */
async function stage() {
  const document = (await server.group(owner, [victim, attacker])) as DocumentId;
  const ana = await server.device(owner, document);
  const bo = await server.device(victim, document);
  const eve = await server.device(attacker, document);
  const first = bo.say('the first of the victim');
  bo.say('the second of the victim');
  await bo.settled();
  await eve.until(() => eve.texts().length === 2, 'the messages of the victim');
  const own = eve.say('the first of the attacker');
  eve.read();
  eve.say('the second of the attacker');
  eve.edit(own, 'edited');
  eve.react(first, '❤️');
  await eve.settled();
  await bo.until(() => bo.texts().includes('edited'), 'the edit');
  bo.read();
  bo.react(own, '👍', '🎉');
  bo.say('the third of the victim');
  await bo.settled();
  await eve.until(() => eve.texts().length === 5, 'the third message of the victim');
  eve.read();
  await eve.settled();
  await eve.catchUp();
  eve.disconnect();
  await Promise.all([ana.catchUp(), bo.catchUp()]);
  const scene = new Scene({
    doc: eve.doc,
    attacker: attacker.id,
    victim: victim.id,
    attackerWriter: eve.doc.clientID,
    victimWriter: bo.doc.clientID,
  });
  return {
    document,
    ana,
    bo,
    eve,
    scene,
    [Symbol.dispose]() {
      for (const device of [ana, bo, eve]) device[Symbol.dispose]();
    },
  };
}

type Stage = Awaited<ReturnType<typeof stage>>;

/** Everything that an attack must not change. */
async function witness({ document, ana, bo }: Stage) {
  const stored = await loadDocument(server.pool, document);
  if (!stored) throw new Error('The document is gone');
  // As one state: a snapshot may replace entries at any time, and changes nothing by it.
  const state = hex(mergeEntries(stored.state, stored.entries));
  const { head, membership } = stored;
  const writers = [...stored.writers].sort(([a], [b]) => a - b);
  using fresh = await server.wire(owner, document);
  const whole = await fresh.ask();
  await Promise.all([ana.catchUp(), bo.catchUp()]);
  return { head, membership, state, writers, whole: hex(whole), victim: hex(bo.state()), owner: hex(ana.state()) };
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

async function expectHonestLife({ ana, bo, document }: Stage): Promise<void> {
  bo.say('the victim still writes');
  await bo.settled();
  ana.say('so does the owner');
  await ana.settled();
  await expectEqual([ana, bo], document);
  expect(ana.texts().slice(-2)).toEqual(['the victim still writes', 'so does the owner']);
  expect([...ana.refusals, ...bo.refusals]).toEqual([]);
}

/** All devices and a new one show the same. */
async function expectEqual(devices: readonly Device[], document: string): Promise<void> {
  using fresh = await server.device(owner, document);
  for (const device of devices) {
    await device.catchUp();
    expect(device.messages.toJSON()).toEqual(fresh.messages.toJSON());
    expect(device.receipts.toJSON()).toEqual(fresh.receipts.toJSON());
    expect(device.reactions.toJSON()).toEqual(fresh.reactions.toJSON());
    expect(Y.encodeStateVector(device.doc)).toEqual(Y.encodeStateVector(fresh.doc));
  }
}

async function expectEnd(wire: Wire, path: Path, code: number): Promise<void> {
  const end = await wire.raw.end();
  expect(end.code).toBe(code);
  if (path === '/sync') expect(wire.closing?.code).toBe(code);
}

describe('an update that nobody honest sends is hostile, on either path:', () => {
  test.each(HOSTILE_UPDATES.map((each) => [each.name, each] as const))('%s', async (_, { make, asUpdate }) => {
    using scenery = await stage();
    const before = await witness(scenery);
    const bytes = make(scenery.scene);
    for (const path of PATHS) {
      using wire = await server.wire(attacker, scenery.document, path);
      if (asUpdate === 'asked') {
        const questions = wire.all('step1').length;
        wire.sendUpdate(bytes);
        await wire.raw.bell.until(() => wire.all('step1').length > questions, 'the question for everything');
        wire.sendStep2(bytes);
      } else if (path === '/sync') wire.sendUpdate(bytes);
      else wire.sendStep2(bytes);
      await expectEnd(wire, path, CLOSE.hostile);
      expect(wire.all('acknowledgement')).toEqual([]);
    }
    expect(await witness(scenery)).toEqual(before);
    await expectHonestLife(scenery);
  });
});

describe('an update with nothing new in it changes nothing:', () => {
  test.each(HARMLESS_UPDATES.map((each) => [each.name, each] as const))('%s', async (_, { make }) => {
    using scenery = await stage();
    const before = await witness(scenery);
    for (const path of PATHS) {
      using wire = await server.wire(attacker, scenery.document, path);
      wire.sendUpdate(make(scenery.scene));
      wire.sendStep2(make(scenery.scene));
      await wire.ask();
      expect(wire.raw.ended).toBeUndefined();
    }
    expect(await witness(scenery)).toEqual(before);
    await expectHonestLife(scenery);
  });
});
