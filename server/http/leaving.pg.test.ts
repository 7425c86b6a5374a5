/** Leaving a group and deleting an account over HTTP: who is out, what others still read, and where the bytes are. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { CLOSE } from '../../schema/close-codes.ts';
import type { Conversation, ConversationListItem } from '../../schema/http/conversations.ts';
import { type ConversationId, documentId, type UserId } from '../../schema/ids.ts';
import { deleteAccount } from '../account/delete-account.ts';
import { inTransaction } from '../database/transaction.ts';
import type { Notices } from '../fan-out/fan-out.ts';
import { LocalDevice } from '../testing/local-device.ts';
import { columnsHolding } from '../workers/testing.ts';
import { LIMITS } from './rate-limits.ts';
import { type Edge, type Person, read, startEdge } from './testing.ts';

const PASSWORD = 'correct horse battery';
/** In what the one who leaves wrote, and nowhere else. */
const GONE = 'takenback';

const statusOf = async (response: Promise<Response>): Promise<number> => (await response).status;

/** A person who can prove who they are. */
async function signUp(t: Edge, name: string): Promise<Person> {
  const email = `${name.toLowerCase()}@example.org`;
  const body = { name, email, password: PASSWORD };
  const response = await t.ask('POST', '/api/auth/sign-up/email', { headers: { origin: t.origin }, body });
  const { user } = await read<{ user: { id: string } }>(response);
  const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? '';
  return { id: user.id, name, email, bearer: `Bearer ${response.headers.get('set-auth-token')}`, cookie };
}

async function scene(t: Edge) {
  // The first account is the admin, whom the audit log names.
  const ana = await signUp(t, 'Ana');
  const [bo, cy] = await Promise.all(['Bo', 'Cy'].map((name) => signUp(t, name)));
  if (!bo || !cy) throw new Error('unreachable');
  const create = async (as: Person, body: object) =>
    (await read<Conversation>(await t.ask('POST', '/api/conversations', { as, body }))).id;
  const group = await create(bo, { title: 'Plans', memberIds: [ana.id, cy.id] });
  const direct = await create(bo, { memberIds: [ana.id] });
  return { ana, bo, cy, group, direct, create };
}

const say = async (t: Edge, as: Person, conversation: string, text: string) =>
  read<{ id: string }>(
    await t.ask('POST', `/api/conversations/${conversation}/messages`, {
      as,
      body: { text },
      headers: { 'idempotency-key': randomUUID() },
    }),
  );

const textsOf = async (t: Edge, as: Person, conversation: string): Promise<(string | null)[]> => {
  const answer = await t.ask('GET', `/api/conversations/${conversation}/messages`, { as });
  const { items } = await read<{ items: { text: string | null }[] }>(answer);
  return items.map(({ text }) => text).reverse();
};

const find = async (t: Edge, as: Person, id: string): Promise<Conversation> =>
  read<Conversation>(await t.ask('GET', `/api/conversations/${id}`, { as }));

/** Waits for the eraser, and for what a snapshot takes out of journal and older snapshots. */
async function erased(t: Edge, ...conversations: string[]): Promise<void> {
  await t.eraser.work();
  for (const id of conversations) await t.snapshotter.take(id as never, 0);
}

describe('leaving with erasure', () => {
  test('[P4] is at once for who leaves; nothing they wrote there is in any byte, and what they wrote elsewhere stays', async () => {
    await using t = await startEdge();
    const { ana, bo, group, direct } = await scene(t);
    await say(t, bo, group, `${GONE} one`);
    await say(t, ana, group, 'an answer');
    await t.snapshotter.take(group as never, 0);
    await say(t, bo, group, `${GONE} two`);
    await say(t, bo, direct, 'something else');
    expect(await columnsHolding(t.database.pool, GONE)).toContain('snapshots.state');
    const leave = t.ask('DELETE', `/api/conversations/${group}/members/${bo.id}?erase=true`, { as: bo });
    expect(await statusOf(leave)).toBe(204);
    expect(await statusOf(t.ask('GET', `/api/conversations/${group}`, { as: bo }))).toBe(404);
    await erased(t, group);
    expect(await columnsHolding(t.database.pool, GONE)).toEqual([]);
    expect(await textsOf(t, ana, group)).toEqual([null, 'an answer', null]);
    expect(await textsOf(t, bo, direct)).toEqual(['something else']);
    const { rows } = await t.database.pool.query(
      'select distinct deleted_by from messages where deleted_at is not null',
    );
    expect(rows).toEqual([{ deleted_by: bo.id }]);
    const { members } = await find(t, ana, group);
    // Both came at the same time: either may own it now.
    expect(members.map(({ role }) => role).toSorted()).toEqual(['member', 'owner']);
  });

  test('is everybody’s own right only, and ends with the wish: who leaves without it leaves what they wrote', async () => {
    await using t = await startEdge();
    const { ana, bo, cy, group, direct } = await scene(t);
    await say(t, cy, group, 'stays');
    const remove = (as: Person, whom: Person, id = group, query = '?erase=true') =>
      statusOf(t.ask('DELETE', `/api/conversations/${id}/members/${whom.id}${query}`, { as }));
    expect(await remove(bo, cy)).toBe(403);
    expect(await remove(bo, bo, direct)).toBe(409);
    expect(await remove(cy, cy, group, '?erase=perhaps')).toBe(400);
    expect(await remove(cy, cy, group, '')).toBe(204);
    await erased(t, group);
    expect(await textsOf(t, ana, group)).toEqual(['stays']);
  });

  test('keeps the person out until it is done, and lets the last one take the group along', async () => {
    await using t = await startEdge();
    const { ana, bo, group, create } = await scene(t);
    await say(t, ana, group, GONE);
    const put = () =>
      statusOf(t.ask('PUT', `/api/conversations/${group}/members/${ana.id}`, { as: bo, body: { role: 'member' } }));
    // As if another server were at it.
    await t.database.pool.query(
      `create function claim() returns trigger language plpgsql as $$ begin new.claimed_at := now(); return new; end $$;
       create trigger claimed before insert on erasures for each row execute function claim()`,
    );
    await t.ask('DELETE', `/api/conversations/${group}/members/${ana.id}?erase=true`, { as: ana });
    expect(await put()).toBe(409);
    await t.database.pool.query('update erasures set claimed_at = null');
    await erased(t, group);
    expect(await put()).toBe(200);
    expect(await textsOf(t, ana, group)).toEqual([null]);

    const alone = await create(ana, { title: 'Alone', memberIds: [] });
    const two = await create(ana, { title: 'Two', memberIds: [bo.id] });
    for (const [id, one] of [
      [alone, ana],
      [two, ana],
      [two, bo],
    ] as const)
      expect(
        await statusOf(t.ask('DELETE', `/api/conversations/${id}/members/${one.id}?erase=true`, { as: one })),
      ).toBe(204);
    for (const table of ['conversations where id', 'erasures where conversation'])
      expect((await t.database.pool.query(`select from ${table} = any($1)`, [[alone, two]])).rowCount, table).toBe(0);
  });
});

describe('deleting an account', () => {
  const deleteMe = (t: Edge, as: Person, body: unknown = { password: PASSWORD, erase: true }) =>
    t.ask('DELETE', '/api/me', { as, body });

  test('needs the password, and is limited in guesses', async () => {
    await using t = await startEdge({ rateLimits: 'on' });
    const bo = await signUp(t, 'Bo');
    expect(await statusOf(deleteMe(t, bo, { erase: true }))).toBe(422);
    expect(await statusOf(deleteMe(t, bo, { password: PASSWORD }))).toBe(422);
    const wrong = await deleteMe(t, bo, { password: 'guess', erase: false });
    expect([wrong.status, await read(wrong)]).toMatchObject([403, { code: 'INVALID_PASSWORD' }]);
    // Whatever is wrong with them, they count.
    for (let asked = 3; asked < LIMITS.account.points; asked++) await deleteMe(t, bo, {});
    expect(await statusOf(deleteMe(t, bo))).toBe(429);
    const cross = t.ask('DELETE', '/api/me', {
      headers: { cookie: bo.cookie, origin: 'https://elsewhere.example' },
      body: { password: PASSWORD, erase: true },
    });
    expect(await statusOf(cross)).toBe(403);
    expect(await statusOf(t.ask('GET', '/api/me', { as: bo }))).toBe(200);
  });

  test('[P4] with erasure leaves neither name, address, password nor a word they wrote anywhere, former groups included', async () => {
    await using t = await startEdge();
    const { ana, bo, cy, group, direct, create } = await scene(t);
    const former = await create(ana, { title: 'Former', memberIds: [bo.id, cy.id] });
    for (const id of [group, direct, former]) await say(t, bo, id, `${GONE} in ${id}`);
    await say(t, ana, direct, 'an answer');
    await t.ask('DELETE', `/api/conversations/${former}/members/${bo.id}`, { as: bo });
    await t.ask('PATCH', `/api/conversations/${group}`, { as: bo, body: { title: 'Plans' } });
    await t.snapshotter.take(direct as never, 0);
    await t.database.pool.query(`insert into user_keys (id, "user", public_encryption_key) values ('key', $1, $2)`, [
      bo.id,
      GONE,
    ]);
    const revoked: Notices['revoked'][] = [];
    const heads: Notices['head'][] = [];
    t.fanOut.subscribe('revoked', (notice) => revoked.push(notice));
    t.fanOut.subscribe('head', (notice) => heads.push(notice));
    t.changed.length = 0;
    const { rows: sessions } = await t.database.pool.query('select id from sessions where "user" = $1', [bo.id]);

    const answer = await deleteMe(t, bo);
    expect(answer.status).toBe(204);
    expect(answer.headers.get('set-cookie')).toMatch(/session_token=;.*Max-Age=0/);
    expect(revoked).toEqual([{ sessions: sessions.map(({ id }) => id) }]);
    expect(t.changed.toSorted()).toEqual([group, direct].toSorted());
    expect(heads).toMatchObject([{ conversation: direct, preview: '', members: [ana.id] }]);
    await erased(t, group, direct, former);

    for (const text of [GONE, 'bo@example.org']) expect(await columnsHolding(t.database.pool, text)).toEqual([]);
    expect(await columnsHolding(t.database.pool, bo.id)).toEqual([
      'conversations.direct_key',
      ...['members.user', 'messages.deleted_by', 'messages.sender', 'snapshots.state', 'users.id', 'writers.user'],
    ]);
    expect(await textsOf(t, ana, direct)).toEqual([null, 'an answer']);
    expect(await textsOf(t, cy, former)).toEqual([null]);
    const inGroup = (await find(t, ana, group)).members;
    expect(inGroup.map(({ id, role }) => [id, role])).toEqual(
      [
        [ana.id, ana.id < cy.id ? 'owner' : 'member'],
        [cy.id, ana.id < cy.id ? 'member' : 'owner'],
      ].toSorted(),
    );
    expect((await find(t, ana, direct)).members).toContainEqual({
      ...{ id: bo.id, name: 'Deleted account', role: 'member', isDeleted: true },
    });
  });

  test('without erasure keeps what others were told, but not what was read', async () => {
    await using t = await startEdge();
    const { ana, bo, group, direct } = await scene(t);
    const { id } = await say(t, ana, direct, 'seen');
    await say(t, bo, direct, 'stays');
    await say(t, bo, group, 'stays as well');
    await t.snapshotter.take(direct as never, 0);
    await t.database.pool.query(
      `insert into read_receipts (conversation, message, "user", read_at) values ($1, $2, $3, now())`,
      [direct, id, bo.id],
    );
    expect(await statusOf(deleteMe(t, bo, { password: PASSWORD, erase: false }))).toBe(204);
    await erased(t, group, direct);
    expect(await textsOf(t, ana, direct)).toEqual(['seen', 'stays']);
    expect(await textsOf(t, ana, group)).toEqual(['stays as well']);
    const { rows } = await t.database.pool.query(
      `select (select count(*)::int from read_receipts where "user" = $1) as receipts,
        (select count(*)::int from erasures) as wishes, (select count(*)::int from idempotency_keys where "user" = $1) as keys`,
      [bo.id],
    );
    expect(rows).toEqual([{ receipts: 0, wishes: 0, keys: 0 }]);
    const { items } = await read<{ items: ConversationListItem[] }>(
      await t.ask('GET', '/api/conversations', { as: ana }),
    );
    expect(items.map(({ members }) => members.length).toSorted()).toEqual([2, 2]);
  });

  test('is the end of it: no session, no sign-in, nobody finds, adds or writes to them; the address is free again', async () => {
    await using t = await startEdge();
    const { ana, bo, group, direct } = await scene(t);
    expect(await statusOf(deleteMe(t, bo))).toBe(204);
    expect(await statusOf(t.ask('GET', '/api/me', { as: bo }))).toBe(401);
    expect(await statusOf(deleteMe(t, bo))).toBe(401);
    const body = { email: bo.email, password: PASSWORD };
    const signIn = t.ask('POST', '/api/auth/sign-in/email', { headers: { origin: t.origin }, body });
    expect(await statusOf(signIn)).toBe(401);
    for (const query of ['', 'Del', 'Bo', bo.email])
      expect(
        (
          await read<{ items: { id: string }[] }>(await t.ask('GET', `/api/users?query=${query}`, { as: ana }))
        ).items.some(({ id }) => id === bo.id),
      ).toBe(false);
    const put = t.ask('PUT', `/api/conversations/${group}/members/${bo.id}`, { as: ana, body: { role: 'member' } });
    expect([403, 404]).toContain(await statusOf(put));
    expect(await statusOf(t.ask('POST', '/api/conversations', { as: ana, body: { memberIds: [bo.id] } }))).toBe(422);
    const again = await signUp(t, 'Bo');
    expect(again.id).not.toBe(bo.id);
    expect(await statusOf(t.ask('GET', `/api/conversations/${direct}`, { as: again }))).toBe(404);
  });

  test('[P2] lets nothing pass that was on its way, also in conversations that others keep', async () => {
    await using t = await startEdge();
    const { ana, bo, direct } = await scene(t);
    const device = new LocalDevice(bo.id);
    await device.join(t.rooms, documentId(direct as ConversationId, 0));
    await inTransaction(t.database.pool, (client) => deleteAccount(client, { user: bo.id as UserId, erase: false }));
    device.say('after all');
    await device.bell.until(() => device.closed, 'the end of the channel');
    expect(device.closed).toBe(CLOSE.notMember);
    expect(await textsOf(t, ana, direct)).toEqual([]);
  });

  test('leaves no session to who signs in at that very moment, and no seat to who is being added', async () => {
    await using t = await startEdge();
    const { ana, bo } = await scene(t);
    const client = await t.database.pool.connect();
    await client.query('begin');
    await client.query('update users set deleted_at = now(), email = null where id = $1', [bo.id]);
    const late = Promise.allSettled([
      t.database.pool.query(`insert into sessions (id, "user", token, expires_at) values ('s', $1, 't', now())`, [
        bo.id,
      ]),
      t.ask('POST', '/api/conversations', { as: ana, body: { title: 'Late', memberIds: [bo.id] } }),
    ]);
    for (let waiting = 0; waiting < 2; )
      waiting =
        (
          await t.database.pool.query(
            `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
          )
        ).rowCount ?? 0;
    await client.query('commit');
    client.release();
    expect(await late).toMatchObject([
      { status: 'rejected', reason: { message: 'The account is deleted or deactivated' } },
      { status: 'fulfilled', value: { status: 500 } },
    ]);
  });
});
