import { expect, test } from 'vitest';
import { freshDatabase } from './testing.ts';

test('a connection that Postgres ends while nobody listens fails the next query and nothing else', async () => {
  await using db = await freshDatabase();
  const client = await db.pool.connect();
  const ended = new Promise<void>((resolve) => client.once('end', resolve));
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  await db.pool.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
  await ended;
  await expect(client.query('select 1')).rejects.toThrow();
  client.release(true);
  expect((await db.pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
});

test('a bigint is a number, unless it would be rounded', async () => {
  await using db = await freshDatabase();
  expect((await db.pool.query('select 9007199254740991::bigint as big')).rows).toEqual([{ big: 9007199254740991 }]);
  await expect(db.pool.query('select 9007199254740992::bigint as big')).rejects.toThrow(/too large/);
});
