/** Account documents over real sockets: whose they are, what may stand in them, and what servers learn from them. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { CLOSE } from '../../schema/close-codes.ts';
import { accountId, type UserId } from '../../schema/ids.ts';
import {
  MAX_ACCOUNT_BYTES,
  MAX_ACCOUNT_KEY_CHARACTERS,
  MAX_ACCOUNT_VALUE_BYTES,
  MAX_HIDDEN,
} from '../../schema/limits.ts';
import { loadPrivacy } from '../account/settings.ts';
import { freshDatabase, type TestDatabase } from '../database/testing.ts';
import { loadDocument } from '../journal/load.ts';
import { ACCOUNT_ATTACKS } from '../testing/account-attacks.ts';
import type { Device } from '../testing/device.ts';
import { type Person, startServer, type TestServer } from '../testing/server.ts';
import type { Path } from '../testing/wire.ts';
import { columnsHolding, watch } from '../workers/testing.ts';

const PATHS: readonly Path[] = ['/sync', '/documents'];

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
  await server?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

afterEach(() => {
  expect(server.lines.splice(0).filter((line) => line.includes('broke the room'))).toEqual([]);
});

const account = ({ id }: Person) => accountId(id as UserId);
const deviceOf = (person: Person, path: Path = '/sync'): Promise<Device> =>
  server.device(person, account(person), { path });
const contents = ({ doc }: Device) => ({
  settings: doc.getMap('settings').toJSON(),
  drafts: doc.getMap('drafts').toJSON(),
  conversations: doc.getMap('conversations').toJSON(),
});

test('two devices of one person share what stands in it, and a new one finds it', async () => {
  using one = await deviceOf(ana);
  using other = await deviceOf(ana, '/documents');
  one.doc.getMap('drafts').set('c', { text: 'typed on the one', at: 1 });
  await one.settled();
  await other.until(() => other.doc.getMap('drafts').has('c'), 'the draft');
  other.doc.getMap('drafts').set('c', { text: 'continued on the other', at: 2 });
  other.doc.getMap('conversations').set('c', { pinned: true });
  await other.settled();
  await one.until(() => one.doc.getMap('conversations').has('c'), 'the pin');
  one.doc.getMap('drafts').delete('c');
  await one.settled();
  using fresh = await deviceOf(ana);
  expect(contents(fresh)).toEqual({ settings: {}, drafts: {}, conversations: { c: { pinned: true } } });
  expect([...one.refusals, ...other.refusals]).toEqual([]);
});

test('a stock y-websocket client of its owner reads and writes it', async () => {
  using device = await deviceOf(ana);
  const doc = new Y.Doc();
  class Polyfill extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols, { headers: { authorization: ana.bearer } });
    }
  }
  const provider = new WebsocketProvider(`ws://127.0.0.1:${server.port}/documents`, account(ana), doc, {
    WebSocketPolyfill: Polyfill as never,
    disableBc: true,
  });
  await new Promise((resolve) => provider.once('sync', resolve));
  doc.getMap('settings').set('theme', 'dark');
  await device.until(() => device.doc.getMap('settings').get('theme') === 'dark', 'the theme');
  provider.destroy();
});

test('a key has 64 characters as people count them, not halves of them', async () => {
  const key = '🌊'.repeat(MAX_ACCOUNT_KEY_CHARACTERS);
  using device = await deviceOf(bo);
  device.doc.getMap('drafts').set(key, { text: 'kept', at: 1 });
  await device.settled();
  using fresh = await deviceOf(bo);
  expect(contents(fresh).drafts).toEqual({ [key]: { text: 'kept', at: 1 } });
});

test.each(PATHS)('nobody else opens it, and an account that is nobody’s is not told apart, on %s', async (path) => {
  for (const document of [account(ana), 'u.nobody', 'u.']) {
    using wire = await server.wire(bo, document, path);
    const end = path === '/sync' ? wire.closing : await wire.raw.end();
    expect(end?.code).toBe(document === 'u.' ? CLOSE.noDocument : CLOSE.notMember);
  }
});

describe('what no client of ours writes is hostile, on either path:', () => {
  test.each(ACCOUNT_ATTACKS)('%s', async (_, make) => {
    const eve = await server.signUp('eve');
    using device = await deviceOf(eve);
    device.doc.getMap('drafts').set('c', { text: 'a draft', at: 1 });
    await device.settled();
    const scene = { writer: device.doc.clientID, clock: device.clock };
    device.disconnect();
    const before = await loadDocument(server.pool, account(eve));
    for (const path of PATHS) {
      using wire = await server.wire(eve, account(eve), path);
      wire.sendStep2(make(scene));
      expect((await wire.raw.end()).code).toBe(CLOSE.hostile);
      expect(wire.all('acknowledgement')).toEqual([]);
    }
    expect(await loadDocument(server.pool, account(eve))).toEqual(before);
    await device.connect();
    device.doc.getMap('drafts').set('c', { text: 'life goes on', at: 2 });
    await device.settled();
  });
});

test('the number of somebody else’s writer gives no right over what they wrote', async () => {
  const document = await server.group(ana, [bo]);
  using victim = await server.device(ana, document);
  victim.say('mine');
  await victim.settled();
  using account = await server.device(bo, accountId(bo.id as UserId), { clientID: victim.doc.clientID });
  account.doc.getMap('settings').set('theme', 'dark');
  await account.settled();
  victim.say('still mine');
  await victim.settled();
  expect(victim.texts()).toEqual(['mine', 'still mine']);
});

describe('a value that is too large', () => {
  test('is refused and stands nowhere, and the next one is taken', async () => {
    const cy = await server.signUp('cy');
    using device = await deviceOf(cy);
    const drafts = device.doc.getMap('drafts');
    drafts.set('c', { text: 'too-large-'.repeat(MAX_ACCOUNT_VALUE_BYTES / 10), at: 1 });
    await device.settled();
    expect(device.refusals).toMatchObject([{ ids: [`${device.doc.clientID.toString(36)}-0`], kind: 'too-large' }]);
    expect(contents(device).drafts).toEqual({});
    expect(await columnsHolding(server.pool, 'too-large-')).toEqual([]);
    drafts.set('c', { text: 'short', at: 2 });
    await device.settled();
    expect(contents(device).drafts).toEqual({ c: { text: 'short', at: 2 } });
  });

  test('is also one too many for the whole document, until another one goes', async () => {
    const cy = await server.signUp('cy');
    using device = await deviceOf(cy);
    const drafts = device.doc.getMap('drafts');
    const text = 'x'.repeat(MAX_ACCOUNT_VALUE_BYTES - 100);
    const fitting = Math.floor(MAX_ACCOUNT_BYTES / MAX_ACCOUNT_VALUE_BYTES);
    for (let i = 0; i <= fitting; i++) drafts.set(`c${i}`, { text, at: 1 });
    await device.settled();
    expect(device.refusals.map(({ kind }) => kind)).toEqual(['too-large']);
    expect(drafts.size).toBe(fitting);
    drafts.delete('c0');
    drafts.set('again', { text, at: 2 });
    await device.settled();
    expect(device.refusals).toHaveLength(1);
    expect(drafts.has('again')).toBe(true);
  });
});

test('hidden messages are those of all devices, those hidden at the same time too, and no more than there may be', async () => {
  const cy = await server.signUp('cy');
  using one = await deviceOf(cy);
  using other = await deviceOf(cy);
  one.disconnect();
  one.doc.getMap('hidden').set('c/1-0', true);
  one.doc.getMap('hidden').set('c/1-1', true);
  other.doc.getMap('hidden').set('c/1-1', true);
  other.doc.getMap('hidden').set('d/1-0', true);
  await other.settled();
  await one.connect();
  await one.settled();
  const all = { 'c/1-0': true, 'c/1-1': true, 'd/1-0': true };
  await other.until(() => other.doc.getMap('hidden').size === 3, 'the other’s');
  for (const { doc } of [one, other]) expect(doc.getMap('hidden').toJSON()).toEqual(all);

  one.doc.transact(() => {
    for (let i = 3; i <= MAX_HIDDEN; i++) one.doc.getMap('hidden').set(`e/1-${i.toString(36)}`, true);
  });
  await one.settled();
  expect(one.refusals.map(({ kind, ids }) => [kind, ids.length])).toEqual([['too-large', 1]]);
  expect(one.doc.getMap('hidden').size).toBe(MAX_HIDDEN);
  one.doc.getMap('hidden').delete('c/1-0');
  one.doc.getMap('hidden').set('f/1-0', true);
  await one.settled();
  expect(one.refusals).toHaveLength(1);
  using fresh = await deviceOf(cy);
  expect(fresh.doc.getMap('hidden').toJSON()).toEqual(one.doc.getMap('hidden').toJSON());
});

test('[P4] what a draft was before is gone from the database with the next snapshot', async () => {
  await using own = await freshDatabase();
  const words = (text: string) => columnsHolding(own.pool, text);
  {
    await using first = await startServer({ databaseUrl: own.url });
    const cy = await first.signUp('cy');
    using device = await first.device(cy, account(cy));
    const drafts = device.doc.getMap('drafts');
    for (const [key, text] of [
      ['c', 'former-words'],
      ['d', 'deleted-words'],
      ['c', 'present-words'],
    ] as const) {
      drafts.set(key, { text, at: 1 });
      await device.settled();
    }
    drafts.delete('d');
    await device.settled();
    expect(await words('former-words')).toEqual(['journal.update']);
  }
  // A server looks at all documents when it starts, and then each minute.
  const isTaken = await watch(own.pool, 'insert on snapshots');
  await using _ = await startServer({ databaseUrl: own.url });
  await isTaken();
  expect([await words('former-words'), await words('deleted-words')]).toEqual([[], []]);
  expect(await words('present-words')).toEqual(['snapshots.state']);
});

describe('servers learn', () => {
  test('what may be told of somebody, with the commit', async () => {
    const cy = await server.signUp('cy');
    const user = cy.id as UserId;
    using device = await deviceOf(cy);
    const settings = device.doc.getMap('settings');
    settings.set('presence', false);
    settings.set('typing', 'nonsense');
    await device.settled();
    expect((await loadPrivacy(server.pool, [user])).get(user)).toEqual({
      receipts: true,
      presence: false,
      typing: true,
    });
    settings.delete('presence');
    settings.set('receipts', false);
    await device.settled();
    expect((await loadPrivacy(server.pool, [user])).get(user)).toEqual({
      receipts: false,
      presence: true,
      typing: true,
    });
  });

  test('what was read by somebody who hides it, for their own counts only', async () => {
    const document = await server.group(ana, [bo]);
    const conversation = document.slice(0, -2);
    using writer = await server.device(ana, document);
    writer.say('one');
    writer.say('two');
    await writer.settled();
    const unread = async () => {
      const { items } = (await (await server.ask('GET', '/api/conversations', bo)).json()) as {
        items: { id: string; unread: number }[];
      };
      return items.find(({ id }) => id === conversation)?.unread;
    };
    expect(await unread()).toBe(2);
    using device = await deviceOf(bo);
    const conversations = device.doc.getMap('conversations');
    const name = writer.doc.clientID.toString(36);
    conversations.set(conversation, { r: { 0: { [name]: 0 } } });
    await device.settled();
    expect(await unread()).toBe(1);
    // Neither nonsense nor a conversation of others does any harm; nothing goes back.
    conversations.set('elsewhere', { r: { 0: { [name]: 7 } } });
    conversations.set(conversation, { r: { '-1': 3, 0: { [name]: -5, 'no writer': 4, zzzzzzz: 4 } } });
    conversations.set('\0', { r: { 0: { [name]: 7 } } });
    await device.settled();
    expect(await unread()).toBe(1);
    const { rows } = await server.pool.query('select from read_receipts where "user" = $1', [bo.id]);
    expect(rows).toEqual([]);
    // Told after all, it counts for everybody.
    using reader = await server.device(bo, document);
    reader.read();
    await reader.settled();
    expect(await unread()).toBe(0);
    const told = await server.pool.query('select message from read_receipts where "user" = $1', [bo.id]);
    expect(told.rows).toHaveLength(2);
  });
});

test('what it says of notifications is known to the server with the commit, and what cannot be meant says nothing', async () => {
  using device = await deviceOf(bo);
  const { doc } = device;
  const stored = async () => {
    const { rows } = await database.pool.query(
      `select s.push_preview, s.quiet_from, s.quiet_to, s.quiet_zone,
         (select json_agg(conversation order by 1) from muted_conversations m where m."user" = s."user") as muted
       from user_settings s where s."user" = $1`,
      [bo.id],
    );
    return rows[0] as unknown;
  };
  doc.transact(() => {
    doc.getMap('settings').set('pushPreview', false);
    doc.getMap('settings').set('quiet', { from: '22:30', to: '07:05', zone: 'Europe/Berlin' });
    for (const name of ['c1', 'c2', 'no\0name']) doc.getMap('conversations').set(name, { muted: true, pinned: true });
  });
  await device.settled();
  expect(await stored()).toEqual({
    ...{ push_preview: false, quiet_from: 1350, quiet_to: 425, quiet_zone: 'Europe/Berlin', muted: ['c1', 'c2'] },
  });
  doc.getMap('conversations').set('c1', { pinned: true });
  doc.getMap('conversations').delete('c2');
  doc.getMap('settings').set('quiet', { from: '25:00', to: '07:00', zone: 'Nowhere/At all' });
  doc.getMap('settings').delete('pushPreview');
  await device.settled();
  expect(await stored()).toEqual({
    push_preview: true,
    quiet_from: null,
    quiet_to: null,
    quiet_zone: null,
    muted: null,
  });
  expect((await loadPrivacy(database.pool, [bo.id as UserId])).get(bo.id as UserId)?.presence).toBeDefined();
});
