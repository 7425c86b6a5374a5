import { expect, test } from 'vitest';
import { freshDatabase } from '../database/testing.ts';
import { ACTIVE_WITHIN_MS, createLastSeen } from './last-seen.ts';

const START = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;

async function setUp(...sessions: string[]) {
  const database = await freshDatabase();
  const { pool } = database;
  await pool.query(`insert into users (id, name, email) values ('ana', 'Ana', 'ana@example.org')`);
  await pool.query(
    `insert into sessions (id, "user", token, expires_at, seen_at)
     select id, 'ana', id, 'infinity', $2 from unnest($1::text[]) id`,
    [sessions, new Date(START)],
  );
  const clock = { at: START, now: () => clock.at };
  const queries: string[] = [];
  const counted = {
    query: async (text: string, values: unknown[]) => {
      if (t.isDown) throw new Error('down');
      queries.push(text);
      return pool.query(text, values);
    },
  } as unknown as typeof pool;
  /** Each is one server. */
  const server = () => createLastSeen({ pool: counted, clock });
  const row = async (id: string) => {
    const { rows } = await pool.query<{ seen_at: Date; is_open: boolean }>(
      'select seen_at, is_open from sessions where id = $1',
      [id],
    );
    return { minutes: (Number(rows[0]?.seen_at) - START) / MINUTE_MS, isOpen: rows[0]?.is_open };
  };
  const t = {
    clock,
    queries,
    server,
    row,
    isDown: false,
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
  return t;
}

test('an open session is written every five minutes, and once more when its last socket has closed', async () => {
  await using t = await setUp('s');
  const here = t.server();
  const open = new Set(['s']);
  t.clock.at += MINUTE_MS;
  await here.write(open);
  expect(await t.row('s')).toEqual({ minutes: 1, isOpen: true });
  for (let minute = 0; minute < 5; minute++) {
    t.clock.at += MINUTE_MS;
    await here.write(open);
    expect((await t.row('s')).minutes).toBe(1);
  }
  t.clock.at += 1;
  await here.write(open);
  expect((await t.row('s')).minutes).toBeGreaterThan(6);
  t.clock.at = START + 7 * MINUTE_MS;
  await here.write(new Set());
  expect(await t.row('s')).toEqual({ minutes: 7, isOpen: false });
  expect(ACTIVE_WITHIN_MS).toBeGreaterThan(5 * MINUTE_MS);
});

test('requests are noted coarsely, all in one statement, and do not tell whether there is a socket', async () => {
  await using t = await setUp('s', 'bot', 'idle');
  const [here, there] = [t.server(), t.server()];
  await there.write(new Set(['s']));
  t.clock.at += 6 * MINUTE_MS;
  for (let request = 0; request < 1_000; request++) for (const session of ['s', 'bot']) here.used(session);
  t.queries.length = 0;
  await here.write(new Set());
  expect(t.queries).toHaveLength(1);
  expect(await t.row('s')).toEqual({ minutes: 6, isOpen: true });
  expect(await t.row('bot')).toEqual({ minutes: 6, isOpen: false });
  expect(await t.row('idle')).toEqual({ minutes: 0, isOpen: false });
  await here.write(new Set());
  expect(t.queries, 'nothing was used').toHaveLength(1);
});

test('a socket closed on one server is not the last one while another server has one', async () => {
  await using t = await setUp('s');
  const [here, there] = [t.server(), t.server()];
  await here.write(new Set(['s']));
  await there.write(new Set(['s']));
  await here.write(new Set());
  expect((await t.row('s')).isOpen).toBe(false);
  await there.write(new Set(['s']));
  expect((await t.row('s')).isOpen, 'at the next turn').toBe(true);
});

test('what could not be written is written at the next turn', async () => {
  await using t = await setUp('s');
  const here = t.server();
  t.clock.at += 6 * MINUTE_MS;
  here.used('s');
  t.isDown = true;
  await expect(here.write(new Set())).rejects.toThrow('down');
  t.isDown = false;
  await here.write(new Set());
  expect((await t.row('s')).minutes).toBe(6);
});
