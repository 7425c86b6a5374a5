import { expect, test } from 'vitest';
import type { ApiKey, CreateApiKey, KeyScope } from '../../schema/http/keys.ts';
import { freshDatabase } from '../database/testing.ts';
import { startServer } from '../testing/server.ts';
import { RawSocket } from '../testing/wire.ts';
import { type Edge, type Person, read, startEdge } from './testing.ts';

type Created = ApiKey & { key: string };

const create = (t: Edge, as: Person, body: CreateApiKey) => t.ask('POST', '/api/keys', { as, body });
const created = async (t: Edge, as: Person, ...scopes: KeyScope[]): Promise<Created> =>
  read(await create(t, as, { name: 'Bot', scopes }));
const asKey = ({ key }: Created) => ({ authorization: `Bearer ${key}` });
const itemsOf = async (t: Edge, as: Person) =>
  (await read<{ items: ApiKey[] }>(await t.ask('GET', '/api/keys', { as }))).items;

/** Everything an API key may do, written down a second time: a change of it is meant. */
const ALLOWED: Readonly<Record<string, readonly KeyScope[]>> = {
  'GET /api/me': ['read', 'write', 'export', 'webhooks'],
  'GET /api/users': ['read'],
  'GET /api/conversations': ['read'],
  'GET /api/conversations/{id}': ['read'],
  'GET /api/conversations/{id}/messages': ['read'],
  'GET /api/conversations/{id}/messages/at': ['read'],
  'GET /api/conversations/{id}/messages/{message}': ['read'],
  'GET /api/messages/sync': ['read'],
  'GET /api/search': ['read'],
  'POST /api/conversations': ['write'],
  'PATCH /api/conversations/{id}': ['write'],
  'DELETE /api/conversations/{id}': ['write'],
  'PUT /api/conversations/{id}/members/{userId}': ['write'],
  'DELETE /api/conversations/{id}/members/{userId}': ['write'],
  'POST /api/conversations/{id}/messages': ['write'],
  'PUT /api/conversations/{id}/pins/{message}': ['write'],
  'DELETE /api/conversations/{id}/pins/{message}': ['write'],
  'POST /api/conversations/{id}/invites': ['write'],
  'GET /api/conversations/{id}/invites': ['write'],
  'DELETE /api/conversations/{id}/invites/{invite}': ['write'],
  'GET /api/invites/{token}': ['read'],
  'POST /api/invites/{token}': ['write'],
  'POST /api/files': ['write'],
  'PATCH /api/files/{id}': ['write'],
  'DELETE /api/files/{id}': ['write'],
  'GET /api/files/{id}': ['read'],
  'GET /api/pictures/{id}': ['read'],
  'PUT /api/conversations/{id}/picture': ['write'],
  'DELETE /api/conversations/{id}/picture': ['write'],
  'GET /api/conversations/{id}/export': ['export'],
  'GET /api/conversations/{id}/snapshots': ['export'],
  'POST /api/conversations/{id}/snapshots': ['export'],
  'GET /api/conversations/{id}/snapshots/{seq}': ['export'],
  'POST /api/webhooks': ['webhooks'],
  'GET /api/webhooks': ['webhooks'],
  'GET /api/webhooks/{id}': ['webhooks'],
  'PATCH /api/webhooks/{id}': ['webhooks'],
  'DELETE /api/webhooks/{id}': ['webhooks'],
  'POST /api/webhooks/{id}/rotate': ['webhooks'],
  'POST /api/webhooks/{id}/test': ['webhooks'],
  'GET /api/webhooks/{id}/deliveries': ['webhooks'],
  'POST /api/webhooks/{id}/deliveries/{delivery}/redeliver': ['webhooks'],
};

/** These need nobody to be signed in; a key changes nothing about them. */
const OPEN = ['GET /healthz', 'GET /readyz', 'GET /metrics', 'GET /api/auth/get-session', 'GET /api/auth/jwks'];

test('a key may do what its scopes allow, of all operations there are, and nothing else', async () => {
  await using t = await startEdge();
  const ana = await t.signUp('Ana');
  const keys: Readonly<Record<KeyScope, Created>> = {
    read: await created(t, ana, 'read'),
    write: await created(t, ana, 'write'),
    export: await created(t, ana, 'export'),
    webhooks: await created(t, ana, 'webhooks'),
  };
  type Operation = { security?: Record<string, string[]>[] };
  const document = await read<{ paths: Record<string, Record<string, Operation>> }>(
    await t.ask('GET', '/api/openapi.json'),
  );
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security = [] }]) => ({ method: method.toUpperCase(), path, security })),
  );
  const names = operations.map(({ method, path }) => `${method} ${path}`);
  expect(names).toEqual(expect.arrayContaining([...Object.keys(ALLOWED), ...OPEN]));
  for (const { method, path, security } of operations) {
    const name = `${method} ${path}`;
    const allowed = ALLOWED[name] ?? [];
    expect([name, security.flatMap(({ key = [] }) => key)]).toEqual([name, allowed]);
    for (const [scope, key] of Object.entries(keys)) {
      const address = path.replaceAll(/\{\w+\}/g, 'none');
      const body = method === 'GET' ? {} : { body: {} };
      const response = await t.ask(method, address, { headers: asKey(key), ...body });
      const what = `${name} by a key for ${scope}: ${response.status}`;
      if (OPEN.includes(name) || allowed.includes(scope as KeyScope))
        expect([401, 403], what).not.toContain(response.status);
      else {
        expect(response.status, what).toBe(403);
        expect(response.headers.get('content-type'), what).toBe('application/problem+json');
        const challenge = response.headers.get('www-authenticate') ?? '';
        for (const other of allowed) expect(challenge).toContain(other);
        expect((await read<{ detail: string }>(response)).detail).toMatch(/API key.* (scope|sign in)/);
      }
    }
  }
  expect((await itemsOf(t, ana)).length).toBe(4);
  expect((await t.ask('GET', '/api/me', { as: ana })).status).toBe(200);
});

test('with it a program reads and writes as its owner', async () => {
  await using t = await startEdge();
  const [ana, bo] = [await t.signUp('Ana'), await t.signUp('Bo')];
  const headers = asKey(await created(t, ana, 'read', 'write'));
  const { id } = await read<{ id: string }>(
    await t.ask('POST', '/api/conversations', { headers, body: { memberIds: [bo.id] } }),
  );
  await t.ask('POST', `/api/conversations/${id}/messages`, { headers, body: { text: 'Hello' } });
  const { items } = await read<{ items: unknown[] }>(
    await t.ask('GET', `/api/conversations/${id}/messages`, { headers }),
  );
  expect(items).toEqual([expect.objectContaining({ from: ana.id, text: 'Hello' })]);
  expect(t.lines.some((line) => line.includes(`"user":"${ana.id}","key":`))).toBe(true);
});

test('it is shown once, and only its hash is stored', async () => {
  await using t = await startEdge();
  const [ana, bo] = [await t.signUp('Ana'), await t.signUp('Bo')];
  const { key, ...shown } = await created(t, ana, 'read', 'export');
  expect(key).toMatch(/^tw_[\w-]{43}$/);
  expect(shown).toMatchObject({ name: 'Bot', scopes: ['read', 'export'], start: key.slice(0, 7) });
  expect(await itemsOf(t, ana)).toEqual([shown]);
  expect(await itemsOf(t, bo)).toEqual([]);
  const { rows } = await t.database.pool.query<{ row: string; hash: Buffer }>(
    'select api_keys::text as row, hash from api_keys',
  );
  const secret = key.slice(3);
  expect(rows[0]?.row).not.toContain(secret);
  expect(rows[0]?.hash.includes(Buffer.from(secret, 'base64url'))).toBe(false);
  await t.ask('GET', '/api/me', { headers: { authorization: `Bearer ${key}` } });
  const [used] = await itemsOf(t, ana);
  expect(used?.usedAt).toBeGreaterThan(0);
  expect(t.lines.join('')).not.toContain(secret);
});

test('deleted or expired, it is over with the next request', async () => {
  await using t = await startEdge();
  const [ana, bo] = [await t.signUp('Ana'), await t.signUp('Bo')];
  const statusOf = async (key: Created) => (await t.ask('GET', '/api/conversations', { headers: asKey(key) })).status;
  const key = await created(t, ana, 'read');
  expect(await statusOf(key)).toBe(200);
  expect((await t.ask('DELETE', `/api/keys/${key.id}`, { as: bo })).status).toBe(404);
  expect(await statusOf(key)).toBe(200);
  expect((await t.ask('DELETE', `/api/keys/${key.id}`, { as: ana })).status).toBe(204);
  expect(await statusOf(key)).toBe(401);
  const expiresAt = t.clock.now() + 60_000;
  const brief = await read<Created>(await create(t, ana, { name: 'Brief', scopes: ['read'], expiresAt }));
  expect(brief.expiresAt).toBe(expiresAt);
  expect(await statusOf(brief)).toBe(200);
  t.clock.offsetMs = 60_000;
  expect(await statusOf(brief)).toBe(401);
  expect((await create(t, ana, { name: 'Late', scopes: ['read'], expiresAt: t.clock.now() - 1 })).status).toBe(422);
});

test('is made with a name and scopes, up to a hundred times', async () => {
  await using t = await startEdge();
  const ana = await t.signUp('Ana');
  for (const body of [
    { name: '', scopes: ['read'] },
    { name: 'x', scopes: [] },
    { name: 'x', scopes: ['read', 'read'] },
    { name: 'x', scopes: ['everything'] },
  ])
    expect((await create(t, ana, body as CreateApiKey)).status).toBe(422);
  const statuses = await Promise.all(
    Array.from({ length: 104 }, async () => (await create(t, ana, { name: 'x', scopes: ['read'] })).status),
  );
  expect(statuses.filter((status) => status === 201).length).toBe(100);
  expect(statuses.filter((status) => status === 409).length).toBe(4);
});

test('opens no socket, and an unknown key opens nothing', async () => {
  await using database = await freshDatabase();
  await using server = await startServer({ databaseUrl: database.url });
  const ana = await server.signUp('Ana');
  const response = await server.ask('POST', '/api/keys', ana, { name: 'Bot', scopes: ['read', 'write', 'export'] });
  const { key } = (await response.json()) as Created;
  const end = async (path: string, shown: string) => {
    using socket = new RawSocket({ port: server.port, path, headers: { authorization: `Bearer ${shown}` } });
    return await socket.end();
  };
  for (const path of ['/sync', `/documents/u.${ana.id}`])
    expect(await end(path, key)).toEqual({ code: 4403, reason: 'API keys are for HTTP requests' });
  const unknown = `${key.slice(0, -1)}${key.endsWith('A') ? 'E' : 'A'}`;
  expect((await server.ask('GET', '/api/me', { ...ana, bearer: `Bearer ${unknown}` })).status).toBe(401);
  expect((await end('/sync', unknown)).code).toBe(4401);
});
