import { expect, test } from 'vitest';
import type { DeviceSession } from '../../schema/http/sessions.ts';
import { freshDatabase } from '../database/testing.ts';
import { type Person, startServer, type TestServer } from '../testing/server.ts';
import { RawSocket } from '../testing/wire.ts';

const LINUX = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36';
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1';

async function setUp() {
  const database = await freshDatabase();
  const server = await startServer({ databaseUrl: database.url });
  return {
    server,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

/** The same person on another device. */
async function signInAgain(server: TestServer, person: Person, userAgent: string): Promise<Person> {
  const { rows } = await server.pool.query<{ email: string }>('select email from users where id = $1', [person.id]);
  const response = await fetch(`${server.url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: server.url, 'user-agent': userAgent },
    body: JSON.stringify({ email: rows[0]?.email, password: 'correct horse battery' }),
  });
  const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? '';
  return { ...person, cookie, bearer: `Bearer ${response.headers.get('set-auth-token')}` };
}

async function list(server: TestServer, person: Person): Promise<DeviceSession[]> {
  const response = await server.ask('GET', '/api/sessions', person);
  expect(response.status).toBe(200);
  return ((await response.json()) as { items: DeviceSession[] }).items;
}

const connect = (server: TestServer, { bearer }: Person) =>
  new RawSocket({ port: server.port, path: '/sync', headers: { authorization: bearer } });

test('devices are listed by name, the one that asks first, and without tokens', async () => {
  await using t = await setUp();
  const program = await t.server.signUp('Ana');
  const phone = await signInAgain(t.server, program, IPHONE);
  const laptop = await signInAgain(t.server, program, LINUX);
  await t.server.signUp('Bo');
  const devices = await list(t.server, phone);
  expect(devices.map(({ browser, system, kind }) => [browser, system, kind])).toEqual([
    ['Safari', 'iPhone', 'phone'],
    ['Chrome', 'Linux', 'computer'],
    ['node', undefined, 'unknown'],
  ]);
  expect(devices.map(({ isCurrent, isActive }) => [isCurrent, isActive])).toEqual([
    [true, true],
    [false, false],
    [false, false],
  ]);
  const text = JSON.stringify(devices);
  for (const { bearer } of [program, phone, laptop]) expect(text).not.toContain(bearer.slice(7, 30));
});

test('[A3] signing out one device closes its sockets with 4401 and no others', async () => {
  await using t = await setUp();
  const ana = await t.server.signUp('Ana');
  const phone = await signInAgain(t.server, ana, IPHONE);
  const laptop = await signInAgain(t.server, ana, LINUX);
  using ofPhone = connect(t.server, phone);
  using alsoOfPhone = connect(t.server, phone);
  using ofLaptop = connect(t.server, laptop);
  await Promise.all([ofPhone.opened(), alsoOfPhone.opened(), ofLaptop.opened()]);
  const target = (await list(t.server, laptop)).find(({ system }) => system === 'iPhone');
  const answer = await t.server.ask('DELETE', `/api/sessions/${target?.id}`, laptop);
  expect(answer.status).toBe(204);
  expect(await ofPhone.end()).toMatchObject({ code: 4401 });
  expect(await alsoOfPhone.end()).toMatchObject({ code: 4401 });
  expect((await t.server.ask('GET', '/api/me', phone)).status).toBe(401);
  expect(ofLaptop.ended).toBeUndefined();
  expect((await t.server.ask('DELETE', `/api/sessions/${target?.id}`, laptop)).status).toBe(404);
});

test('[A3] signing out all others leaves the device that asks', async () => {
  await using t = await setUp();
  const ana = await t.server.signUp('Ana');
  const bo = await t.server.signUp('Bo');
  const phone = await signInAgain(t.server, ana, IPHONE);
  const laptop = await signInAgain(t.server, ana, LINUX);
  const sockets = [ana, phone, laptop, bo].map((person) => connect(t.server, person));
  await Promise.all(sockets.map((socket) => socket.opened()));
  expect((await t.server.ask('DELETE', '/api/sessions', laptop)).status).toBe(204);
  for (const socket of sockets.slice(0, 2)) expect(await socket.end()).toMatchObject({ code: 4401 });
  expect(await list(t.server, laptop)).toHaveLength(1);
  expect(sockets.slice(2).map(({ ended }) => ended)).toEqual([undefined, undefined]);
  for (const socket of sockets) socket[Symbol.dispose]();
});

test("nobody sees or ends another person's session, and no other site ends one by cookie", async () => {
  await using t = await setUp();
  const [ana, bo] = [await t.server.signUp('Ana'), await t.server.signUp('Bo')];
  const [own] = await list(t.server, ana);
  expect((await t.server.ask('DELETE', `/api/sessions/${own?.id}`, bo)).status).toBe(404);
  const byCookie = { method: 'DELETE', headers: { cookie: ana.cookie, origin: 'https://elsewhere.example' } };
  expect((await fetch(`${t.server.url}/api/sessions/${own?.id}`, byCookie)).status).toBe(403);
  expect((await fetch(`${t.server.url}/api/sessions`, byCookie)).status).toBe(403);
  expect(await list(t.server, ana)).toHaveLength(1);
  expect((await fetch(`${t.server.url}/api/sessions`)).status).toBe(401);
});
