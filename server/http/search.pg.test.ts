import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Conversation } from '../../schema/http/conversations.ts';
import type { FoundMessage } from '../../schema/http/search.ts';
import { MAX_TEXT_CHARACTERS } from '../../schema/limits.ts';
import { findMatches, isSearchable, parseQuery } from '../../schema/search/query.ts';
import { fold, tokenize } from '../../schema/search/tokens.ts';
import { freshDatabase } from '../database/testing.ts';
import { toTsquery } from './search-query.ts';
import { type Edge, type Person, read, startEdge } from './testing.ts';

type Page = { items: FoundMessage[]; next?: string };

async function scene(t: Edge) {
  const [ana, bob, eve] = [await t.signUp('Ana'), await t.signUp('Bob'), await t.signUp('Eve')];
  const start = async (as: Person, ...others: Person[]) => {
    const body = { title: 'Plans', memberIds: others.map(({ id }) => id) };
    return (await read<Conversation>(await t.ask('POST', '/api/conversations', { as, body }))).id;
  };
  const say = (as: Person, id: string, text: string) =>
    t.ask('POST', `/api/conversations/${id}/messages`, { as, body: { text } });
  const ask = (as: Person, query: Record<string, string>) =>
    t.ask('GET', `/api/search?${new URLSearchParams(query)}`, { as });
  const search = async (as: Person, q: string, more: Record<string, string> = {}) => {
    const response = await ask(as, { q, ...more });
    expect(response.status, await response.clone().text()).toBe(200);
    return read<Page>(response);
  };
  const texts = async (as: Person, q: string) => (await search(as, q)).items.map(({ excerpt }) => excerpt.text).sort();
  return { ana, bob, eve, start, say, ask, search, texts };
}

/** Straight into the rows: `n` seconds ago each. */
const fill = (t: Edge, conversation: string, from: Person, count: number, body: string) =>
  t.database.pool.query(
    `insert into messages (conversation, id, epoch, writer, clock, seq, ordinal, sender, body, sent_at, committed_at)
     select $1, '1-' || n, 0, 1, n, n, 9, $2, replace($4, '#', n::text), now(), now() - make_interval(secs => $3 - n)
     from generate_series(1, $3) n`,
    [conversation, from.id, count, body],
  );

describe('searching', () => {
  test("finds words in any order in one's own conversations, right after they were written", async () => {
    await using t = await startEdge();
    const { ana, bob, eve, start, say, search, texts } = await scene(t);
    const first = await start(ana, bob);
    const second = await start(bob, eve);
    await say(ana, first, 'The boat leaves from the harbour');
    await say(bob, second, 'My boat has left the Harbour too');
    expect(await texts(ana, 'harbour boat')).toEqual(['The boat leaves from the harbour']);
    expect((await texts(bob, 'harb')).length).toBe(2);
    const { items } = await search(eve, 'harbour');
    expect(items).toEqual([
      {
        conversation: second,
        id: expect.any(String),
        epoch: 0,
        from: bob.id,
        at: expect.any(Number),
        excerpt: { text: 'My boat has left the Harbour too', highlights: [[21, 28]] },
      },
    ]);
    expect((await search(bob, 'boat', { conversation: first })).items.length).toBe(1);
  });

  test('has problems for no words, strange cursors and conversations of others', async () => {
    await using t = await startEdge();
    const { ana, bob, eve, start, ask } = await scene(t);
    const id = await start(ana, bob);
    for (const q of ['', ' ', '...', '-boat', '\0'])
      expect(await read(await ask(ana, { q })), q).toMatchObject({
        status: 400,
        detail: expect.stringContaining('word'),
      });
    for (const query of [
      { q: 'a', cursor: 'x' },
      { q: 'a', cursor: btoa('[[1,"a"],null]') },
      { q: 'x'.repeat(201) },
      { q: 'a', limit: '0' },
    ])
      expect((await ask(ana, query as Record<string, string>)).status).toBe(400);
    expect((await ask(eve, { q: 'a', conversation: id })).status).toBe(404);
    expect((await ask(ana, { q: "') | 'a' & !(\"'\\ :* <-> '" })).status).toBe(200);
  });

  test('[P4] what is edited or deleted leaves the index with the row', async () => {
    await using t = await startEdge();
    const { ana, bob, start, say, texts } = await scene(t);
    const id = await start(ana, bob);
    await say(ana, id, 'secretone');
    await say(ana, id, 'secrettwo');
    expect((await texts(bob, 'secret')).length).toBe(2);
    await t.database.pool.query(`update messages set body = 'harmless', edited_at = now() where body = 'secretone'`);
    await t.database.pool.query(
      `update messages set body = null, deleted_at = now(), deleted_by = sender where body = 'secrettwo'`,
    );
    expect(await texts(bob, 'secret')).toEqual([]);
    const { rows } = await t.database.pool.query<{ row: string }>('select messages::text as row from messages');
    expect(rows.map(({ row }) => row).join()).not.toContain('secret');
  });

  test('goes through all matches once, page by page, whatever is written meanwhile', async () => {
    await using t = await startEdge();
    const { ana, bob, start, say, search } = await scene(t);
    const id = await start(ana, bob);
    await fill(t, id, ana, 530, 'tide # tide');
    const seen: string[] = [];
    for (let cursor = {}, pages = 0; ; pages++) {
      const { items, next } = await search(bob, 'tide', { limit: '50', ...cursor });
      seen.push(...items.map((item) => item.id));
      if (next === undefined) break;
      if (pages < 3) await say(bob, id, `another tide ${pages}`);
      cursor = { cursor: next };
    }
    expect(seen.length).toBe(530);
    expect(new Set(seen).size).toBe(530);
    expect(seen[0]).toBe('1-530');
  });

  test('shows newer and more apt messages first, and finds what is years old', async () => {
    await using t = await startEdge();
    const { ana, bob, start, search } = await scene(t);
    const id = await start(ana, bob);
    const bodies = ['an old boat', 'a boat in between', 'boat, boat and boat again', 'a new boat'];
    const days = [1500, 20, 1, 0];
    await t.database.pool.query(
      `insert into messages (conversation, id, epoch, writer, clock, seq, ordinal, sender, body, sent_at, committed_at)
       select $1, '1-' || n, 0, 1, n, n, 0, $2, ($3::text[])[n], now(), now() - make_interval(days => ($4::int[])[n])
       from generate_series(1, 4) n`,
      [id, ana.id, bodies, days],
    );
    const { items } = await search(bob, 'boat');
    expect(items.map(({ excerpt }) => excerpt.text)).toEqual([bodies[2], bodies[3], bodies[1], bodies[0]]);
  });

  test('costs few statements: who asks, what is not projected, the matches week by week, the page', async () => {
    await using t = await startEdge();
    const { ana, bob, start, say, search } = await scene(t);
    const id = await start(ana, bob);
    await say(ana, id, 'boat');
    await search(bob, 'boat');
    t.queries.length = 0;
    await search(bob, 'boat');
    expect(t.queries.length).toBe(5);
    await fill(t, id, ana, 250, 'tide #');
    t.queries.length = 0;
    await search(bob, 'tide');
    expect(t.queries.length).toBe(3);
  });
});

describe('the lexemes of Postgres', () => {
  const alphabet = fc.constantFrom(
    ...[
      'a',
      'B',
      'é',
      'e\u0301',
      'ß',
      'İ',
      'Σ',
      'ς',
      'ﬁ',
      'ﷺ',
      '-',
      ' ',
      "'",
      '"',
      '\\',
      ':',
      '*',
      '\n',
      '\u00ad',
      '\u200d',
    ],
    ...[
      '東',
      '京',
      'タ',
      'ﾀ',
      'が',
      'ﾞ',
      '・',
      'ー',
      'ไ',
      'ท',
      'ย',
      '฿',
      '한',
      '국',
      'ש',
      'ׁ',
      'م',
      'َ',
      'ж',
      'й',
      '👍',
      '🏽',
      '→',
      '²',
      '१',
      'क',
      '़',
    ],
  );
  const text = fc.oneof(fc.string({ unit: alphabet, maxLength: 40 }), fc.string({ unit: 'grapheme', maxLength: 40 }));

  test('are the tokens that devices make, and so are the matches of any query', async () => {
    await using database = await freshDatabase();
    await fc.assert(
      fc.asyncProperty(text, fc.string({ unit: alphabet, maxLength: 8 }), async (body, query) => {
        if (body.includes('\0')) return;
        const terms = parseQuery(query);
        const isSearch = isSearchable(terms);
        const { rows } = await database.pool.query<{ lexemes: string[]; matches: boolean }>(
          `select array(select word || '@' || place from unnest(v) as l (word, places), unnest(places) as place
             where word not like '#%' order by place) as lexemes, v @@ $2::tsquery as matches
           from search_vector('c', now(), $1) v`,
          [body, isSearch ? toTsquery(terms) : ''],
        );
        const tokens = tokenize(fold(body)).map(({ text: token, place }) => `${token}@${place}`);
        expect(rows[0]?.lexemes).toEqual(tokens);
        if (isSearch) expect(rows[0]?.matches).toBe(findMatches(body, terms) !== undefined);
      }),
      { numRuns: 2_000 },
    );
  });

  test('can be made of the longest texts', async () => {
    await using database = await freshDatabase();
    for (const unit of ['a', 'a ', '京', '👍', 'ﷺ', 'é', "'", '\u0301'])
      for (const length of [MAX_TEXT_CHARACTERS, MAX_TEXT_CHARACTERS - 1]) {
        const { rows } = await database.pool.query<{ size: number }>(
          `select length(search_vector('c', now(), left(repeat($1, $2), $2))) as size`,
          [unit, length],
        );
        expect(rows[0]?.size).toBeGreaterThan(1);
      }
    const distinct = Array.from({ length: MAX_TEXT_CHARACTERS }, (_, n) => String.fromCodePoint(0x20000 + n * 5)).join(
      '',
    );
    const { rows } = await database.pool.query(`select length(search_vector('c', now(), $1)) as size`, [distinct]);
    expect(rows[0]).toEqual({ size: MAX_TEXT_CHARACTERS + 2 });
  });
});
