import { describe, expect, test } from 'vitest';
import type { Conversation } from '../../schema/http/conversations.ts';
import { type Edge, type Person, read, startEdge } from './testing.ts';

const create = (t: Edge, as: Person, body: object) => t.ask('POST', '/api/conversations', { as, body });
const group = async (t: Edge, as: Person, ...others: Person[]) =>
  read<Conversation>(await create(t, as, { title: 'Plans', memberIds: others.map((person) => person.id) }));
const rolesOf = ({ members }: Conversation) => Object.fromEntries(members.map(({ name, role }) => [name, role]));
const find = async (t: Edge, as: Person, id: string) =>
  read<Conversation>(await t.ask('GET', `/api/conversations/${id}`, { as }));
const put = (t: Edge, as: Person, id: string, target: Person | string, role: string) =>
  t.ask('PUT', `/api/conversations/${id}/members/${typeof target === 'string' ? target : target.id}`, {
    as,
    body: { role },
  });
const add = (
  t: Edge,
  as: Person,
  id: string,
  target: Person,
  asking: { body?: unknown; raw?: string; headers?: Record<string, string> } = {},
) => t.ask('PUT', `/api/conversations/${id}/members/${target.id}`, { as, ...asking });
const remove = (t: Edge, as: Person, id: string, target: Person) =>
  t.ask('DELETE', `/api/conversations/${id}/members/${target.id}`, { as });
const statusOf = async (response: Promise<Response>) => (await response).status;

async function people(t: Edge) {
  const ana = await t.signUp('Ana Berg');
  const bob = await t.signUp('Bob Cole');
  const eve = await t.signUp('Eve Dahl');
  return { ana, bob, eve };
}

describe('a group', () => {
  test('is nobody else’s business', async () => {
    await using t = await startEdge();
    const { ana, bob, eve } = await people(t);
    const { id } = await group(t, ana, bob);
    const path = `/api/conversations/${id}`;
    const attempts = [
      t.ask('GET', path, { as: eve }),
      t.ask('PATCH', path, { as: eve, body: { title: 'Mine' } }),
      t.ask('DELETE', path, { as: eve }),
      put(t, eve, id, eve, 'owner'),
      remove(t, eve, id, bob),
      remove(t, eve, id, eve),
      t.ask('GET', `${path}/messages`, { as: eve }),
      t.ask('POST', `${path}/messages`, { as: eve, body: { text: 'hi' } }),
    ];
    const missing = await (await t.ask('GET', '/api/conversations/none', { as: eve })).text();
    for (const attempt of attempts) {
      const response = await attempt;
      expect(response.status).toBe(404);
      expect(await response.text()).toBe(missing);
    }
    expect(rolesOf(await find(t, ana, id))).toEqual({ 'Ana Berg': 'owner', 'Bob Cole': 'member' });
  });

  test('is renamed by owners and admins, deleted by owners', async () => {
    await using t = await startEdge();
    const { ana, bob, eve } = await people(t);
    const { id } = await group(t, ana, bob, eve);
    await put(t, ana, id, bob, 'admin');
    const rename = (as: Person, title: string) => t.ask('PATCH', `/api/conversations/${id}`, { as, body: { title } });
    expect(await statusOf(rename(eve, 'x'))).toBe(403);
    expect(await statusOf(rename(bob, 'x'.repeat(121)))).toBe(422);
    expect(await read(await rename(bob, 'New plans'))).toMatchObject({ id, title: 'New plans' });
    const describe = (as: Person, description: unknown) =>
      t.ask('PATCH', `/api/conversations/${id}`, { as, body: { description } });
    expect(await statusOf(describe(eve, 'x'))).toBe(403);
    for (const wrong of ['x'.repeat(501), ' ', 7]) expect(await statusOf(describe(bob, wrong))).toBe(422);
    expect(await statusOf(t.ask('PATCH', `/api/conversations/${id}`, { as: bob, body: {} }))).toBe(422);
    expect(await read(await describe(bob, ' Where we plan '))).toMatchObject({
      title: 'New plans',
      description: 'Where we plan',
    });
    expect(await read(await rename(bob, 'Plans'))).toMatchObject({ title: 'Plans', description: 'Where we plan' });
    const { items } = await read<{ items: Conversation[] }>(await t.ask('GET', '/api/conversations', { as: eve }));
    expect(items[0]).toMatchObject({ title: 'Plans', description: 'Where we plan' });
    expect(await read<Conversation>(await describe(ana, null))).not.toHaveProperty('description');
    await t.ask('POST', `/api/conversations/${id}/messages`, { as: ana, body: { text: 'hi' } });
    expect(await statusOf(t.ask('DELETE', `/api/conversations/${id}`, { as: bob }))).toBe(403);
    expect(await statusOf(t.ask('DELETE', `/api/conversations/${id}`, { as: ana }))).toBe(204);
    expect(await statusOf(t.ask('GET', `/api/conversations/${id}`, { as: ana }))).toBe(404);
    const { rows } = await t.database.pool.query(
      `select (select count(*) from documents) as documents, (select count(*) from journal) as journal,
        (select count(*) from messages) as messages, (select count(*) from writers) as writers`,
    );
    expect(rows[0]).toEqual({ documents: 0, journal: 0, messages: 0, writers: 0 });
  });

  test('[C6] tells all its members what changes, and nobody else', async () => {
    await using t = await startEdge();
    const { ana, bob, eve } = await people(t);
    const fay = await t.signUp('Fay');
    const { id } = await group(t, ana, bob, eve);
    const toldOf = async (change: Promise<Response>) => {
      t.told.length = 0;
      expect((await change).status).toBeLessThan(300);
      expect(t.told.every(({ conversation }) => conversation === id)).toBe(true);
      return t.told.flatMap(({ members }) => members).sort();
    };
    const all = [ana.id, bob.id, eve.id].sort();
    expect(await toldOf(t.ask('PATCH', `/api/conversations/${id}`, { as: ana, body: { title: 'x' } }))).toEqual(all);
    expect(await toldOf(t.ask('PATCH', `/api/conversations/${id}`, { as: ana, body: { description: 'x' } }))).toEqual(
      all,
    );
    expect(await toldOf(put(t, ana, id, bob, 'admin'))).toEqual(all);
    expect(await toldOf(put(t, ana, id, bob, 'admin'))).toEqual([]);
    // Whoever comes in is told of a new conversation.
    expect(await toldOf(put(t, ana, id, fay, 'member'))).toEqual(all);
    expect(await toldOf(remove(t, ana, id, fay))).toEqual([...all, fay.id].sort());
    expect(await toldOf(remove(t, eve, id, eve))).toEqual(all);
    expect(await toldOf(t.ask('DELETE', `/api/conversations/${id}`, { as: ana }))).toEqual([ana.id, bob.id].sort());
  });

  test('gets members from owners and admins, owners and admins only from owners', async () => {
    await using t = await startEdge();
    const { ana, bob, eve } = await people(t);
    const fay = await t.signUp('Fay');
    const { id } = await group(t, ana, bob);
    expect(await statusOf(put(t, bob, id, eve, 'member'))).toBe(403);
    expect(await statusOf(put(t, ana, id, bob, 'admin'))).toBe(200);
    t.changed.length = 0;
    expect(rolesOf(await read(await put(t, bob, id, eve, 'member')))).toMatchObject({ 'Eve Dahl': 'member' });
    expect(await statusOf(put(t, bob, id, eve, 'member'))).toBe(200);
    expect(t.changed).toEqual([id]);
    for (const [target, role] of [
      [eve, 'admin'],
      [eve, 'owner'],
      [fay, 'admin'],
      [ana, 'member'],
      [bob, 'member'],
    ] as const)
      expect(await statusOf(put(t, bob, id, target, role)), `${target.name} ${role}`).toBe(403);
    expect(await statusOf(put(t, ana, id, 'nobody', 'member'))).toBe(404);
    expect(await statusOf(put(t, ana, id, eve, 'king'))).toBe(422);
    expect(await statusOf(put(t, ana, id, ana, 'member'))).toBe(409);
    expect(await statusOf(put(t, ana, id, eve, 'owner'))).toBe(200);
    expect(await statusOf(put(t, ana, id, ana, 'member'))).toBe(200);
    expect(rolesOf(await find(t, ana, id))).toEqual({ 'Ana Berg': 'member', 'Bob Cole': 'admin', 'Eve Dahl': 'owner' });
  });

  test('gets plain members from who names no role, and keeps the role of who is a member', async () => {
    await using t = await startEdge();
    const { ana, bob, eve } = await people(t);
    const { id } = await group(t, ana, bob);
    await put(t, ana, id, bob, 'admin');
    expect(await statusOf(add(t, eve, id, eve))).toBe(404);
    expect(rolesOf(await read(await add(t, bob, id, eve)))).toMatchObject({ 'Eve Dahl': 'member' });
    await remove(t, ana, id, eve);
    expect(rolesOf(await read(await add(t, ana, id, eve, { body: {} })))).toMatchObject({ 'Eve Dahl': 'member' });
    expect(await statusOf(add(t, eve, id, bob))).toBe(403);
    t.changed.length = 0;
    for (const target of [ana, bob, eve]) expect(await statusOf(add(t, bob, id, target))).toBe(200);
    expect(rolesOf(await find(t, ana, id))).toEqual({ 'Ana Berg': 'owner', 'Bob Cole': 'admin', 'Eve Dahl': 'member' });
    expect(t.changed).toEqual([]);
    expect(await statusOf(add(t, ana, id, eve, { body: { role: null } }))).toBe(422);
    expect(
      await statusOf(add(t, ana, id, eve, { raw: '{"role":"admin"}', headers: { 'content-type': 'text/plain' } })),
    ).toBe(415);
  });

  test('has room for a thousand', async () => {
    await using t = await startEdge();
    const { ana, bob, eve } = await people(t);
    const { id } = await group(t, ana, bob);
    await t.database.pool.query(
      `insert into users (id, name, email) select 'x' || n, 'x', n || '@x' from generate_series(1, 998) n`,
    );
    await t.database.pool.query(
      `insert into members (conversation, "user", role) select $1, id, 'member' from users where id like 'x%' and name = 'x'`,
      [id],
    );
    expect(await statusOf(put(t, ana, id, eve, 'member'))).toBe(409);
    await remove(t, ana, id, bob);
    // Connections at the ready, so that all start together.
    await Promise.all(Array.from({ length: 8 }, () => t.database.pool.query('select pg_sleep(0.2)')));
    const crowd = [bob, eve, await t.signUp('Fay'), await t.signUp('Gus')];
    const statuses = await Promise.all(crowd.map((person) => statusOf(put(t, ana, id, person, 'member'))));
    expect(statuses.sort()).toEqual([200, 409, 409, 409]);
  });

  test('loses members to owners, plain ones to admins, and everybody may leave', async () => {
    await using t = await startEdge();
    const { ana, bob, eve } = await people(t);
    const { id } = await group(t, ana, bob, eve);
    await put(t, ana, id, bob, 'admin');
    t.changed.length = 0;
    expect(await statusOf(remove(t, eve, id, bob))).toBe(403);
    expect(await statusOf(remove(t, bob, id, ana))).toBe(403);
    expect(await statusOf(remove(t, bob, id, eve))).toBe(204);
    expect(await statusOf(remove(t, bob, id, eve))).toBe(404);
    expect(t.changed).toEqual([id]);
    expect(await statusOf(t.ask('GET', `/api/conversations/${id}`, { as: eve }))).toBe(404);
    expect(await statusOf(remove(t, bob, id, bob))).toBe(204);
    expect(rolesOf(await find(t, ana, id))).toEqual({ 'Ana Berg': 'owner' });
  });

  test('passes from the last owner to the oldest admin, else to the oldest member, and ends with the last one', async () => {
    await using t = await startEdge();
    const { ana, bob, eve } = await people(t);
    const fay = await t.signUp('Fay');
    const { id } = await group(t, ana, bob);
    await put(t, ana, id, eve, 'member');
    await put(t, ana, id, fay, 'admin');
    await remove(t, ana, id, ana);
    expect(rolesOf(await find(t, bob, id))).toEqual({ 'Bob Cole': 'member', 'Eve Dahl': 'member', Fay: 'owner' });
    await remove(t, fay, id, fay);
    expect(rolesOf(await find(t, bob, id))).toEqual({ 'Bob Cole': 'owner', 'Eve Dahl': 'member' });
    await remove(t, bob, id, bob);
    await remove(t, eve, id, eve);
    expect((await t.database.pool.query('select from conversations')).rowCount).toBe(0);
  });

  test('keeps an owner also when all its owners leave at the same moment', async () => {
    await using t = await startEdge();
    const { ana, bob, eve } = await people(t);
    const { id } = await group(t, ana, bob, eve);
    await put(t, ana, id, bob, 'owner');
    await Promise.all([remove(t, ana, id, ana), remove(t, bob, id, bob)]);
    expect(rolesOf(await find(t, eve, id))).toEqual({ 'Eve Dahl': 'owner' });
  });

  test('counts each change for the commits that rest on it', async () => {
    await using t = await startEdge();
    const { ana, bob, eve } = await people(t);
    const { id } = await group(t, ana, bob);
    const count = async () => (await t.database.pool.query('select membership from documents')).rows[0].membership;
    const before = await count();
    await put(t, ana, id, eve, 'member');
    await remove(t, ana, id, eve);
    expect(await count()).toBe(before + 2);
  });
});

test('a direct conversation cannot be changed', async () => {
  await using t = await startEdge();
  const { ana, bob, eve } = await people(t);
  const { id } = await read<Conversation>(await create(t, ana, { memberIds: [bob.id] }));
  expect(await statusOf(put(t, ana, id, eve, 'member'))).toBe(409);
  expect(await statusOf(put(t, ana, id, bob, 'owner'))).toBe(409);
  expect(await statusOf(remove(t, ana, id, bob))).toBe(409);
  expect(await statusOf(remove(t, ana, id, ana))).toBe(409);
  expect(await statusOf(t.ask('PATCH', `/api/conversations/${id}`, { as: ana, body: { title: 'x' } }))).toBe(409);
  expect(await statusOf(t.ask('DELETE', `/api/conversations/${id}`, { as: ana }))).toBe(409);
  expect((await find(t, ana, id)).members.length).toBe(2);
});
