/** Links into a group over HTTP: who may make them, whom they let in, and everybody whom they do not. */
import { describe, expect, test } from 'vitest';
import type { Conversation } from '../../schema/http/conversations.ts';
import type { CreateInvite, Invitation, Invite } from '../../schema/http/invites.ts';
import type { KeyScope } from '../../schema/http/keys.ts';
import type { UserId } from '../../schema/ids.ts';
import { MAX_INVITES } from '../../schema/limits.ts';
import { deleteAccount } from '../account/delete-account.ts';
import { inTransaction } from '../database/transaction.ts';
import { type Edge, type Person, read, startEdge } from './testing.ts';

const DAY_SECONDS = 24 * 3_600;

async function scene() {
  const t = await startEdge();
  const [ana, bob, eve] = [await t.signUp('Ana'), await t.signUp('Bob'), await t.signUp('Eve')];
  const body = { title: 'Plans', memberIds: [bob.id] };
  const { id } = await read<Conversation>(await t.ask('POST', '/api/conversations', { as: ana, body }));
  const path = `/api/conversations/${id}`;
  return {
    ...{ t, ana, bob, eve, id, path },
    put: (as: Person, target: Person, role: string) =>
      t.ask('PUT', `${path}/members/${target.id}`, { as, body: { role } }),
    remove: (as: Person, target: Person) => t.ask('DELETE', `${path}/members/${target.id}`, { as }),
    make: (as: Person, wanted: CreateInvite = {}) => t.ask('POST', `${path}/invites`, { as, body: wanted }),
    list: async (as: Person) => (await read<{ items: Invite[] }>(await t.ask('GET', `${path}/invites`, { as }))).items,
    withdraw: (as: Person, invite: string) => t.ask('DELETE', `${path}/invites/${invite}`, { as }),
    look: (as: Person, token: string) => t.ask('GET', `/api/invites/${token}`, { as }),
    join: (as: Person, token: string) => t.ask('POST', `/api/invites/${token}`, { as }),
    [Symbol.asyncDispose]: () => t[Symbol.asyncDispose](),
  };
}

const rolesOf = ({ members }: Conversation) => Object.fromEntries(members.map(({ name, role }) => [name, role]));
const statusOf = async (response: Promise<Response>) => (await response).status;
const tokenOf = async (response: Promise<Response>) => (await read<Invite>(await response)).token;

describe('a link into a group', () => {
  test('[C7] shows where it leads and lets whoever has it in, once, as a plain member', async () => {
    await using s = await scene();
    const { t, ana, bob, eve, id } = s;
    await t.ask('PATCH', s.path, { as: ana, body: { description: 'Where we plan' } });
    const { token, ...invite } = await read<Invite>(await s.make(ana));
    expect(token).toMatch(/^[\w-]{38}$/);
    expect(invite).toMatchObject({ by: ana.id, uses: 0 });
    expect((invite.expiresAt - invite.createdAt) / 1_000 / DAY_SECONDS).toBeCloseTo(7, 2);
    expect(await read<Invitation>(await s.look(eve, token))).toEqual({
      conversation: { id, title: 'Plans', description: 'Where we plan', members: 2 },
      by: { id: ana.id, name: 'Ana' },
      expiresAt: invite.expiresAt,
      isFull: false,
    });
    expect(await statusOf(t.ask('GET', s.path, { as: eve }))).toBe(404);
    t.changed.length = 0;
    t.told.length = 0;
    const joined = await read<Conversation>(await s.join(eve, token));
    expect(rolesOf(joined)).toEqual({ Ana: 'owner', Bob: 'member', Eve: 'member' });
    expect(t.changed).toEqual([id]);
    expect(t.told).toEqual([{ conversation: id, members: expect.arrayContaining([ana.id, bob.id]) }]);
    expect(await statusOf(t.ask('POST', `${s.path}/messages`, { as: eve, body: { text: 'Hello' } }))).toBe(201);
    // Again, and by others who are in: nothing happens.
    for (const person of [eve, ana]) expect(await statusOf(s.join(person, token))).toBe(200);
    expect(t.changed).toEqual([id]);
    expect(await s.list(ana)).toEqual([{ ...invite, token, uses: 1 }]);
    expect((await read<Invitation>(await s.look(ana, token))).role).toBe('owner');
  });

  test('[C7] is made, listed and withdrawn by owners and admins only, of groups only', async () => {
    await using s = await scene();
    const { t, ana, bob, eve } = s;
    const { id: invite, token } = await read<Invite>(await s.make(ana));
    for (const [person, status] of [
      [bob, 403],
      [eve, 404],
    ] as const) {
      expect(await statusOf(s.make(person))).toBe(status);
      expect(await statusOf(t.ask('GET', `${s.path}/invites`, { as: person }))).toBe(status);
      expect(await statusOf(s.withdraw(person, invite))).toBe(status);
    }
    expect(await statusOf(s.put(ana, bob, 'admin'))).toBe(200);
    expect(await s.list(bob)).toMatchObject([{ id: invite, token }]);
    const other = await read<Conversation>(
      await t.ask('POST', '/api/conversations', { as: eve, body: { title: 'Hers', memberIds: [bob.id] } }),
    );
    expect(await statusOf(t.ask('DELETE', `/api/conversations/${other.id}/invites/${invite}`, { as: eve }))).toBe(404);
    expect(await statusOf(s.withdraw(bob, invite))).toBe(204);
    expect(await statusOf(s.withdraw(bob, invite))).toBe(404);
    expect(await statusOf(s.join(eve, token))).toBe(404);
    const direct = await read<Conversation>(
      await t.ask('POST', '/api/conversations', { as: ana, body: { memberIds: [eve.id] } }),
    );
    expect(await statusOf(t.ask('POST', `/api/conversations/${direct.id}/invites`, { as: ana, body: {} }))).toBe(409);
  });

  test('[C7] that is forged, of another installation or not shown by somebody signed in lets nobody in', async () => {
    await using s = await scene();
    await using elsewhere = await scene();
    const { t, ana, eve } = s;
    const { id, token } = await read<Invite>(await s.make(ana));
    const forged = [`${id}${'A'.repeat(22)}`, token.slice(0, -4), id, `${token}A`, 'none'];
    await t.database.pool.query(
      `insert into invites (id, conversation, "user", expires_at) values ($1, $2, $3, 'infinity')`,
      ['A'.repeat(16), s.id, ana.id],
    );
    forged.push('A'.repeat(38), await tokenOf(elsewhere.make(elsewhere.ana)));
    for (const each of forged) {
      expect(await statusOf(s.look(eve, each)), each).toBe(404);
      expect(await statusOf(s.join(eve, each)), each).toBe(404);
    }
    expect(await statusOf(t.ask('POST', `/api/invites/${token}`))).toBe(401);
    expect(await statusOf(t.ask('GET', `/api/invites/${token}`))).toBe(401);
    expect((await t.ask('GET', s.path, { as: eve })).status).toBe(404);
  });

  test('[C7] is over when it expires or was used as often as it may be, also by many at once', async () => {
    await using s = await scene();
    const { t, ana, eve } = s;
    const brief = await tokenOf(s.make(ana, { expiresIn: 60 }));
    const scarce = await tokenOf(s.make(ana, { expiresIn: 90 * DAY_SECONDS, maxUses: 2 }));
    t.clock.offsetMs = 61_000;
    expect(await statusOf(s.look(eve, brief))).toBe(410);
    expect(await statusOf(s.join(eve, brief))).toBe(410);
    expect((await s.list(ana)).map(({ token }) => token)).toEqual([scarce]);
    const crowd = [eve, await t.signUp('Fay'), await t.signUp('Gus'), await t.signUp('Hal')];
    const statuses = await Promise.all(crowd.map((person) => statusOf(s.join(person, scarce))));
    expect(statuses.sort()).toEqual([200, 200, 410, 410]);
    expect(await s.list(ana)).toEqual([]);
    for (const wrong of [{ expiresIn: 59 }, { expiresIn: 91 * DAY_SECONDS }, { maxUses: 0 }, { maxUses: 1.5 }])
      expect(await statusOf(s.make(ana, wrong)), JSON.stringify(wrong)).toBe(422);
  });

  test('[C7] brings nobody back whom others removed after it was made; a later one, or being added, does', async () => {
    await using s = await scene();
    const { t, ana, bob, eve } = s;
    const token = await tokenOf(s.make(ana));
    expect(await statusOf(s.remove(ana, bob))).toBe(204);
    expect(await statusOf(s.look(bob, token))).toBe(403);
    expect(await statusOf(s.join(bob, token))).toBe(403);
    expect(await statusOf(s.join(bob, await tokenOf(s.make(ana))))).toBe(200);
    expect(await statusOf(s.remove(ana, bob))).toBe(204);
    expect(await statusOf(s.put(ana, bob, 'member'))).toBe(200);
    // Who leaves may come back.
    expect(await statusOf(s.remove(bob, bob))).toBe(204);
    expect(await statusOf(s.join(bob, token))).toBe(200);
    // What they wrote is being erased: not before that is done.
    expect(await statusOf(s.join(eve, token))).toBe(200);
    await t.database.pool.query(`delete from members where "user" = $1`, [eve.id]);
    await t.database.pool.query(
      `insert into erasures (conversation, "user", what, claimed_at) values ($1, $2, 'everything', 'infinity')`,
      [s.id, eve.id],
    );
    expect(await statusOf(s.join(eve, token))).toBe(409);
  });

  test('[C7] is as good as who made it: it ends with their role, their membership and their account', async () => {
    await using s = await scene();
    const { t, ana, bob, eve } = s;
    const fay = await t.signUp('Fay');
    const madeBy = async (person: Person) => {
      await s.put(ana, person, 'member');
      await s.put(ana, person, 'admin');
      return tokenOf(s.make(person));
    };
    const first = await madeBy(bob);
    await s.put(ana, bob, 'member');
    await s.put(ana, bob, 'admin');
    expect(await statusOf(s.join(eve, first))).toBe(404);
    const second = await madeBy(bob);
    await s.remove(bob, bob);
    expect(await statusOf(s.join(eve, second))).toBe(404);
    const third = await madeBy(bob);
    await t.database.pool.query('update users set deactivated_at = now() where id = $1', [bob.id]);
    expect(await statusOf(s.join(eve, third))).toBe(404);
    expect(await s.list(ana)).toEqual([]);
    const last = await madeBy(fay);
    await inTransaction(t.database.pool, (client) => deleteAccount(client, { user: fay.id as UserId, erase: false }));
    expect(await statusOf(s.join(eve, last))).toBe(404);
    expect((await t.database.pool.query('select from invites where "user" = $1', [fay.id])).rowCount).toBe(0);
  });

  test('[C7] says when there is no room, and lets in whoever comes when somebody has left', async () => {
    await using s = await scene();
    const { t, ana, bob, eve } = s;
    const token = await tokenOf(s.make(ana));
    await t.database.pool.query(
      `insert into users (id, name, email) select 'x' || n, 'x', n || '@x' from generate_series(1, 998) n`,
    );
    await t.database.pool.query(
      `insert into members (conversation, "user", role) select $1, id, 'member' from users where name = 'x'`,
      [s.id],
    );
    expect(await read<Invitation>(await s.look(eve, token))).toMatchObject({ isFull: true });
    expect(await statusOf(s.join(eve, token))).toBe(409);
    await s.remove(bob, bob);
    expect(await statusOf(s.join(eve, token))).toBe(200);
  });

  test('[C7] is one of at most twenty that work; what expired long ago is forgotten', async () => {
    await using s = await scene();
    const { t, ana } = s;
    for (let n = 0; n < MAX_INVITES; n++) expect(await statusOf(s.make(ana))).toBe(201);
    expect(await statusOf(s.make(ana))).toBe(409);
    await t.database.pool.query(`update invites set expires_at = now() - interval '31 days'`);
    expect(await statusOf(s.make(ana))).toBe(201);
    expect((await t.database.pool.query('select from invites')).rowCount).toBe(1);
  });

  test('[C7] stands in no row and no log line; of API keys those that may write make and show it', async () => {
    await using s = await scene();
    const { t, ana, eve } = s;
    const token = await tokenOf(s.make(ana));
    expect(await statusOf(s.join(eve, token))).toBe(200);
    const { rows } = await t.database.pool.query<{ row: string }>('select invites::text as row from invites');
    expect(rows[0]?.row).not.toContain(token.slice(16));
    expect(t.lines.join('')).not.toContain(token.slice(16));
    const asked = async (scope: KeyScope, method: string, path: string) =>
      statusOf(
        t.ask(method, path, {
          headers: { authorization: await bearerOf(t, ana, scope) },
          ...(method === 'POST' && { body: {} }),
        }),
      );
    expect(await asked('read', 'GET', `${s.path}/invites`)).toBe(403);
    expect(await asked('write', 'GET', `${s.path}/invites`)).toBe(200);
    expect(await asked('read', 'POST', `${s.path}/invites`)).toBe(403);
    expect(await asked('read', 'GET', `/api/invites/${token}`)).toBe(200);
    expect(await asked('read', 'POST', `/api/invites/${token}`)).toBe(403);
  });
});

async function bearerOf(t: Edge, as: Person, scope: KeyScope): Promise<string> {
  const answer = await t.ask('POST', '/api/keys', { as, body: { name: 'Bot', scopes: [scope] } });
  return `Bearer ${(await read<{ key: string }>(answer)).key}`;
}
