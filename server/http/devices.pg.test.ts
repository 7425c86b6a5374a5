import { expect, test } from 'vitest';
import type { Device } from '../../schema/http/push.ts';
import { type Person, read, startEdge } from './testing.ts';

const SUBSCRIPTION = {
  endpoint: 'https://push.example.org/wpush/v2/abc',
  keys: { p256dh: `B${'x'.repeat(86)}`, auth: 'y'.repeat(22) },
};

type Edge = Awaited<ReturnType<typeof startEdge>>;
const register = (edge: Edge, as: Person, token: string, platform: string = 'web') =>
  edge.ask('POST', '/api/devices', { as, body: { token, platform } });
const list = async (edge: Edge, as: Person) =>
  (await read<{ items: Device[] }>(await edge.ask('GET', '/api/devices', { as }))).items;

test('a device is registered once, refreshed by the same token, listed without it, and removed', async () => {
  await using edge = await startEdge();
  const [ana, bo] = [await edge.signUp('Ana'), await edge.signUp('Bo')];
  const first = await register(edge, ana, 'token-of-ana');
  expect(first.status).toBe(201);
  const device = await read<Device>(first);
  expect(device).toEqual({ id: device.id, platform: 'web', createdAt: device.createdAt, seenAt: device.createdAt });
  const again = await register(edge, ana, 'token-of-ana');
  expect(again.status).toBe(200);
  expect((await read<Device>(again)).id).toBe(device.id);
  const listed = await edge.ask('GET', '/api/devices', { as: ana });
  expect(await listed.clone().text()).not.toContain('token-of-ana');
  expect((await read<{ items: Device[] }>(listed)).items.map(({ id }) => id)).toEqual([device.id]);
  expect(await list(edge, bo)).toEqual([]);
  expect((await edge.ask('DELETE', `/api/devices/${device.id}`, { as: bo })).status).toBe(404);
  expect((await edge.ask('DELETE', `/api/devices/${device.id}`, { as: ana })).status).toBe(204);
  expect((await edge.ask('DELETE', `/api/devices/${device.id}`, { as: ana })).status).toBe(404);
  expect(edge.lines.join()).not.toContain('token-of-ana');
});

test('a token that another account registers moves there, and nothing that was to be told goes with it', async () => {
  await using edge = await startEdge();
  const [ana, bo] = [await edge.signUp('Ana'), await edge.signUp('Bo')];
  const { id } = await read<Device>(await register(edge, ana, 'shared phone', 'android'));
  const { pool } = edge.database;
  await pool.query("insert into conversations (id, kind) values ('c', 'group')");
  await pool.query(
    `insert into push_deliveries (target, "user", conversation, transport, message) values ($1, $2, 'c', 'fcm', 'm')`,
    [id, ana.id],
  );
  expect((await read<Device>(await register(edge, bo, 'shared phone', 'android'))).id).toBe(id);
  expect(await list(edge, ana)).toEqual([]);
  expect(await list(edge, bo)).toMatchObject([{ id, platform: 'android' }]);
  expect((await pool.query('select from push_deliveries')).rowCount).toBe(0);
});

test('a device is forgotten with its session: signed out, revoked, or the account deleted', async () => {
  await using edge = await startEdge();
  const { pool } = edge.database;
  for (const sql of ['delete from sessions where "user" = $1', 'delete from users where id = $1']) {
    const person = await edge.signUp(`P${sql.length}`);
    await register(edge, person, `token ${sql}`);
    await pool.query(sql, [person.id]);
    expect((await pool.query('select from push_targets')).rowCount).toBe(0);
  }
});

test('a subscription of Web Push is one device however it is spelled, and what is none is refused without repeating it', async () => {
  await using edge = await startEdge();
  const ana = await edge.signUp('Ana');
  const spellings = [SUBSCRIPTION, { expirationTime: null, keys: SUBSCRIPTION.keys, endpoint: SUBSCRIPTION.endpoint }];
  const answers = [];
  for (const each of spellings) answers.push(await register(edge, ana, JSON.stringify(each), 'webpush'));
  expect(answers.map(({ status }) => status)).toEqual([201, 200]);
  for (const wrong of ['secret-token', JSON.stringify({ ...SUBSCRIPTION, endpoint: 'http://10.0.0.1/secret-token' })]) {
    const answer = await register(edge, ana, wrong, 'webpush');
    expect(answer.status).toBe(422);
    expect(await answer.text()).not.toContain('secret-token');
  }
  expect((await register(edge, ana, 'x'.repeat(2_049))).status).toBe(422);
  expect((await register(edge, ana, 'x', 'pager')).status).toBe(422);
});

test('the device registered longest ago makes room for a new one', async () => {
  await using edge = await startEdge();
  const ana = await edge.signUp('Ana');
  for (let each = 0; each <= 50; each++) await register(edge, ana, `token ${each}`);
  const devices = await list(edge, ana);
  expect(devices).toHaveLength(50);
  expect((await register(edge, ana, 'token 0')).status).toBe(201);
});

test('devices are nobody’s business without a session, and push is off unless configured', async () => {
  await using edge = await startEdge();
  for (const [method, path] of [
    ['GET', '/api/devices'],
    ['GET', '/api/push'],
    ['DELETE', '/api/devices/x'],
  ] as const)
    expect((await edge.ask(method, path)).status).toBe(401);
  const ana = await edge.signUp('Ana');
  expect(await read(await edge.ask('GET', '/api/push', { as: ana }))).toEqual({ transport: 'off' });
});
