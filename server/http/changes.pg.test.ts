import { describe, expect, test } from 'vitest';
import type { Conversation } from '../../schema/http/conversations.ts';
import type { PostedMessage, SyncedMessage } from '../../schema/http/messages.ts';
import { type Edge, type Person, read, startEdge } from './testing.ts';

type Changes = { messages: SyncedMessage[]; cursor: string; more: boolean };

async function start(t: Edge, member: Person, title: string): Promise<string> {
  const ana = await t.signUp(`Owner of ${title}`);
  const body = { memberIds: [member.id], title };
  return (await read<Conversation>(await t.ask('POST', '/api/conversations', { as: ana, body }))).id;
}

const post = async (t: Edge, as: Person, conversation: string, text: string): Promise<string> =>
  (
    await read<PostedMessage>(
      await t.ask('POST', `/api/conversations/${conversation}/messages`, { as, body: { text } }),
    )
  ).id;

async function changes(t: Edge, as: Person, query: Record<string, string> = {}): Promise<Changes> {
  const response = await t.ask('GET', `/api/messages/sync?${new URLSearchParams(query)}`, { as });
  expect(response.status).toBe(200);
  return read<Changes>(response);
}

/** Pages until there is no more. */
async function all(t: Edge, as: Person, since?: string, limit = '3'): Promise<{ texts: unknown[]; cursor: string }> {
  const texts: unknown[] = [];
  for (let cursor = since; ; ) {
    const page = await changes(t, as, { limit, ...(cursor && { since: cursor }) });
    texts.push(...page.messages.map(({ text }) => text));
    cursor = page.cursor;
    if (!page.more) return { texts, cursor };
    expect(page.messages.length).toBe(Number(limit));
  }
}

describe('GET /api/messages/sync', () => {
  test('brings everything of one’s conversations in pages, then only what changed', async () => {
    await using t = await startEdge();
    const bo = await t.signUp('Bo');
    const stranger = await t.signUp('Stranger');
    const [one, two] = [await start(t, bo, 'One'), await start(t, bo, 'Two')];
    for (let n = 0; n < 4; n++) {
      await post(t, bo, one, `one ${n}`);
      await post(t, bo, two, `two ${n}`);
    }
    const first = await all(t, bo);
    expect(first.texts.toSorted()).toEqual([0, 1, 2, 3].flatMap((n) => [`one ${n}`, `two ${n}`]).toSorted());
    expect((await all(t, bo, first.cursor)).texts).toEqual([]);
    expect((await changes(t, stranger)).messages).toEqual([]);
    await post(t, bo, two, 'later');
    const { messages, cursor } = await changes(t, bo, { since: first.cursor });
    expect(messages).toMatchObject([{ conversation: two, text: 'later', from: bo.id, epoch: 0, seq: 5 }]);
    // What changes again comes again, as it is now.
    await t.database.pool.query(
      `update messages set body = null, deleted_at = now(), deleted_by = sender, changed = default where body = 'one 1'`,
    );
    const [gone, ...others] = (await changes(t, bo, { since: cursor })).messages;
    expect([gone, others]).toEqual([expect.objectContaining({ conversation: one, text: null, by: bo.id }), []]);
  });

  test('skips no commit that is late, however often somebody asks meanwhile', async () => {
    await using t = await startEdge();
    const bo = await t.signUp('Bo');
    const id = await start(t, bo, 'One');
    await post(t, bo, id, 'first');
    const { cursor } = await all(t, bo);
    const late = await t.database.pool.connect();
    await late.query('begin');
    await late.query(`insert into messages (conversation, id, epoch, writer, clock, seq, ordinal, sender, body, sent_at, committed_at)
      select conversation, 'zz-1', 0, 1295, 1, 100, 0, sender, 'late', now(), now() from messages`);
    await post(t, bo, id, 'overtakes');
    let polled = await all(t, bo, cursor);
    const seen = [...polled.texts];
    polled = await all(t, bo, polled.cursor);
    seen.push(...polled.texts);
    await late.query('commit');
    late.release();
    await post(t, bo, id, 'last');
    seen.push(...(await all(t, bo, polled.cursor)).texts);
    expect(seen).toEqual(['late', 'overtakes', 'last']);
  });

  test('[P1] misses and doubles nothing while people write', async () => {
    await using t = await startEdge();
    const bo = await t.signUp('Bo');
    const ids = [await start(t, bo, 'One'), await start(t, bo, 'Two'), await start(t, bo, 'Three')];
    const written: string[] = [];
    let isWriting = true;
    const writers = Promise.all(
      ids.map(async (id, writer) => {
        for (let n = 0; n < 40; n++) {
          const text = `${writer} ${n}`;
          await post(t, bo, id, text);
          written.push(text);
        }
      }),
    ).then(() => {
      isWriting = false;
    });
    const seen: unknown[] = [];
    let cursor: string | undefined;
    while (isWriting) {
      const page = await changes(t, bo, { limit: '7', ...(cursor && { since: cursor }) });
      seen.push(...page.messages.map(({ text }) => text));
      cursor = page.cursor;
    }
    await writers;
    seen.push(...(await all(t, bo, cursor)).texts);
    expect(seen.toSorted()).toEqual(written.toSorted());
  });

  test('to a new member all of the conversation is new', async () => {
    await using t = await startEdge();
    const [bo, cy] = [await t.signUp('Bo'), await t.signUp('Cy')];
    const owner = await t.signUp('Owner');
    const body = { memberIds: [bo.id], title: 'Garden' };
    const { id } = await read<Conversation>(await t.ask('POST', '/api/conversations', { as: owner, body }));
    for (let n = 0; n < 5; n++) await post(t, bo, id, `${n}`);
    const { cursor } = await all(t, cy);
    await t.ask('PUT', `/api/conversations/${id}/members/${cy.id}`, { as: owner, body: { role: 'member' } });
    await post(t, bo, id, '5');
    const joined = await all(t, cy, cursor, '2');
    expect(joined.texts).toEqual(['0', '1', '2', '3', '4', '5']);
    expect((await all(t, cy, joined.cursor)).texts).toEqual([]);
  });

  test('begins at a time, and takes nothing else for one', async () => {
    await using t = await startEdge();
    const bo = await t.signUp('Bo');
    const id = await start(t, bo, 'One');
    await post(t, bo, id, 'old');
    await all(t, bo);
    await t.database.pool.query(`update messages set changed_at = now() - interval '1 day'`);
    await t.database.pool.query(`update members set joined_at = now() - interval '2 days'`);
    await post(t, bo, id, 'new');
    const hourAgo = new Date(Date.now() - 3_600_000).toISOString();
    const { texts, cursor } = await all(t, bo, hourAgo);
    expect(texts).toEqual(['new']);
    expect(cursor).not.toMatch(/^[0-9+-]/);
    for (const bad of ['2026', 'yesterday', '2026-13-01T00:00:00Z', '2026-01-31', 'WyJ4Il0', '']) {
      const response = await t.ask('GET', `/api/messages/sync?${new URLSearchParams({ since: bad })}`, { as: bo });
      expect([bad, response.status]).toEqual([bad, 400]);
    }
  });
});
