import { describe, expect, test } from 'vitest';
import type { Conversation, ConversationListItem } from '../../schema/http/conversations.ts';
import { type Edge, type Person, read, startEdge } from './testing.ts';

type List = { items: ConversationListItem[]; next?: string };

const create = (t: Edge, as: Person, body: object) => t.ask('POST', '/api/conversations', { as, body });
const group = async (t: Edge, as: Person, ...others: Person[]) =>
  read<Conversation>(await create(t, as, { title: 'Plans', memberIds: others.map((person) => person.id) }));
const rolesOf = ({ members }: Conversation) => Object.fromEntries(members.map(({ name, role }) => [name, role]));
const listOf = async (t: Edge, as: Person) => read<List>(await t.ask('GET', '/api/conversations', { as }));
const statusOf = async (response: Promise<Response>) => (await response).status;

async function people(t: Edge) {
  const ana = await t.signUp('Ana Berg');
  const bob = await t.signUp('Bob Cole');
  const eve = await t.signUp('Eve Dahl');
  return { ana, bob, eve };
}

describe('people', () => {
  test('know who they are', async () => {
    await using t = await startEdge();
    const { ana } = await people(t);
    const me = await read(await t.ask('GET', '/api/me', { as: ana }));
    expect(me).toEqual({ id: ana.id, name: 'Ana Berg', email: 'ana.berg@example.org' });
  });

  test('keep their session by using it', async () => {
    await using t = await startEdge();
    const { ana } = await people(t);
    expect((await t.ask('GET', '/api/me', { headers: { cookie: ana.cookie } })).headers.get('set-cookie')).toBeNull();
    await t.database.pool.query(`update sessions set expires_at = now() + interval '20 days'`);
    const later = await t.ask('GET', '/api/me', { headers: { cookie: ana.cookie } });
    expect(later.headers.get('set-cookie')).toContain(`${ana.cookie}; Max-Age=2592000`);
    expect((await t.ask('GET', '/api/me', { as: ana })).headers.get('set-cookie')).toBeNull();
  });

  test('find others by the start of a name, or by the whole email address, which is never shown', async () => {
    await using t = await startEdge();
    const { ana, bob } = await people(t);
    await t.signUp('100% Real_Name');
    const search = async (query: string) => {
      const response = await t.ask('GET', `/api/users?query=${encodeURIComponent(query)}`, { as: ana });
      return (await read<{ items: { id: string; name: string }[] }>(response)).items;
    };
    expect(await search('bOb')).toEqual([{ id: bob.id, name: 'Bob Cole' }]);
    expect((await search('cole')).length).toBe(1);
    expect((await search('BOB.cole@example.org')).length).toBe(1);
    expect((await search('bob.cole@')).length).toBe(0);
    expect((await search('ana')).length).toBe(0);
    expect((await search('ob')).length).toBe(0);
    expect((await search('%')).length).toBe(0);
    expect((await search('100%')).length).toBe(1);
    expect((await search('real_n')).length).toBe(1);
    expect((await search('a\0\\')).length).toBe(0);
    await t.database.pool.query(
      `insert into users (id, name, email) select 'x' || n, 'Bob ' || n, n || '@example.org' from generate_series(1, 30) n`,
    );
    expect((await search('bob')).length).toBe(20);
  });
});

describe('starting a conversation', () => {
  test('with one person makes a direct one, the same from both sides and at the same moment', async () => {
    await using t = await startEdge();
    const { ana, bob } = await people(t);
    const both = Array.from({ length: 8 }, (_, n) =>
      create(t, n % 2 ? ana : bob, { memberIds: [n % 2 ? bob.id : ana.id] }),
    );
    const answers = await Promise.all(both);
    expect(answers.map((response) => response.status).sort()).toEqual([...Array(7).fill(200), 201]);
    const conversations = await Promise.all(answers.map((response) => read<Conversation>(response)));
    expect(new Set(conversations.map(({ id }) => id)).size).toBe(1);
    const { id, ...rest } = conversations[0] as Conversation;
    expect(rest).toMatchObject({ title: null, kind: 'direct', epoch: 0, document: `${id}.0` });
    expect(rolesOf(conversations[0] as Conversation)).toEqual({ 'Ana Berg': 'member', 'Bob Cole': 'member' });
    const { rows } = await t.database.pool.query(
      'select conversation, epoch, head, membership, length(generation) as length from documents',
    );
    expect(rows).toEqual([{ conversation: id, epoch: 0, head: 0, membership: 0, length: 16 }]);
  });

  test('otherwise makes a group that its creator owns', async () => {
    await using t = await startEdge();
    const { ana, bob, eve } = await people(t);
    const response = await create(t, ana, { title: '  Plans ', memberIds: [bob.id, eve.id, bob.id, ana.id] });
    expect(response.status).toBe(201);
    const made = await read<Conversation>(response);
    expect(made).toMatchObject({ title: 'Plans', kind: 'group' });
    expect(rolesOf(made)).toEqual({ 'Ana Berg': 'owner', 'Bob Cole': 'member', 'Eve Dahl': 'member' });
    expect(t.changed).toEqual([made.id]);
    expect((await read<Conversation>(await create(t, ana, { memberIds: [bob.id, eve.id] }))).title).toBeNull();
    expect((await read<Conversation>(await create(t, ana, { title: 'Two', memberIds: [bob.id] }))).kind).toBe('group');
  });

  test('with nobody else needs a title, and waits for its members', async () => {
    await using t = await startEdge();
    const { ana } = await people(t);
    for (const memberIds of [[], [ana.id]]) {
      const response = await create(t, ana, { title: 'To come', memberIds });
      expect(response.status).toBe(201);
      const made = await read<Conversation>(response);
      expect(made).toMatchObject({ title: 'To come', kind: 'group' });
      expect(rolesOf(made)).toEqual({ 'Ana Berg': 'owner' });
    }
  });

  test('takes a title of null for none, as answers have it', async () => {
    await using t = await startEdge();
    const { ana, bob } = await people(t);
    const direct = await create(t, ana, { title: null, memberIds: [bob.id] });
    expect(direct.status).toBe(201);
    expect(await read(direct)).toMatchObject({ title: null, kind: 'direct' });
    expect(await statusOf(create(t, ana, { title: null, memberIds: [] }))).toBe(422);
  });

  test('needs people who exist', async () => {
    await using t = await startEdge();
    const { ana, bob } = await people(t);
    const response = await create(t, ana, { memberIds: [bob.id, 'nobody', 'no-one'] });
    expect(response.status).toBe(422);
    expect((await read<{ errors: unknown }>(response)).errors).toEqual([
      { path: 'memberIds', message: 'There is no person nobody' },
      { path: 'memberIds', message: 'There is no person no-one' },
    ]);
    for (const body of [{ memberIds: [] }, { memberIds: [ana.id] }, { title: ' ', memberIds: [bob.id] }, {}, []])
      expect(await statusOf(create(t, ana, body))).toBe(422);
    expect((await read<List>(await t.ask('GET', '/api/conversations', { as: ana }))).items).toEqual([]);
  });
});

describe('the list', () => {
  test('has the latest activity first, the newest message, what is unread, and goes on where a page ended', async () => {
    await using t = await startEdge();
    const { ana, bob, eve } = await people(t);
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) ids.push((await group(t, ana, bob)).id);
    await group(t, bob, eve);
    const post = (as: Person, id: string | undefined, text: string) =>
      t.ask('POST', `/api/conversations/${id}/messages`, { as, body: { text } });
    await post(bob, ids[1], 'first');
    await post(ana, ids[1], 'second');
    await post(bob, ids[1], 'x'.repeat(500));
    await t.ask('GET', `/api/conversations/${ids[1]}/messages`, { as: ana });
    const list = async (query: string, as = ana) =>
      read<List>(await t.ask('GET', `/api/conversations${query}`, { as }));
    const all = await list('');
    expect(all.next).toBeUndefined();
    expect(all.items.map(({ id }) => id)).toEqual([ids[1], ids[4], ids[3], ids[2], ids[0]]);
    const [first, second] = all.items;
    expect(first).toMatchObject({ unread: 2, document: `${ids[1]}.0`, title: 'Plans', last: { from: bob.id } });
    expect(first?.last?.text?.length).toBe(140);
    expect(first?.members.length).toBe(2);
    expect(second).toMatchObject({ unread: 0 });
    expect(second && 'last' in second).toBe(false);
    expect((await list('', bob)).items.find(({ id }) => id === ids[1])?.unread).toBe(1);

    const paged: string[] = [];
    for (let page = await list('?limit=2'); ; page = await list(`?limit=2&cursor=${page.next}`)) {
      paged.push(...page.items.map(({ id }) => id));
      if (page.next === undefined) break;
    }
    expect(paged).toEqual(all.items.map(({ id }) => id));
  });

  test('counts a message as read by its receipt, and a deleted one not at all', async () => {
    await using t = await startEdge();
    const { ana, bob } = await people(t);
    const { id } = await group(t, ana, bob);
    for (const text of ['one', 'two', 'three'])
      await t.ask('POST', `/api/conversations/${id}/messages`, { as: bob, body: { text } });
    await t.ask('GET', `/api/conversations/${id}/messages`, { as: ana });
    const { pool } = t.database;
    await pool.query(
      `insert into read_clocks (conversation, "user", epoch, writer, clock)
       select conversation, $1, epoch, writer, clock from messages where body = 'one'`,
      [ana.id],
    );
    await pool.query(`update messages set body = null, deleted_at = now(), deleted_by = $1 where body = 'three'`, [
      bob.id,
    ]);
    const { items } = await read<List>(await t.ask('GET', '/api/conversations', { as: ana }));
    expect(items[0]).toMatchObject({ unread: 1, last: { text: null } });
  });

  test('counts what is unread from the newest epoch read on, and shows the last message across epochs', async () => {
    await using t = await startEdge();
    const { ana, bob, eve } = await people(t);
    const { id } = await group(t, ana, bob, eve);
    const { pool } = t.database;
    // Four epochs, the last one empty; in each two of Bob, three of Eve (the last deleted) and one of Ana.
    await pool.query('update conversations set epoch = 3');
    await pool.query(
      `insert into documents (id, conversation, epoch, generation) select $1 || '.' || e, $1, e, 'g' from generate_series(1, 3) e`,
      [id],
    );
    await pool.query(
      `insert into messages (conversation, id, epoch, writer, clock, seq, ordinal, sender, body, sent_at, committed_at, deleted_at, deleted_by)
       select $1, writer || '-' || clock, e, writer, clock, row_number() over (order by e, writer, clock), 0, sender,
         case when not is_gone then e || sender end, now(), now(), case when is_gone then now() end, case when is_gone then sender end
       from generate_series(0, 2) e cross join lateral (values
         (10 + e, 0, $2, false), (10 + e, 1, $2, false), (20 + e, 0, $3, false), (20 + e, 1, $3, false), (20 + e, 2, $3, true),
         (30 + e, 0, $4, false)) x (writer, clock, sender, is_gone)`,
      [id, bob.id, eve.id, ana.id],
    );
    const read = async (epoch: number, writer: number, clock: number) =>
      pool.query(
        `insert into read_clocks values ($1, $2, $3, $4, $5) on conflict (conversation, "user", epoch, writer) do update set clock = $5`,
        [id, ana.id, epoch, writer, clock],
      );
    const first = async (as = ana) => (await listOf(t, as)).items[0];
    expect(await first()).toMatchObject({ epoch: 3, unread: 12, last: { text: `2${ana.id}` } });
    expect((await first(bob))?.unread).toBe(9);
    await read(0, 10, 0);
    expect((await first())?.unread).toBe(11);
    await read(1, 21, 0);
    expect((await first())?.unread).toBe(7);
    await read(2, 12, 1);
    expect((await first())?.unread).toBe(2);
    await read(2, 22, 5);
    expect((await first())?.unread).toBe(0);
  });

  test('counts no further than a thousand', async () => {
    await using t = await startEdge();
    const { ana, bob } = await people(t);
    const { id } = await group(t, ana, bob);
    await t.database.pool.query(
      `insert into messages (conversation, id, epoch, writer, clock, seq, ordinal, sender, body, sent_at, committed_at)
       select $1, '1-' || n, 0, 1, n, n, 0, $2, 'x', now(), now() from generate_series(0, 1200) n`,
      [id, bob.id],
    );
    expect((await listOf(t, ana)).items[0]?.unread).toBe(1000);
  });

  test('costs two queries however long it is: who asks, and the page', async () => {
    await using t = await startEdge();
    const { ana, bob } = await people(t);
    for (let n = 0; n < 5; n++) await group(t, ana, bob);
    t.queries.length = 0;
    await t.ask('GET', '/api/conversations', { as: ana });
    expect(t.queries.length).toBe(2);
  });
});
