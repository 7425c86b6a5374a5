/** Typing and presence over real sockets, and attacks on both. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CLOSE } from '../../schema/close-codes.ts';
import { parseDocumentId } from '../../schema/ids.ts';
import { MAX_WATCHED } from '../../schema/limits.ts';
import { freshDatabase, type TestDatabase } from '../database/testing.ts';
import { type Person, startServer, type TestServer } from '../testing/server.ts';
import { RawSocket } from '../testing/wire.ts';

let database: TestDatabase;
let server: TestServer;
let ana: Person;
let bo: Person;
let eve: Person;

beforeAll(async () => {
  database = await freshDatabase();
  server = await startServer({ databaseUrl: database.url });
  [ana, bo, eve] = await Promise.all([server.signUp('ana'), server.signUp('bo'), server.signUp('eve')]);
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

const connect = async (person: Person): Promise<RawSocket> => {
  const raw = new RawSocket({ port: server.port, path: '/sync', headers: { authorization: person.bearer } });
  await raw.opened();
  return raw;
};

const startGroup = async (owner: Person, ...members: Person[]): Promise<string> =>
  parseDocumentId(await server.group(owner, members))?.conversation ?? '';

/** Everything sent before has been read, and what it caused inside the server has been sent. */
const settled = async (...sockets: RawSocket[]): Promise<void> => {
  for (const raw of sockets) {
    const count = raw.controls.filter(({ t }) => t === 'pong').length;
    raw.sendControl({ t: 'ping' });
    await raw.bell.until(() => raw.controls.filter(({ t }) => t === 'pong').length > count, 'pong');
  }
};

test('[Y1] typing is heard on every connection of the other members, and on none of the one who types', async () => {
  const conversation = await startGroup(ana, bo);
  using typist = await connect(ana);
  using other = await connect(ana);
  using phone = await connect(bo);
  using laptop = await connect(bo);
  using stranger = await connect(eve);
  typist.sendControl({ t: 'typing', conversation });
  for (const raw of [phone, laptop])
    expect(await raw.control('typing')).toEqual({ t: 'typing', conversation, user: ana.id });
  await settled(typist, other, stranger);
  for (const raw of [typist, other, stranger]) expect(raw.controls.filter(({ t }) => t === 'typing')).toEqual([]);
});

test('[Y1] nobody types in a conversation they are not in, for somebody else, or without end', async () => {
  const conversation = await startGroup(ana, bo);
  using victim = await connect(bo);
  using attacker = await connect(eve);
  attacker.sendControl({ t: 'typing', conversation });
  attacker.sendControl({ t: 'typing', conversation, user: ana.id });
  for (let i = 0; i < 5_000; i++) attacker.sendControl({ t: 'typing', conversation: `${conversation}${i}` });
  await settled(attacker);
  using typist = await connect(ana);
  for (let i = 0; i < 5_000; i++) typist.sendControl({ t: 'typing', conversation, user: eve.id });
  await victim.control('typing');
  await settled(typist, victim);
  const heard = victim.controls.filter(({ t }) => t === 'typing');
  expect(new Set(heard.map((each) => JSON.stringify(each)))).toEqual(
    new Set([JSON.stringify({ t: 'typing', conversation, user: ana.id })]),
  );
  // One a second, and reading 5,000 frames takes less than ten.
  expect(heard.length).toBeLessThan(10);
});

test('[Y3] presence is told at once, of those one shares a conversation with, and nothing of strangers', async () => {
  await startGroup(ana, bo);
  using watched = await connect(bo);
  using stranger = await connect(eve);
  await settled(watched, stranger);
  using watcher = await connect(ana);
  watcher.sendControl({ t: 'watch', users: [bo.id, eve.id, 'nobody'] });
  await watcher.bell.until(
    () => watcher.controls.some((each) => each.t === 'presence' && each.users.some(({ online }) => online)),
    'bo to be online',
  );
  const { users } = await watcher.control('presence');
  expect(users.map(({ id }) => id)).toEqual([bo.id, eve.id, 'nobody']);
  expect(users.slice(1)).toEqual([eve.id, 'nobody'].map((id) => ({ id, online: false, lastSeen: 0 })));
  stranger.sendControl({ t: 'watch', users: [ana.id, bo.id] });
  expect((await stranger.control('presence')).users.some(({ online, lastSeen }) => online || lastSeen > 0)).toBe(false);
});

test.each([MAX_WATCHED + 1, 1_000_000])('[Y6] watching %i people closes with 4400', async (count) => {
  using raw = await connect(eve);
  raw.sendControl({ t: 'watch', users: Array.from({ length: count }, () => 'a') });
  expect((await raw.end()).code).toBe(CLOSE.hostile);
});

test('[Y6] who replaces what they watch all the time is answered seldom, and others are answered at once', async () => {
  await startGroup(ana, bo);
  using attacker = await connect(eve);
  using watcher = await connect(ana);
  const users = Array.from({ length: MAX_WATCHED }, (_, index) => `stranger-${index}`);
  for (let i = 0; i < 500; i++) attacker.sendControl({ t: 'watch', users: [...users.slice(1), `another-${i}`] });
  watcher.sendControl({ t: 'watch', users: [bo.id] });
  await watcher.control('presence');
  await attacker.control('presence');
  await settled(attacker);
  expect(attacker.controls.filter(({ t }) => t === 'presence').length).toBeLessThan(50);
});
