import { describe, expect, test } from 'vitest';
import type { Conversation } from '../../schema/http/conversations.ts';
import type { PostedMessage, ProjectedMessage } from '../../schema/http/messages.ts';
import { REFUSALS, type RefusalKind } from '../../schema/refusals.ts';
import { type Edge, type Person, read, startEdge } from './testing.ts';

type List = { items: ProjectedMessage[]; next?: string };

async function conversation(t: Edge) {
  const ana = await t.signUp('Ana');
  const bob = await t.signUp('Bob');
  const made = await t.ask('POST', '/api/conversations', { as: ana, body: { memberIds: [bob.id] } });
  const path = `/api/conversations/${(await read<Conversation>(made)).id}/messages`;
  const post = (as: Person, body: object, headers: Record<string, string> = {}) =>
    t.ask('POST', path, { as, body, headers });
  const list = async (query = '') => read<List>(await t.ask('GET', `${path}${query}`, { as: bob }));
  return { ana, bob, path, post, list };
}

describe('posting', () => {
  test('answers when the message is durable, and everybody reads it at once', async () => {
    await using t = await startEdge();
    const { ana, bob, post, list } = await conversation(t);
    const before = Date.now();
    const response = await post(ana, { text: 'Hello' });
    expect(response.status).toBe(201);
    const { id, seq } = await read<PostedMessage>(response);
    const answer = await read<PostedMessage>(await post(bob, { text: 'Hi', re: id }));
    const { items } = await list();
    expect(items).toEqual([
      expect.objectContaining({ id: answer.id, from: bob.id, text: 'Hi', re: id, seq: answer.seq }),
      { id, from: ana.id, text: 'Hello', at: expect.any(Number), epoch: 0, seq, committedAt: expect.any(Number) },
    ]);
    expect(Math.abs((items[1]?.at ?? 0) - before)).toBeLessThan(10_000);
  });

  test('twice with one key posts once and answers the same', async () => {
    await using t = await startEdge();
    const { ana, bob, post, list } = await conversation(t);
    const key = { 'idempotency-key': 'order-17' };
    const first = await read(await post(ana, { text: 'Hello' }, key));
    expect(await read(await post(ana, { text: 'Hello' }, key))).toEqual(first);
    expect(await read(await post(bob, { text: 'Hello' }, key))).not.toEqual(first);
    expect(await read(await post(ana, { text: 'Hello', re: null }, key))).toEqual(first);
    expect((await list()).items.length).toBe(2);
    for (const bad of ['', 'x'.repeat(256)])
      expect((await post(ana, { text: 'x' }, { 'idempotency-key': bad })).status).toBe(400);
    expect((await post(ana, { text: 'x' }, { 'idempotency-key': 'x'.repeat(255) })).status).toBe(201);
  });

  test('with a key that was used for something else posts nothing', async () => {
    await using t = await startEdge();
    const { ana, bob, post, list } = await conversation(t);
    const key = { 'idempotency-key': 'order-17' };
    const first = await read<PostedMessage>(await post(ana, { text: 'Hello' }, key));
    const elsewhere = await t.ask('POST', '/api/conversations', {
      as: ana,
      body: { title: 'Other', memberIds: [bob.id] },
    });
    const { id } = await read<{ id: string }>(elsewhere);
    const others = [
      () => post(ana, { text: 'Hello!' }, key),
      () => post(ana, { text: 'Hello', re: first.id }, key),
      () => t.ask('POST', `/api/conversations/${id}/messages`, { as: ana, body: { text: 'Hello' }, headers: key }),
    ];
    for (const other of others) {
      const response = await other();
      expect(response.status).toBe(422);
      expect((await read<{ detail: string }>(response)).detail).toContain('Idempotency-Key');
    }
    expect(await read(await post(ana, { text: 'Hello' }, key))).toEqual(first);
    expect((await list()).items.length).toBe(1);
  });

  test('at the same moment with one key and different texts posts one of them', async () => {
    await using t = await startEdge();
    const { ana, post, list } = await conversation(t);
    const answers = await Promise.all(
      Array.from({ length: 6 }, async (_, n) => (await post(ana, { text: `${n}` }, { 'idempotency-key': 'k' })).status),
    );
    expect(answers.toSorted()).toEqual([201, 422, 422, 422, 422, 422]);
    expect((await list()).items.length).toBe(1);
  });

  test('at the same moment with one key posts once', async () => {
    await using t = await startEdge();
    const { ana, post, list } = await conversation(t);
    const answers = await Promise.all(
      Array.from({ length: 6 }, async () => read(await post(ana, { text: 'Hello' }, { 'idempotency-key': 'k' }))),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect((await list()).items.length).toBe(1);
  });

  test('is refused by kind, as sockets are', async () => {
    await using t = await startEdge();
    const { ana, post, list } = await conversation(t);
    for (const [text, kind] of [
      ['', 'bad-text'],
      ['a\0b', 'bad-text'],
      ['x'.repeat(8_001), 'too-long'],
    ] as const) {
      const response = await post(ana, { text });
      expect(response.status).toBe(422);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
      expect(await read(response)).toMatchObject({ status: 422, kind });
    }
    expect((await post(ana, { text: 1 })).status).toBe(422);
    expect((await post(ana, { text: 'x', re: 'no id' })).status).toBe(422);
    expect((await list()).items).toEqual([]);
  });

  test('answers every refusal with a status of its own', async () => {
    let kind: RefusalKind = 'rate';
    await using t = await startEdge({ rooms: { post: async () => ({ ok: false, kind }) } });
    const { ana, post } = await conversation(t);
    const statuses: Record<string, number> = {};
    for (kind of Object.keys(REFUSALS) as RefusalKind[]) statuses[kind] = (await post(ana, { text: 'x' })).status;
    expect(statuses).toEqual({
      'too-long': 422,
      'too-large': 422,
      'bad-text': 422,
      'not-found': 422,
      'not-author': 403,
      deleted: 409,
      'window-over': 409,
      'not-member': 404,
      'read-only': 409,
      'no-file': 409,
      rate: 429,
    });
  });

  test('is a failure when the room fails', async () => {
    await using t = await startEdge({
      rooms: {
        post: async () => {
          throw new Error('no commit');
        },
      },
    });
    const { ana, post } = await conversation(t);
    expect((await post(ana, { text: 'x' })).status).toBe(500);
  });
});

describe('reading', () => {
  test('goes back page by page, and forward from any place', async () => {
    await using t = await startEdge();
    const { ana, post, list, path } = await conversation(t);
    const ids: string[] = [];
    for (let n = 0; n < 7; n++) ids.unshift((await read<PostedMessage>(await post(ana, { text: `m${n}` }))).id);
    const idsOf = ({ items }: List) => items.map(({ id }) => id);
    const first = await list('?limit=3');
    expect(idsOf(first)).toEqual(ids.slice(0, 3));
    const second = await list(`?limit=3&before=${first.next}`);
    expect(idsOf(second)).toEqual(ids.slice(3, 6));
    const third = await list(`?limit=3&before=${second.next}`);
    expect(idsOf(third)).toEqual(ids.slice(6));
    expect(third.next).toBeUndefined();

    const forward = await list(`?limit=2&after=${ids[5]}`);
    expect(idsOf(forward)).toEqual(ids.slice(3, 5));
    expect(idsOf(await list(`?limit=3&after=${forward.next}`))).toEqual(ids.slice(0, 3));
    expect(idsOf(await list(`?after=${ids[5]}&before=${ids[2]}`))).toEqual(ids.slice(3, 5));
    expect(idsOf(await list(`?after=${ids[0]}`))).toEqual([]);
    expect(idsOf(await list('?limit=100000'))).toEqual(ids);
    const walk = async (query: string) => {
      const pages: string[][] = [];
      for (let page = await list(query); ; page = await list(`${query}&cursor=${page.next}`)) {
        pages.push(idsOf(page));
        if (page.next === undefined) return pages;
      }
    };
    expect(await walk('?limit=3')).toEqual([ids.slice(0, 3), ids.slice(3, 6), ids.slice(6)]);
    expect(await walk(`?limit=2&before=${ids[3]}`)).toEqual([ids.slice(4, 6), ids.slice(6)]);
    expect(await walk(`?limit=2&after=${ids[5]}`)).toEqual([ids.slice(3, 5), ids.slice(1, 3), ids.slice(0, 1)]);
    expect(await walk(`?limit=2&after=${ids[5]}&before=${ids[1]}`)).toEqual([ids.slice(2, 4), ids.slice(4, 5)]);
    for (const query of ['?before=1-1', '?before=x', '?cursor=x', '?limit=0', '?limit=x', `?after=${'x'.repeat(600)}`])
      expect((await t.ask('GET', `${path}${query}`, { as: ana })).status, query).toBe(400);
  });

  test('shows edits, and of deleted messages only who and when', async () => {
    await using t = await startEdge();
    const { ana, bob, post, list } = await conversation(t);
    await post(ana, { text: 'one' });
    await post(ana, { text: 'two' });
    await list();
    await t.database.pool.query(
      `update messages set body = 'edited', edited_at = to_timestamp(1000) where body = 'one'`,
    );
    await t.database.pool.query(
      `update messages set body = null, deleted_at = to_timestamp(2000), deleted_by = $1 where body = 'two'`,
      [bob.id],
    );
    const { items } = await list();
    expect(items[0]).toMatchObject({ text: null, deletedAt: 2_000_000, by: bob.id });
    expect(items[1]).toMatchObject({ text: 'edited', editedAt: 1_000_000 });
  });

  test('finds one message, also right after it was posted', async () => {
    await using t = await startEdge();
    const { ana, bob, path, post } = await conversation(t);
    const { id, seq } = await read<PostedMessage>(await post(ana, { text: 'Hello' }));
    const found = await t.ask('GET', `${path}/${id}`, { as: bob });
    expect(await read(found)).toMatchObject({ id, text: 'Hello', epoch: 0, seq });
    const missing = await t.ask('GET', `${path}/1-1`, { as: bob });
    expect(missing.status).toBe(404);
    expect(missing.headers.get('content-type')).toBe('application/problem+json');
    const eve = await t.signUp('Eve');
    expect((await t.ask('GET', `${path}/${id}`, { as: eve })).status).toBe(404);
  });

  test('finds the message at a time, across epochs', async () => {
    await using t = await startEdge();
    const { ana, bob, path } = await conversation(t);
    const id = path.split('/')[3];
    const at = async (time: string) => t.ask('GET', `${path}/at?time=${encodeURIComponent(time)}`, { as: bob });
    expect((await at('2026-01-01T00:00:00Z')).status).toBe(404);
    // A message an hour, three an epoch; between the epochs a day; the last epoch is still empty.
    await t.database.pool.query(
      `insert into documents (id, conversation, epoch, generation) select $1 || '.' || n, $1, n, 'g' from generate_series(1, 3) n`,
      [id],
    );
    await t.database.pool.query(
      `insert into messages (conversation, id, epoch, writer, clock, seq, ordinal, sender, body, sent_at, committed_at)
       select $1, '1-' || e || n, e, 1, e * 3 + n, n, 0, $2, e || '.' || n, now(), '2026-01-01T00:00Z'::timestamptz
         + make_interval(days => e, hours => n) from generate_series(0, 2) e, generate_series(0, 2) n`,
      [id, ana.id],
    );
    const textAt = async (time: string) => (await read<ProjectedMessage>(await at(time))).text;
    expect(await textAt('2020-01-01T00:00:00Z')).toBe('0.0');
    expect(await textAt('2026-01-01T01:00:00Z')).toBe('0.1');
    expect(await textAt('2026-01-01T02:00:00+01:00')).toBe('0.1');
    expect(await textAt('2026-01-01T01:00:01Z')).toBe('0.2');
    expect(await textAt('2026-01-01T12:00:00Z')).toBe('1.0');
    expect(await textAt('2026-01-03T00:00:00.000Z')).toBe('2.0');
    expect(await textAt('2030-01-01T00:00:00Z')).toBe('2.2');
    expect((await at('yesterday')).status).toBe(400);
    const eve = await t.signUp('Eve');
    expect((await t.ask('GET', `${path}/at?time=2026-01-01T00:00:00Z`, { as: eve })).status).toBe(404);
  });

  test('costs three queries however long the page is: who asks, membership, the page', async () => {
    await using t = await startEdge();
    const { ana, post, list } = await conversation(t);
    for (let n = 0; n < 5; n++) await post(ana, { text: `m${n}` });
    t.queries.length = 0;
    await list('?limit=5');
    expect(t.queries.length).toBe(3);
  });
});
