/** Administration over HTTP: who may, what an act ends, that the last administrator stays, and that everything is in the audit log. */
import { describe, expect, test } from 'vitest';
import type {
  AdminConversationList,
  AdminUserList,
  AuditEntry,
  AuditLog,
  PasswordReset,
  Storage,
} from '../../schema/http/admin.ts';
import type { Conversation } from '../../schema/http/conversations.ts';
import type { Notices } from '../fan-out/fan-out.ts';
import { type Edge, type Person, read, startEdge } from './testing.ts';

const PASSWORD = 'correct horse battery';

const statusOf = async (response: Promise<Response>): Promise<number> => (await response).status;

/** With a password. */
async function signUp(t: Edge, name: string): Promise<Person> {
  const email = `${name.toLowerCase()}@example.org`;
  const body = { name, email, password: PASSWORD };
  const response = await t.ask('POST', '/api/auth/sign-up/email', { headers: { origin: t.origin }, body });
  const { user } = await read<{ user: { id: string } }>(response);
  const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? '';
  return { id: user.id, name, email, cookie, bearer: `Bearer ${response.headers.get('set-auth-token')}` };
}

/** Without a password, which costs more than most of these tests; what names the first one is a row as sign-up writes it. */
async function administrator(t: Edge, name: string): Promise<Person> {
  const person = await t.signUp(name);
  await t.database.pool.query(
    `insert into accounts (id, "user", provider, provider_account) values ($1, $1, 'credential', $1)`,
    [person.id],
  );
  return person;
}

const signIn = (t: Edge, { email }: Pick<Person, 'email'>, password = PASSWORD) =>
  t.ask('POST', '/api/auth/sign-in/email', { headers: { origin: t.origin }, body: { email, password } });

const keyOf = async (t: Edge, as: Person) => {
  const body = { name: 'Bot', scopes: ['read'] };
  return (await read<{ key: string }>(await t.ask('POST', '/api/keys', { as, body }))).key;
};
const withKey = (t: Edge, key: string) =>
  statusOf(t.ask('GET', '/api/me', { headers: { authorization: `Bearer ${key}` } }));

const patch = (t: Edge, as: Person, who: Person, body: object) =>
  statusOf(t.ask('PATCH', `/api/admin/users/${who.id}`, { as, body }));

const usersOf = async (t: Edge, as: Person, query = '') =>
  read<AdminUserList>(await t.ask('GET', `/api/admin/users?${query}`, { as }));

/** The oldest first: what, to whom. */
const actsOf = async (t: Edge, as: Person) =>
  (await read<AuditLog>(await t.ask('GET', '/api/admin/audit', { as }))).items
    .map(({ action, subject, actor }) => [action, subject?.name ?? subject?.id, actor?.name])
    .reverse();

const FIRST = ['account.make-admin', 'Ana', undefined];

describe('administrators', () => {
  test('are the first account and whom an administrator makes one; nobody else learns or does anything', async () => {
    await using t = await startEdge();
    const [ana, bo] = [await administrator(t, 'Ana'), await t.signUp('Bo')];
    const document = await read<{ paths: Record<string, object> }>(await t.ask('GET', '/api/openapi.json'));
    const key = { authorization: `Bearer ${await keyOf(t, ana)}` };
    const paths = Object.entries(document.paths).filter(([path]) => path.startsWith('/api/admin/'));
    expect(paths.length).toBe(9);
    for (const [path, methods] of paths)
      for (const method of Object.keys(methods)) {
        const real = path.replace('{id}', ana.id);
        const asked = (options: Parameters<Edge['ask']>[2]) => statusOf(t.ask(method.toUpperCase(), real, options));
        const body = method === 'get' ? {} : { body: {} };
        expect(await asked({ as: bo, ...body }), `${method} ${path}`).toBe(403);
        expect(await asked({ headers: key, ...body })).toBe(403);
        expect(await asked(body)).toBe(401);
      }
    expect(await read(await t.ask('GET', '/api/me', { as: ana }))).toMatchObject({ isAdmin: true });
    expect(await read(await t.ask('GET', '/api/me', { as: bo }))).not.toHaveProperty('isAdmin');
    expect(await patch(t, ana, bo, { isAdmin: true })).toBe(204);
    expect((await usersOf(t, bo)).items.map(({ isAdmin }) => isAdmin)).toEqual([true, true]);
    expect(await patch(t, bo, ana, { isAdmin: false })).toBe(204);
    expect(await statusOf(t.ask('GET', '/api/admin/users', { as: ana }))).toBe(403);
    expect(await actsOf(t, bo)).toEqual([
      FIRST,
      ['account.make-admin', 'Bo', 'Ana'],
      ['account.unmake-admin', 'Ana', 'Bo'],
    ]);
  });

  test('is one of two who sign up at the same moment as the first', async () => {
    await using t = await startEdge();
    await Promise.all(['Ana', 'Bo', 'Cy'].map((name) => administrator(t, name)));
    const { rows } = await t.database.pool.query('select from users where is_admin');
    expect(rows.length).toBe(1);
  });

  test('nobody becomes one by saying so at sign-up or later', async () => {
    await using t = await startEdge();
    await administrator(t, 'Ana');
    const headers = { origin: t.origin };
    const wish = { is_admin: true, isAdmin: true, role: 'admin' };
    const account = { name: 'Eve', email: 'eve@example.org', password: PASSWORD, ...wish };
    const bearer = (await t.ask('POST', '/api/auth/sign-up/email', { headers, body: account })).headers.get(
      'set-auth-token',
    );
    const update = { headers: { ...headers, authorization: `Bearer ${bearer}` }, body: { name: 'Eve', ...wish } };
    await t.ask('POST', '/api/auth/update-user', update);
    const { rows } = await t.database.pool.query('select name from users where is_admin');
    expect(rows).toEqual([{ name: 'Ana' }]);
  });

  test('cannot take the last one away, not even when two do it at once', async () => {
    await using t = await startEdge();
    const [ana, bo] = [await administrator(t, 'Ana'), await t.signUp('Bo')];
    for (const body of [{ isAdmin: false }, { isDeactivated: true }]) expect(await patch(t, ana, ana, body)).toBe(409);
    expect(await statusOf(t.ask('DELETE', `/api/admin/users/${ana.id}?erase=false`, { as: ana }))).toBe(409);
    await patch(t, ana, bo, { isAdmin: true });
    const both = await Promise.all([patch(t, ana, bo, { isAdmin: false }), patch(t, bo, ana, { isDeactivated: true })]);
    // Whoever came second was no administrator any more, had no session, or was the last.
    expect(both.filter((status) => status === 204).length).toBe(1);
    const { rows } = await t.database.pool.query('select from users where is_admin and deactivated_at is null');
    expect(rows.length).toBe(1);
  });

  test('find accounts by name, address and id, page by page, with when they were here; deleted ones are none', async () => {
    await using t = await startEdge();
    const ana = await administrator(t, 'Ana');
    const people = [ana, await t.signUp('Bo'), await t.signUp('Boris'), await t.signUp('100%')];
    await t.signIn(people[1] as Person);
    const first = await usersOf(t, ana, 'limit=3');
    expect(first.items.map(({ name }) => name)).toEqual(['100%', 'Boris', 'Bo']);
    expect(first.items[2]).toMatchObject({ email: 'bo@example.org', devices: 2, lastSeenAt: expect.any(Number) });
    const rest = await usersOf(t, ana, `limit=3&cursor=${first.next}`);
    expect([rest.items.map(({ name }) => name), rest.next]).toEqual([['Ana'], undefined]);
    const found = async (query: string) =>
      (await usersOf(t, ana, `query=${encodeURIComponent(query)}`)).items.map(({ name }) => name);
    expect(await found('bo')).toEqual(['Boris', 'Bo']);
    expect(await found('BORIS@')).toEqual(['Boris']);
    expect(await found('%')).toEqual(['100%']);
    expect(await found(ana.id)).toEqual(['Ana']);
    expect(await statusOf(t.ask('DELETE', `/api/admin/users/${people[2]?.id}?erase=true`, { as: ana }))).toBe(204);
    expect(await found('bo')).toEqual(['Bo']);
    expect(await statusOf(t.ask('DELETE', `/api/admin/users/${people[2]?.id}?erase=true`, { as: ana }))).toBe(404);
  });
});

describe('deactivating an account', () => {
  test('ends sessions, sign-in, keys and push at once; others keep it, see it, and nobody adds it; all comes back', async () => {
    await using t = await startEdge();
    const [ana, bo] = [await administrator(t, 'Ana'), await signUp(t, 'Bo')];
    const create = async (body: object) =>
      read<Conversation>(await t.ask('POST', '/api/conversations', { as: ana, body }));
    const direct = await create({ memberIds: [bo.id] });
    await t.ask('POST', `/api/conversations/${direct.id}/messages`, { as: bo, body: { text: 'before' } });
    const key = await keyOf(t, bo);
    await t.ask('POST', '/api/devices', { as: bo, body: { token: 'a token', platform: 'android' } });
    const revoked: Notices['revoked'][] = [];
    t.fanOut.subscribe('revoked', (notice) => revoked.push(notice));
    t.changed.length = 0;

    expect(await patch(t, ana, bo, { isDeactivated: true })).toBe(204);
    expect(revoked).toEqual([{ sessions: [expect.any(String)] }]);
    expect(t.changed).toEqual([direct.id]);
    expect(await statusOf(t.ask('GET', '/api/me', { as: bo }))).toBe(401);
    expect(await withKey(t, key)).toBe(401);
    const refused = await signIn(t, bo);
    expect([refused.status, await read(refused)]).toMatchObject([403, { code: 'ACCOUNT_DEACTIVATED' }]);
    expect(await statusOf(signIn(t, bo, 'wrong password'))).toBe(401);
    const { rows } = await t.database.pool.query('select from push_targets');
    expect(rows).toEqual([]);
    const seen = await read<Conversation>(await t.ask('GET', `/api/conversations/${direct.id}`, { as: ana }));
    expect(seen.members).toContainEqual({ id: bo.id, name: 'Bo', role: 'member', isDeactivated: true });
    // What is written to them waits for them.
    const more = t.ask('POST', `/api/conversations/${direct.id}/messages`, { as: ana, body: { text: 'meanwhile' } });
    expect(await statusOf(more)).toBe(201);
    expect(await read(await t.ask('GET', '/api/users?query=bo', { as: ana }))).toEqual({ items: [] });
    const group = { title: 'Plans', memberIds: [bo.id] };
    expect(await statusOf(t.ask('POST', '/api/conversations', { as: ana, body: group }))).toBe(422);
    expect((await usersOf(t, ana, 'query=bo')).items).toMatchObject([
      { devices: 0, deactivatedAt: expect.any(Number) },
    ]);

    expect(await patch(t, ana, bo, { isDeactivated: true })).toBe(204);
    expect(await patch(t, ana, bo, { isDeactivated: false })).toBe(204);
    expect(await withKey(t, key)).toBe(200);
    const again = await signIn(t, bo);
    const back = { ...bo, bearer: `Bearer ${again.headers.get('set-auth-token')}` };
    const messages = await t.ask('GET', `/api/conversations/${direct.id}/messages`, { as: back });
    expect((await read<{ items: { text: string }[] }>(messages)).items.map(({ text }) => text)).toEqual([
      'meanwhile',
      'before',
    ]);
    const answer = { as: back, body: { text: 'after' } };
    expect(await statusOf(t.ask('POST', `/api/conversations/${direct.id}/messages`, answer))).toBe(201);
    expect(await actsOf(t, ana)).toEqual([
      FIRST,
      ['account.deactivate', 'Bo', 'Ana'],
      ['account.reactivate', 'Bo', 'Ana'],
    ]);
  });
});

describe('passwords', () => {
  test('that are changed end all other sessions, API keys and webhooks, whatever the client asks for', async () => {
    await using t = await startEdge();
    const ana = await signUp(t, 'Ana');
    const elsewhere = { ...ana, bearer: `Bearer ${(await signIn(t, ana)).headers.get('set-auth-token')}` };
    const key = await keyOf(t, ana);
    await t.database.pool.query(
      `with made as (
         insert into webhooks (id, "user", url, events, secret) values ('w', $1, 'https://example.org', '{ping}', 's') returning id
       ) insert into webhook_deliveries (webhook, type) select id, 'ping' from made`,
      [ana.id],
    );
    const webhook = async () => {
      const { rows } = await t.database.pool.query(
        'select w.is_enabled, w.disabled_why, d.status from webhooks w join webhook_deliveries d on d.webhook = w.id',
      );
      return rows;
    };
    const change = (body: object) => t.ask('POST', '/api/auth/change-password', { as: ana, body });
    expect(await statusOf(change({ currentPassword: 'wrong', newPassword: 'another password' }))).toBe(400);
    expect(await withKey(t, key)).toBe(200);
    expect(await webhook()).toEqual([{ is_enabled: true, disabled_why: null, status: 'waiting' }]);
    const body = { currentPassword: PASSWORD, newPassword: 'another password', revokeOtherSessions: false };
    const changed = await change(body);
    expect(changed.status).toBe(200);
    expect(await withKey(t, key)).toBe(401);
    expect(await webhook()).toEqual([{ is_enabled: false, disabled_why: 'password', status: 'dropped' }]);
    for (const as of [ana, elsewhere]) expect(await statusOf(t.ask('GET', '/api/me', { as }))).toBe(401);
    const bearer = `Bearer ${changed.headers.get('set-auth-token')}`;
    expect(await statusOf(t.ask('GET', '/api/me', { headers: { authorization: bearer } }))).toBe(200);
  });

  test('that are reset are void at once, with sessions and keys; the link sets a new one, once and for a day', async () => {
    await using t = await startEdge();
    const [ana, bo] = [await administrator(t, 'Ana'), await signUp(t, 'Bo')];
    const key = await keyOf(t, bo);
    const reset = async () => {
      const response = await t.ask('POST', `/api/admin/users/${bo.id}/password-reset`, { as: ana });
      expect(response.status).toBe(201);
      return read<PasswordReset>(response);
    };
    const set = (token: string, newPassword = 'a new password') =>
      statusOf(
        t.ask('POST', '/api/auth/reset-password', { headers: { origin: t.origin }, body: { token, newPassword } }),
      );
    const former = await reset();
    const { token, link } = await reset();
    expect(link).toBe(`${t.origin}/reset-password#${token}`);
    expect(await withKey(t, key)).toBe(401);
    expect(await statusOf(t.ask('GET', '/api/me', { as: bo }))).toBe(401);
    expect(await statusOf(signIn(t, bo))).toBe(401);
    const { rows } = await t.database.pool.query('select from verifications where identifier like $1', [`%${token}%`]);
    expect(rows).toEqual([]);
    expect(await set(former.token)).toBe(400);
    expect(await set(token, 'short')).toBe(400);
    expect(await set(token)).toBe(200);
    expect(await set(token)).toBe(400);
    expect(await statusOf(signIn(t, bo, 'a new password'))).toBe(200);
    const late = await reset();
    await t.database.pool.query(`update verifications set expires_at = now() - interval '1 second'`);
    expect(await set(late.token)).toBe(400);
    expect(await statusOf(t.ask('POST', '/api/admin/users/nobody/password-reset', { as: ana }))).toBe(404);
    expect((await actsOf(t, ana)).slice(1)).toEqual(Array(3).fill(['account.reset-password', 'Bo', 'Ana']));
  });
});

describe('the installation', () => {
  test('shows conversations and storage without a word of what was written, or a title', async () => {
    await using t = await startEdge();
    const [ana, bo, cy] = [await administrator(t, 'Ana'), await t.signUp('Bo'), await t.signUp('Cy')];
    const start = { as: bo, body: { title: 'Surprise', memberIds: [cy.id] } };
    const { id } = await read<Conversation>(await t.ask('POST', '/api/conversations', start));
    await t.ask('POST', `/api/conversations/${id}/messages`, { as: bo, body: { text: 'a party' } });
    await t.snapshotter.take(id as never, 0);
    const answer = await t.ask('GET', '/api/admin/conversations', { as: ana });
    expect(await read<AdminConversationList>(answer.clone())).toEqual({
      items: [
        {
          ...{ id, kind: 'group', createdAt: expect.any(Number), members: 2, epochs: 1, messages: 1 },
          ...{ bytes: expect.any(Number), retention: { days: null } },
        },
      ],
    });
    const storage = await t.ask('GET', '/api/admin/storage', { as: ana });
    const { bytes, tables, largest } = await read<Storage>(storage.clone());
    expect(bytes).toBeGreaterThan(tables.reduce((sum, table) => sum + table.bytes, 0));
    expect(tables).toContainEqual({ table: 'journal', kind: 'documents', bytes: expect.any(Number), rows: 0 });
    expect(tables.filter(({ kind }) => kind === 'other').map(({ table }) => table)).toEqual(
      expect.arrayContaining(['audit_log', 'installation']),
    );
    expect(largest.map((each) => each.id)).toEqual([id]);
    for (const body of [await answer.text(), await storage.text()]) expect(body).not.toMatch(/Surprise|party/);
  });

  test('keeps messages as long as its administrators say, which members see', async () => {
    await using t = await startEdge();
    const [ana, bo] = [await administrator(t, 'Ana'), await t.signUp('Bo')];
    const start = { as: bo, body: { title: 'Plans', memberIds: [ana.id] } };
    const { id } = await read<Conversation>(await t.ask('POST', '/api/conversations', start));
    const put = (path: string, body: object) => statusOf(t.ask('PUT', `/api/admin/${path}`, { as: ana, body }));
    const seen = async () => {
      const one = await read<Conversation>(await t.ask('GET', `/api/conversations/${id}`, { as: bo }));
      const all = await read<{ items: Conversation[] }>(await t.ask('GET', '/api/conversations', { as: bo }));
      expect(all.items[0]?.retentionDays).toBe(one.retentionDays);
      return one.retentionDays;
    };
    expect(await seen()).toBeUndefined();
    expect(await put('retention', { days: 365 })).toBe(200);
    expect(await seen()).toBe(365);
    t.changed.length = 0;
    expect(await put(`conversations/${id}/retention`, { days: 7 })).toBe(200);
    expect(await seen()).toBe(7);
    expect(await put(`conversations/${id}/retention`, { days: 0 })).toBe(200);
    expect(await seen()).toBeUndefined();
    expect(await put(`conversations/${id}/retention`, { days: null })).toBe(200);
    expect(await seen()).toBe(365);
    expect(await put('retention', { days: -1 })).toBe(422);
    expect(await put('conversations/none/retention', { days: 7 })).toBe(404);
    expect((await actsOf(t, ana)).map(([action, subject]) => [action, subject])).toEqual([
      FIRST.slice(0, 2),
      ['retention.set', undefined],
      ...Array(3).fill(['retention.set', id]),
    ]);
  });
});

describe('the audit log', () => {
  test('says who did what to whom, when and from where, page by page and as ndjson', async () => {
    await using t = await startEdge();
    const [ana, bo] = [await administrator(t, 'Ana'), await t.signUp('Bo')];
    for (const isAdmin of [true, false]) await patch(t, ana, bo, { isAdmin });
    // What is so already is no act, and what was refused neither.
    await patch(t, ana, bo, { isAdmin: false });
    await patch(t, ana, ana, { isAdmin: false });
    await t.ask('DELETE', `/api/admin/users/${bo.id}?erase=true`, { as: ana });
    const page = async (query: string) => read<AuditLog>(await t.ask('GET', `/api/admin/audit?${query}`, { as: ana }));
    const newest = await page('limit=3');
    const oldest = await page(`limit=3&cursor=${newest.next}`);
    expect(oldest.next).toBeUndefined();
    expect(newest.items[0]).toEqual({
      id: expect.any(Number),
      at: expect.any(Number),
      actor: { id: ana.id, name: 'Ana' },
      ...{ via: 'api', origin: expect.any(String), action: 'account.delete' },
      subject: { id: bo.id },
      detail: { erase: true },
    });
    expect(oldest.items).toMatchObject([{ via: 'server', action: 'account.make-admin', subject: { id: ana.id } }]);
    const exported = await (await t.ask('GET', '/api/admin/audit/export', { as: ana })).text();
    const lines = exported.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as AuditEntry)).toEqual(
      [...newest.items, ...oldest.items].toReversed(),
    );
  });

  test('cannot be changed, shortened or emptied: the database refuses', async () => {
    await using t = await startEdge();
    await administrator(t, 'Ana');
    for (const statement of [`update audit_log set action = 'x'`, 'delete from audit_log', 'truncate audit_log'])
      await expect(t.database.pool.query(statement), statement).rejects.toThrow('only ever added to');
    const { rows } = await t.database.pool.query('select action from audit_log');
    expect(rows).toEqual([{ action: 'account.make-admin' }]);
  });

  test('has no line for what was not done, and nothing is done without its line', async () => {
    await using t = await startEdge();
    const [ana, bo] = [await administrator(t, 'Ana'), await signUp(t, 'Bo')];
    await t.database.pool.query(
      `create function fail() returns trigger language plpgsql as $$ begin raise 'no'; end $$;
       create trigger broken before insert on audit_log for each row execute function fail()`,
    );
    for (const body of [{ isAdmin: true }, { isDeactivated: true }]) expect(await patch(t, ana, bo, body)).toBe(500);
    for (const [method, path] of [
      ['POST', `users/${bo.id}/password-reset`],
      ['DELETE', `users/${bo.id}?erase=true`],
    ] as const)
      expect(await statusOf(t.ask(method, `/api/admin/${path}`, { as: ana }))).toBe(500);
    expect(await statusOf(t.ask('PUT', '/api/admin/retention', { as: ana, body: { days: 1 } }))).toBe(500);
    expect(await statusOf(t.ask('GET', '/api/me', { as: bo }))).toBe(200);
    expect(await statusOf(signIn(t, bo))).toBe(200);
    expect(await read(await t.ask('GET', '/api/admin/retention', { as: ana }))).toEqual({ days: 0 });
  });
});
