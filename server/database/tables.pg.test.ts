/** Tables and columns that programs beside the servers read: reports, replicas, clients that encrypt. A diff here breaks them. */
import { expect, test } from 'vitest';
import { freshDatabase } from './testing.ts';

const TABLES: Readonly<Record<string, readonly string[]>> = {
  users: ['id', 'name', 'email'],
  sessions: ['id', 'user', 'expires_at'],
  conversations: ['id', 'kind', 'title', 'epoch'],
  members: ['conversation', 'user', 'role'],
  documents: ['id', 'generation', 'head'],
  writers: ['conversation', 'client_id', 'user', 'epoch'],
  journal: ['document', 'seq', 'update', 'user', 'committed_at'],
  snapshots: ['document', 'seq'],
  messages: [
    ...['conversation', 'id', 'seq', 'sender', 'body', 'sent_at', 'committed_at', 'edited_at', 'deleted_at'],
    ...['is_edited', 'is_encrypted', 'encryption_key_id', 'search'],
  ],
  read_receipts: ['conversation', 'message', 'user'],
  push_targets: ['user', 'platform', 'token'],
  push_outbox: ['conversation', 'seq'],
  user_keys: ['id', 'user', 'public_encryption_key', 'created_at'],
};

/** What no two rows have in common. */
const UNIQUE: Readonly<Record<string, readonly string[]>> = {
  members: ['conversation', 'user'],
  writers: ['conversation', 'client_id'],
  journal: ['document', 'seq'],
  messages: ['conversation', 'id'],
  read_receipts: ['conversation', 'message', 'user'],
};

test('tables and columns have the names that others rely on', async () => {
  await using database = await freshDatabase();
  const { rows } = await database.pool.query<{ table: string; columns: string[] }>(
    `select table_name as "table", array_agg(column_name::text) as columns from information_schema.columns
     where table_schema = 'public' group by 1`,
  );
  const found = Object.fromEntries(rows.map(({ table, columns }) => [table, columns]));
  for (const [table, columns] of Object.entries(TABLES))
    expect(found[table], table).toEqual(expect.arrayContaining([...columns]));
});

test('what identifies a row is unique', async () => {
  await using database = await freshDatabase();
  const { rows } = await database.pool.query<{ table: string; columns: string[] }>(
    `select i.indrelid::regclass::text as "table", array_agg(a.attname::text order by a.attname) as columns
     from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
     where i.indisunique and i.indpred is null group by i.indexrelid, 1`,
  );
  for (const [table, columns] of Object.entries(UNIQUE))
    expect(rows, table).toContainEqual({ table, columns: [...columns].sort() });
});

test('keys for encryption belong to an account', async () => {
  await using database = await freshDatabase();
  const add = (user: string) =>
    database.pool.query(`insert into user_keys (id, "user", public_encryption_key) values ($1, $1, 'a key')`, [user]);
  await expect(add('ana')).rejects.toThrow(/foreign key/);
  await database.pool.query(`insert into users (id, name, email) values ('ana', 'Ana', 'ana@example.org')`);
  await add('ana');
  await database.pool.query(`delete from users where id = 'ana'`);
  expect((await database.pool.query('select from user_keys')).rowCount).toBe(0);
});
