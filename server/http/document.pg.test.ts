/**
 * The OpenAPI document is compared with what the server really answers: every operation is called, and each answer must
 * have a documented status, content type and exactly the documented shape.
 */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { pictureWith, type Send, upload } from '../testing/upload.ts';
import { type Person, read, startEdge } from './testing.ts';

interface Media {
  readonly schema: object;
}
interface Answer {
  readonly content?: Record<string, Media>;
}
interface Operation {
  readonly responses: Record<string, Answer | { readonly $ref: string }>;
  readonly requestBody?: { readonly content: Record<string, Media> };
}
interface OpenApi {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: {
    readonly schemas: Record<string, object>;
    readonly responses: Record<string, Answer>;
  };
}

/** What an operation says of a status, also where it refers to what many share. */
function answerOf(document: OpenApi, operation: Operation | undefined, status: number): Answer | undefined {
  const answer = operation?.responses[status];
  return answer && '$ref' in answer ? document.components.responses[answer.$ref.split('/').at(-1) ?? ''] : answer;
}

/** The schema with its references resolved and with no property allowed that it does not name. */
function strict(document: OpenApi, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => strict(document, each));
  if (typeof value !== 'object' || value === null) return value;
  if ('$ref' in value) return strict(document, document.components.schemas[String(value.$ref).split('/').at(-1) ?? '']);
  if ('allOf' in value) return strict(document, merge(document, value.allOf as object[]));
  const copy = Object.fromEntries(Object.entries(value).map(([name, each]) => [name, strict(document, each)]));
  return 'properties' in copy ? { ...copy, additionalProperties: false } : copy;
}

/** `extend` becomes allOf, of which no part alone may forbid the properties of the others. */
function merge(document: OpenApi, parts: object[]): object {
  const resolved = parts.map((part) => strict(document, part) as { properties?: object; required?: string[] });
  return {
    type: 'object',
    properties: Object.assign({}, ...resolved.map((part) => part.properties)) as object,
    required: resolved.flatMap((part) => part.required ?? []),
  };
}

test('the document is true: every operation answers what it says', async () => {
  await using t = await startEdge();
  const document = await read<OpenApi>(await t.ask('GET', '/api/openapi.json'));
  expect(document.openapi).toBe('3.1.0');
  const called = new Set<string>();

  /** Calls `path`, a template of the document, with `{names}` filled in. */
  async function call(
    method: string,
    path: string,
    options: Parameters<typeof t.ask>[2] & { fill?: Record<string, string>; query?: string } = {},
    status = 200,
  ): Promise<Response> {
    const { fill = {}, query = '', ...rest } = options;
    const real = path.replace(/\{(\w+)\}/g, (_, name: string) => fill[name] ?? 'missing');
    const response = await t.ask(method, real + query, rest);
    const what = `${method} ${path} ${response.status}`;
    expect(response.status, `${what}: ${await response.clone().text()}`).toBe(status);
    const operation = document.paths[path]?.[method.toLowerCase()];
    called.add(`${method} ${path}`);
    const documented = answerOf(document, operation, response.status);
    expect(documented, what).toBeDefined();
    const type = response.headers.get('content-type')?.split(';')[0] ?? '';
    if (!documented?.content) {
      expect(await response.clone().text(), what).toBe('');
      return response;
    }
    expect(Object.keys(documented.content), what).toContain(type);
    if (!/^application\/(\w+\+)?json$/.test(type)) return response;
    const schema = z.fromJSONSchema(
      strict(document, documented.content[type]?.schema) as Parameters<typeof z.fromJSONSchema>[0],
    );
    const checked = schema.safeParse(await response.clone().json());
    expect(checked.error?.issues, `${what} ${await response.clone().text()}`).toBeUndefined();
    return response;
  }

  const auth = '/api/auth';
  const account = (name: string) => ({ name, email: `${name.toLowerCase()}@example.org`, password: 'correct horse' });
  const personOf = async (response: Response): Promise<Person> => {
    const { user } = await read<{ user: Person }>(response);
    return { ...user, bearer: `Bearer ${response.headers.get('set-auth-token')}` };
  };
  const ana = await personOf(await call('POST', `${auth}/sign-up/email`, { body: account('Ana') }));
  const bob = await personOf(await call('POST', `${auth}/sign-up/email`, { body: account('Bob') }));
  await call('POST', `${auth}/sign-up/email`, { body: account('Bob') }, 422);
  await call('POST', `${auth}/sign-in/email`, { body: account('Bob') });
  await call('POST', `${auth}/sign-in/email`, { body: { ...account('Bob'), password: 'wrong' } }, 401);
  await call('GET', `${auth}/get-session`, { as: ana });
  await call('GET', `${auth}/get-session`);
  await call('GET', `${auth}/list-sessions`, { as: bob });
  await call('GET', `${auth}/list-sessions`, {}, 401);
  await call('GET', `${auth}/token`, { as: ana });
  await call('GET', `${auth}/jwks`);
  await call('POST', `${auth}/update-user`, { as: ana, body: { name: 'Ana Berg' } });
  await call('POST', `${auth}/update-user`, { as: ana, body: { name: '' } }, 400);

  await call('GET', '/api/me', { as: ana });
  await call('GET', '/api/me', {}, 401);
  await call('PATCH', '/api/me', { as: ana, body: { status: 'Here' } });
  await call('PATCH', '/api/me', { as: ana, body: {} }, 422);
  const raw = new Uint8Array(await readFile(new URL('../../client/public/icons/icon-192.png', import.meta.url)));
  const portrait = await read<{ picture: string }>(await call('PUT', '/api/me/picture', { as: ana, raw }));
  await call('GET', '/api/pictures/{id}', { as: bob, fill: { id: portrait.picture } });
  await call('GET', '/api/pictures/{id}', { as: bob }, 404);
  await call('GET', '/api/me', { as: ana });
  await call('DELETE', '/api/me/picture', { as: ana }, 204);
  await call('DELETE', '/api/me/picture', {}, 401);
  await call('GET', '/api/me/export', { as: ana });
  await call('GET', '/api/me/export', {}, 401);
  await call('DELETE', '/api/sessions/{id}', { as: ana, fill: { id: 'none' } }, 404);
  await call('DELETE', '/api/sessions', { as: ana }, 204);
  const another = await t.signUp('Cy');
  const own = await read<{ items: { id: string }[] }>(await call('GET', '/api/sessions', { as: another }));
  await call('DELETE', '/api/sessions/{id}', { as: another, fill: { id: own.items[0]?.id ?? '' } }, 204);
  const key = { name: 'Bot', scopes: ['read'] };
  const made = { ...key, expiresAt: t.clock.now() + 60_000 };
  const bot = await read<{ id: string; key: string }>(await call('POST', '/api/keys', { as: ana, body: made }, 201));
  await call('POST', '/api/keys', { as: ana, body: { ...key, scopes: [] } }, 422);
  await call('GET', '/api/me', { headers: { authorization: `Bearer ${bot.key}` } });
  await call('POST', '/api/conversations', { headers: { authorization: `Bearer ${bot.key}` }, body: {} }, 403);
  await call('GET', '/api/keys', { as: ana });
  await call('DELETE', '/api/keys/{id}', { as: ana, fill: bot }, 204);
  await call('DELETE', '/api/keys/{id}', { as: ana, fill: bot }, 404);
  await call('GET', '/api/users', { as: ana, query: '?query=bob' });
  await call('GET', '/api/users', { as: ana, query: `?query=${'x'.repeat(300)}` }, 400);

  const devices = '/api/devices';
  const phone = { as: ana, body: { token: 'a token', platform: 'android' } };
  const device = await read<{ id: string }>(await call('POST', devices, phone, 201));
  await call('POST', devices, phone);
  await call('POST', devices, { as: ana, body: { token: '', platform: 'android' } }, 422);
  await call('GET', devices, { as: ana });
  await call('DELETE', `${devices}/{id}`, { as: ana, fill: device }, 204);
  await call('DELETE', `${devices}/{id}`, { as: ana, fill: device }, 404);
  await call('GET', '/api/push', { as: ana });

  const hooks = '/api/webhooks';
  const hook = { as: ana, body: { url: 'https://example.org/x', events: ['message.created'], description: 'For Zoe' } };
  const { id: hookId } = await read<{ id: string }>(await call('POST', hooks, hook, 201));
  await call('POST', hooks, { as: ana, body: { ...hook.body, conversations: ['none'] } }, 422);
  const of = { as: ana, fill: { id: hookId } };
  await call('GET', hooks, { as: ana });
  await call('GET', `${hooks}/{id}`, of);
  await call('GET', `${hooks}/{id}`, { ...of, as: bob }, 404);
  await call('POST', `${hooks}/{id}/rotate`, of);
  const ping = await read<{ id: string }>(await call('POST', `${hooks}/{id}/test`, of, 202));
  await call('GET', `${hooks}/{id}/deliveries`, { ...of, query: '?limit=1' });
  const redeliver = `${hooks}/{id}/deliveries/{delivery}/redeliver`;
  await call('POST', redeliver, { ...of, fill: { ...of.fill, delivery: ping.id } }, 202);
  await call('POST', redeliver, { ...of, fill: { ...of.fill, delivery: 'none' } }, 404);
  await call('PATCH', `${hooks}/{id}`, { ...of, body: { isEnabled: false, description: null } });
  await call('POST', `${hooks}/{id}/test`, of, 409);
  await call('DELETE', `${hooks}/{id}`, of, 204);
  await call('DELETE', `${hooks}/{id}`, of, 404);

  const conversations = '/api/conversations';
  const ofPerson = { as: ana, body: { memberIds: [bob.id] } };
  const direct = await read<{ id: string }>(await call('POST', conversations, ofPerson, 201));
  await call('POST', conversations, ofPerson, 200);
  await call('POST', conversations, { as: ana, body: {} }, 422);
  await call('POST', conversations, { as: ana, raw: '{' }, 400);
  const group = { as: ana, body: { title: 'Plans', memberIds: [bob.id] } };
  const { id } = await read<{ id: string }>(await call('POST', conversations, group, 201));
  const one = `${conversations}/{id}`;
  await call('GET', one, { as: ana, fill: { id } });
  await call('GET', one, { as: ana }, 404);
  await call('PATCH', one, { as: ana, fill: { id }, body: { title: 'New plans', description: 'Where we plan' } });
  await call('PATCH', one, { as: bob, fill: { id }, body: { title: 'New plans' } }, 403);
  await call('PATCH', one, { as: bob, fill: direct, body: { title: 'New plans' } }, 409);
  await call('PUT', `${one}/picture`, { as: ana, fill: { id }, raw });
  await call('PUT', `${one}/picture`, { as: ana, fill: { id }, raw: raw.slice(9) }, 422);
  await call('GET', one, { as: ana, fill: { id } });
  await call('DELETE', `${one}/picture`, { as: bob, fill: { id } }, 403);
  await call('DELETE', `${one}/picture`, { as: ana, fill: { id } }, 204);
  const messages = `${one}/messages`;
  await call('POST', messages, { as: ana, fill: { id }, body: { text: 'one' } }, 201);
  await call('POST', messages, { as: ana, fill: { id }, body: { text: '' } }, 422);
  const last = await call('POST', messages, { as: ana, fill: { id }, body: { text: 'two' } }, 201);
  await call(
    'POST',
    messages,
    { as: bob, fill: { id }, body: { text: 'three', re: (await read<{ id: string }>(last.clone())).id } },
    201,
  );
  const pin = `${one}/pins/{message}`;
  const pinned = { id, message: (await read<{ id: string }>(last)).id };
  await call('PUT', pin, { as: ana, fill: pinned });
  await call('PUT', pin, { as: bob, fill: pinned }, 403);
  await call('PUT', pin, { as: ana, fill: { id, message: 'none' } }, 404);
  await call('GET', one, { as: ana, fill: { id } });
  await call('GET', conversations, { as: ana });
  await call('DELETE', pin, { as: ana, fill: pinned });
  await call('DELETE', pin, { as: bob, fill: pinned }, 403);
  await call('GET', messages, { as: bob, fill: { id }, query: '?limit=2' });
  const query = '?time=2026-01-31T12:00:00Z';
  const found = await call('GET', `${messages}/at`, { as: bob, fill: { id }, query });
  const message = (await read<{ id: string }>(found)).id;
  await call('GET', `${messages}/at`, { as: bob, fill: { id }, query: '?time=noon' }, 400);
  await call('GET', `${messages}/{message}`, { as: bob, fill: { id, message } });
  await call('GET', `${messages}/{message}`, { as: bob, fill: { id, message: '1-1' } }, 404);
  await t.database.pool.query(`update messages set edited_at = now() where body = 'one'`);
  await t.database.pool.query(
    `update messages set body = null, deleted_at = now(), deleted_by = sender where body = 'two'`,
  );
  await call('GET', messages, { as: bob, fill: { id } });
  const files = '/api/files';
  const picture = pictureWith('');
  const send: Send = (method, path, headers, raw) => {
    const [, file] = /^\/api\/files\/(.+)$/.exec(path) ?? [];
    const options = { as: ana, headers, ...(raw && { raw }), ...(file && { fill: { id: file } }) };
    return call(method, file ? `${files}/{id}` : files, options, method === 'POST' ? 201 : 204);
  };
  const { id: fileId } = await upload(send, { conversation: id, bytes: picture });
  const ofFile = { as: ana, fill: { id: fileId } };
  await call('GET', `${files}/{id}`, ofFile);
  await call('GET', `${files}/{id}`, { ...ofFile, headers: { range: 'bytes=0-9' } }, 206);
  await call('GET', `${files}/{id}`, { ...ofFile, headers: { range: 'bytes=999999-' } }, 416);
  await call('GET', `${files}/{id}`, { ...ofFile, as: bob }, 404);
  const tus = { 'tus-resumable': '1.0.0' };
  await call('POST', files, { as: ana, headers: { ...tus, 'upload-length': '5', 'upload-metadata': 'x' } }, 400);
  await call(
    'PATCH',
    `${files}/{id}`,
    { ...ofFile, headers: { ...tus, 'upload-offset': '5', 'content-type': 'application/offset+octet-stream' } },
    409,
  );
  await call('DELETE', `${files}/{id}`, { ...ofFile, headers: tus }, 204);
  await call('DELETE', `${files}/{id}`, { ...ofFile, headers: tus }, 404);
  const snapshots = `${one}/snapshots`;
  await call('POST', snapshots, { as: ana, fill: direct }, 409);
  const { seq } = await read<{ seq: number }>(await call('POST', snapshots, { as: ana, fill: { id } }, 201));
  await call('GET', snapshots, { as: ana, fill: { id } });
  for (const query of ['', '?format=json'])
    await call('GET', `${snapshots}/{seq}`, { as: ana, fill: { id, seq: `${seq}` }, query });
  await call('GET', `${snapshots}/{seq}`, { as: ana, fill: { id, seq: '999' } }, 404);
  for (const format of ['ndjson', 'json', 'html', 'yjs'])
    await call('GET', `${one}/export`, { as: bob, fill: { id }, query: `?format=${format}` });
  await call('GET', `${one}/export`, { as: bob, fill: { id: 'none' } }, 404);
  await call('GET', `${one}/export`, { as: bob, fill: { id }, query: '?format=pdf' }, 400);
  await call('GET', conversations, { as: ana, query: '?limit=1' });
  await call('GET', conversations, { as: ana });
  await call('GET', '/api/messages/sync', { as: bob, query: '?limit=2' });
  await call('GET', '/api/messages/sync', { as: bob, query: '?since=soon' }, 400);
  await call('GET', '/api/search', { as: bob, query: '?q=three' });
  await call('GET', '/api/search', { as: bob, query: '?q=-three' }, 400);
  await call('GET', '/api/search', { as: bob, query: '?q=three&conversation=none' }, 404);
  const member = `${one}/members/{userId}`;
  await call('PUT', member, { as: ana, fill: { id, userId: bob.id }, body: { role: 'admin' } });
  await call('PUT', member, { as: ana, fill: { id, userId: 'nobody' }, body: { role: 'admin' } }, 404);
  const invites = `${one}/invites`;
  const invite = { as: ana, fill: { id }, body: { expiresIn: 3_600, maxUses: 1 } };
  const { id: inviteId, token } = await read<{ id: string; token: string }>(await call('POST', invites, invite, 201));
  await call('POST', invites, { ...invite, body: { maxUses: 0 } }, 422);
  await call('GET', invites, { as: ana, fill: { id } });
  const shown = '/api/invites/{token}';
  const guest = await t.signUp('Di');
  await call('GET', shown, { as: guest, fill: { token } });
  await call('POST', shown, { as: guest, fill: { token } });
  await call('GET', shown, { as: guest, fill: { token } });
  await call('POST', shown, { as: guest, fill: { token: 'none' } }, 404);
  await call('POST', shown, { as: await t.signUp('Flo'), fill: { token } }, 410);
  await call('DELETE', member, { as: ana, fill: { id, userId: guest.id } }, 204);
  await call('GET', shown, { as: guest, fill: { token } }, 403);
  await call('DELETE', `${invites}/{invite}`, { as: ana, fill: { id, invite: inviteId } }, 204);
  await call('DELETE', `${invites}/{invite}`, { as: ana, fill: { id, invite: inviteId } }, 404);
  await call('DELETE', member, { as: ana, fill: { id, userId: bob.id } }, 204);
  await call('DELETE', one, { as: ana, fill: { id } }, 204);

  const admin = '/api/admin';
  const user = `${admin}/users/{id}`;
  await call('GET', `${admin}/users`, { as: ana });
  await call('GET', `${admin}/users`, { as: bob }, 403);
  await call('GET', `${admin}/users`, {}, 401);
  await call('PATCH', user, { as: ana, fill: { id: another.id }, body: { isAdmin: true } }, 204);
  await call('PATCH', user, { as: ana, fill: { id: another.id }, body: { isAdmin: true, isDeactivated: true } }, 422);
  await call('PATCH', user, { as: ana, fill: { id: 'none' }, body: { isDeactivated: true } }, 404);
  await call('PATCH', user, { as: ana, fill: { id: another.id }, body: { isDeactivated: true } }, 204);
  await call('PATCH', user, { as: ana, fill: { id: ana.id }, body: { isAdmin: false } }, 409);
  const link = await read<{ token: string }>(
    await call('POST', `${user}/password-reset`, { as: ana, fill: { id: another.id } }, 201),
  );
  await call('POST', `${auth}/reset-password`, { body: { token: link.token, newPassword: 'correct horse' } });
  await call('POST', `${auth}/reset-password`, { body: { token: link.token, newPassword: 'correct horse' } }, 400);
  await call('GET', `${admin}/conversations`, { as: ana });
  await call('GET', `${admin}/storage`, { as: ana });
  await call('PUT', `${admin}/retention`, { as: ana, body: { days: 365 } });
  await call('GET', `${admin}/retention`, { as: ana });
  const keep = `${admin}/conversations/{id}/retention`;
  await call('PUT', keep, { as: ana, fill: direct, body: { days: 30 } });
  await call('PUT', keep, { as: ana, body: { days: 30 } }, 404);
  await call('GET', one, { as: ana, fill: direct });
  await call('GET', `${admin}/audit`, { as: ana, query: '?limit=2' });
  await call('GET', `${admin}/audit/export`, { as: ana });
  await call('DELETE', user, { as: ana, fill: { id: another.id }, query: '?erase=true' }, 204);

  const password = { currentPassword: 'correct horse', newPassword: 'correct horse too' };
  await call('POST', `${auth}/change-password`, { as: ana, body: password });
  await call('POST', `${auth}/revoke-other-sessions`, { as: bob });
  await call('POST', `${auth}/revoke-session`, { as: bob, body: { token: 'none' } });
  await call('POST', `${auth}/revoke-sessions`, { as: bob });
  const again = await personOf(
    await call('POST', `${auth}/sign-in/email`, { body: { ...account('Ana'), password: password.newPassword } }),
  );
  await call('DELETE', '/api/me', { as: again, body: { password: 'wrong', erase: true } }, 403);
  await call('DELETE', '/api/me', { as: again, body: { password: password.newPassword, erase: true } }, 204);
  await call('POST', `${auth}/sign-out`, { as: bob });
  await call('GET', '/healthz');
  await call('GET', '/readyz');
  await call('GET', '/metrics');
  await t.database.pool.end();
  await call('GET', '/readyz', {}, 503);

  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect([...called].sort()).toEqual(operations.sort());
});

test('everything the server has under /api stands in the document', async () => {
  await using t = await startEdge();
  const document = await read<OpenApi>(await t.ask('GET', '/api/openapi.json'));
  const served = t.app.routes
    .filter(({ method, path }) => method !== 'ALL' && !/^\/api\/(docs|openapi)/.test(path))
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
  const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect([...new Set(served)].sort()).toEqual(documented.sort());
});

test('the document has a page that needs nothing from elsewhere', async () => {
  await using t = await startEdge();
  const page = await (await t.ask('GET', '/api/docs')).text();
  const needed = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address as string);
  expect(needed.length).toBe(3);
  for (const address of needed) {
    const response = await t.ask('GET', address);
    expect(response.status, address).toBe(200);
    expect((await response.text()).length).toBeGreaterThan(50);
  }
  expect(page).not.toMatch(/<script>|style=|https?:/);
});
