import * as decoding from 'lib0/decoding';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { type Element, MESSAGES, RECEIPTS } from '../../schema/document/message.ts';
import { foldTimeline } from '../../schema/document/timeline.ts';
import type { Conversation } from '../../schema/http/conversations.ts';
import type { ExportedConversation, ExportedMessage } from '../../schema/http/export.ts';
import { livedConversation, SMALL_EPOCHS } from '../archive/testing.ts';
import { type Edge, type Person, read, startEdge } from './testing.ts';

async function scene(t: Edge) {
  const [ana, bob] = [await t.signUp('Ana'), await t.signUp('Bob <b>')];
  const body = { title: 'Plans & "dreams"', memberIds: [bob.id] };
  const { id } = await read<Conversation>(await t.ask('POST', '/api/conversations', { as: ana, body }));
  const say = async (as: Person, text: string, re?: string) => {
    const body = { text, ...(re && { re }) };
    return (await read<{ id: string }>(await t.ask('POST', `/api/conversations/${id}/messages`, { as, body }))).id;
  };
  const take = (as: Person, query: string) => t.ask('GET', `/api/conversations/${id}/export?${query}`, { as });
  const lines = async (query = 'format=ndjson') =>
    (await (await take(ana, query)).text())
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as ExportedMessage);
  return { ana, bob, id, say, take, lines };
}

/** Straight into the rows, behind whatever was said. */
const fill = (t: Edge, conversation: string, from: Person, count: number) =>
  t.database.pool.query(
    `insert into messages (conversation, id, epoch, writer, clock, seq, ordinal, sender, body, sent_at, committed_at)
     select $1, '1-' || n, 7, 1, n, n, 0, $2, 'number ' || n, now(), now() from generate_series(1, $3) n`,
    [conversation, from.id, count],
  );

describe('an export', () => {
  test('[X1] as ndjson holds every message once, oldest first, with who has read it', async () => {
    await using t = await startEdge();
    const { ana, bob, id, say, lines } = await scene(t);
    const first = await say(ana, 'one\ntwo');
    const second = await say(bob, 'three', first);
    expect((await lines()).length).toBe(2);
    await fill(t, id, bob, 1_234);
    await t.database.pool.query(
      `insert into read_receipts (conversation, message, "user", read_at) values ($1, $2, $3, to_timestamp(1700000000.5))`,
      [id, first, bob.id],
    );
    const exported = await lines();
    expect(exported.length).toBe(1_236);
    expect(exported.slice(0, 2)).toMatchObject([
      { conversation: id, id: first, from: ana.id, text: 'one\ntwo', readBy: { [bob.id]: 1_700_000_000_500 } },
      { conversation: id, id: second, from: bob.id, text: 'three', re: first },
    ]);
    expect(exported.at(-1)).toMatchObject({ id: '1-1234', text: 'number 1234' });
    expect(new Set(exported.map((message) => message.id)).size).toBe(exported.length);
  });

  test('[X2] goes on after the last line that arrived', async () => {
    await using t = await startEdge();
    const { ana, id, say, take, lines } = await scene(t);
    await say(ana, 'one');
    await fill(t, id, ana, 700);
    const all = await lines();
    const rest = await lines(`after=${all[99]?.id}`);
    expect([...all.slice(0, 100), ...rest]).toEqual(all);
    expect((await take(ana, 'after=zz-z')).status).toBe(404);
    expect((await take(ana, 'format=json&after=zz-z')).status).toBe(400);
  });

  test('as json is one object with members, names and messages', async () => {
    await using t = await startEdge();
    const { ana, bob, id, say, take } = await scene(t);
    await say(ana, 'one');
    await say(bob, 'two');
    const exported = await read<ExportedConversation>(await take(bob, 'format=json'));
    expect(exported).toMatchObject({
      conversation: { id, title: 'Plans & "dreams"', kind: 'group' },
      people: { [ana.id]: 'Ana', [bob.id]: 'Bob <b>' },
      messages: [{ text: 'one' }, { text: 'two' }],
    });
  });

  test('as html shows what was written as text, replies with a quote, and days where the reader lives', async () => {
    await using t = await startEdge();
    const { ana, bob, id, say, take } = await scene(t);
    const first = await say(ana, '<script>alert(1)</script> & "more"');
    await say(bob, 'a reply', first);
    await t.ask('PUT', `/api/conversations/${id}/pins/${first}`, { as: ana });
    await (await take(ana, 'format=html')).text();
    await t.database.pool.query(`update messages set sent_at = '2026-01-31T23:30:00Z'`);
    await t.database.pool.query('update messages set reactions = $2 where id = $1', [
      first,
      { [bob.id]: ['👍', '🎉'] },
    ]);
    const response = await take(ana, 'format=html&timeZone=Pacific/Auckland');
    expect(response.headers.get('content-type')).toContain('text/html');
    const page = await response.text();
    expect(page).not.toContain('<script');
    expect(page.split('&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;more&quot;').length).toBe(3);
    expect(page).toContain('Bob &lt;b&gt;');
    const marked = page.split('<article').filter((article) => article.includes(', pinned</time>'));
    expect(marked).toEqual([expect.stringContaining(` id="${first}"`)]);
    expect(page).toContain('<p class="given" dir="auto">🎉 Bob &lt;b&gt; · 👍 Bob &lt;b&gt;</p>');
    expect(page).toContain('<title>Plans &amp; &quot;dreams&quot;</title>');
    expect(page).toMatch(/Sunday,? 1 February 2026/);
    expect(page).toMatch(/<\/html>\n$/);
    expect((await take(ana, 'format=html&timeZone=Mars')).status).toBe(400);
  });

  test('as yjs is each document with its id, in which nothing deleted is left', async () => {
    await using t = await startEdge();
    const { ana, id, say, take } = await scene(t);
    await say(ana, 'one');
    await say(ana, 'two');
    const decoder = decoding.createDecoder(new Uint8Array(await (await take(ana, 'format=yjs')).arrayBuffer()));
    expect(decoding.readVarString(decoder)).toBe(`${id}.0`);
    const doc = new Y.Doc();
    Y.applyUpdate(doc, decoding.readVarUint8Array(decoder));
    expect(decoding.hasContent(decoder)).toBe(false);
    expect(doc.getArray('messages').toJSON()).toMatchObject([{ text: 'one' }, { text: 'two' }]);
  });

  test('is a file named after the conversation, and only for its members', async () => {
    await using t = await startEdge();
    const { ana, take } = await scene(t);
    const eve = await t.signUp('Eve');
    expect((await take(eve, 'format=json')).status).toBe(404);
    const disposition = (await take(ana, 'format=json')).headers.get('content-disposition');
    expect(disposition).toMatch(
      /^attachment; filename="Plans _ _dreams_ \d{4}-\d\d-\d\d\.json"; filename\*=UTF-8''Plans%20%26%20%22dreams%22%20\d{4}-\d\d-\d\d\.json$/,
    );
    expect((await take(ana, 'format=xml')).status).toBe(400);
  });

  test('holds up nothing for a reader who goes away', async () => {
    await using t = await startEdge();
    const { ana, id, take } = await scene(t);
    await fill(t, id, ana, 2_000);
    t.queries.length = 0;
    const reader = (await take(ana, 'format=ndjson')).body?.getReader();
    await reader?.read();
    await reader?.cancel();
    expect(t.queries.filter((query) => query.includes('json_object_agg')).length).toBeLessThan(4);
  });

  test('[X5] as yjs, merged into empty documents, is the timeline that devices show', async () => {
    await using t = await startEdge({ epochLimits: SMALL_EPOCHS });
    const everybody = { ana: await t.signUp('Ana'), bo: await t.signUp('Bo'), cy: await t.signUp('Cy') };
    const { id, replicas } = await livedConversation(t, everybody);
    const response = await t.ask('GET', `/api/conversations/${id}/export?format=yjs`, { as: everybody.bo });
    const decoder = decoding.createDecoder(new Uint8Array(await response.arrayBuffer()));
    const exported: Y.Doc[] = [];
    while (decoding.hasContent(decoder)) {
      const doc = new Y.Doc({ guid: decoding.readVarString(decoder) });
      Y.applyUpdate(doc, decoding.readVarUint8Array(decoder));
      exported.push(doc);
    }
    const live = await replicas();
    expect(exported.map(({ guid }) => guid)).toEqual(live.map((_, epoch) => `${id}.${epoch}`));
    expect(live.length).toBe(3);
    const timeline = (docs: readonly Y.Doc[]) =>
      foldTimeline(docs.flatMap((doc) => doc.getArray<Element>(MESSAGES).toArray()));
    expect(timeline(exported)).toEqual(timeline(live.map(({ doc }) => doc)));
    expect(timeline(exported).map((message) => ('text' in message ? message.text : null))).toEqual([
      ...['one, edited', 'two', null, null, 'five', 'six, edited', null],
      ...['number 8', 'number 9', 'number 10'],
    ]);
    for (const [epoch, doc] of exported.entries())
      expect(doc.getMap(RECEIPTS).toJSON()).toEqual(live[epoch]?.receipts.toJSON());
  });
});
