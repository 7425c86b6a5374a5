/** The projection as the obvious slow program makes it, and what the tables hold, in one shape to be compared. */
import type * as Y from 'yjs';
import { isDeleted, type Message } from '../../schema/document/message.ts';
import { covers, type Receipt } from '../../schema/document/receipts.ts';
import { type ConversationId, parseMessageId } from '../../schema/ids.ts';
import type { Pool } from '../database/pool.ts';

interface Rows {
  readonly messages: unknown[];
  readonly receipts: string[];
  readonly clocks: string[];
}

interface Settled {
  readonly doc: Y.Doc;
  settled(): Message[];
}

/** From the server's document, entry by entry forgotten: which messages, in which state, and who has read which. */
export function expectedRows(history: Settled): Rows {
  const settled = history.settled();
  const messages = settled.map((message) => ({
    id: message.id,
    epoch: 0,
    ...parseMessageId(message.id),
    sender: message.from,
    sent_at: message.at,
    body: isDeleted(message) ? null : message.text,
    re: isDeleted(message) ? null : (message.re ?? null),
    files: isDeleted(message) ? null : (message.files ?? null),
    edited_at: isDeleted(message) ? null : (message.editedAt ?? null),
    deleted_at: isDeleted(message) ? message.deletedAt : null,
    deleted_by: isDeleted(message) ? message.by : null,
  }));
  const receipts = [...history.doc.getMap<Receipt>('receipts')].flatMap(([user, { r }]) =>
    settled.filter(({ id, from }) => from !== user && covers(r, id)).map(({ id }) => `${id} by ${user}`),
  );
  const clocks = [...history.doc.getMap<Receipt>('receipts')].flatMap(([user, { r }]) =>
    Object.entries(r).map(([writer, clock]) => `${user} read ${Number.parseInt(writer, 36)} up to ${clock}`),
  );
  return { messages: sorted(messages), receipts: receipts.sort(), clocks: clocks.sort() };
}

export async function storedRows(pool: Pool, history: { readonly conversation: ConversationId }): Promise<Rows> {
  const messages = await pool.query(
    `select id, epoch, writer, clock, sender, body, re, files, deleted_by, (extract(epoch from sent_at) * 1000)::float8 as sent_at,
       (extract(epoch from edited_at) * 1000)::float8 as edited_at, (extract(epoch from deleted_at) * 1000)::float8 as deleted_at
     from messages where conversation = $1`,
    [history.conversation],
  );
  const receipts = await pool.query(`select message, "user" from read_receipts where conversation = $1`, [
    history.conversation,
  ]);
  const clocks = await pool.query('select * from read_clocks where conversation = $1', [history.conversation]);
  return {
    messages: sorted(messages.rows),
    receipts: receipts.rows.map(({ message, user }) => `${message} by ${user}`).sort(),
    clocks: clocks.rows.map(({ user, writer, clock }) => `${user} read ${writer} up to ${clock}`).sort(),
  };
}

/** Every column of all tables, for comparisons of one projection with another. */
export async function allColumns(pool: Pool): Promise<unknown> {
  const messages = await pool.query(
    // Not when the rows were written: making them again is a change.
    `select to_jsonb(m) - '{changed, changed_at}'::text[] as row, m.committed_at::text from messages m order by conversation, id`,
  );
  const receipts = await pool.query(
    'select r.*, r.read_at::text from read_receipts r order by conversation, message, "user"',
  );
  const clocks = await pool.query('select * from read_clocks order by 1, 2, 3, 4');
  return { messages: messages.rows, receipts: receipts.rows, clocks: clocks.rows };
}

const sorted = <Row extends { id: string }>(rows: readonly Row[]): Row[] =>
  [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));

/** Every column of every table that holds the text, as text or among its bytes: "messages.body". */
export async function columnsHolding(pool: Pool, text: string): Promise<string[]> {
  const { rows: columns } = await pool.query<{ table: string; column: string; type: string }>(
    `select table_name as "table", column_name as "column", data_type as type
     from information_schema.columns where table_schema = 'public' order by 1, 2`,
  );
  const holding: string[] = [];
  for (const { table, column, type } of columns) {
    const found =
      type === 'bytea' ? `position(convert_to($1, 'UTF8') in "${column}") > 0` : `strpos("${column}"::text, $1) > 0`;
    const { rows } = await pool.query(`select from "${table}" where ${found} limit 1`, [text]);
    if (rows.length > 0) holding.push(`${table}.${column}`);
  }
  return holding;
}

/**
 * Lets tests wait without sleeping: Postgres itself says that a statement has committed.
 *
 * @param when a trigger's event, such as `insert on snapshots`.
 * @returns a function that resolves once it has happened `times` times since the last call.
 */
export async function watch(pool: Pool, when: string, times = 1): Promise<() => Promise<void>> {
  await pool.query(`
    create or replace function tell() returns trigger language plpgsql as $$
      begin perform pg_notify('watched', gen_random_uuid()::text); return null; end $$;
    create trigger watched after ${when} execute function tell()`);
  const client = await pool.connect();
  let seen = 0;
  let wake = (): void => {};
  client.on('notification', () => {
    seen++;
    wake();
  });
  await client.query('listen watched');
  return async () => {
    while (seen < times) await new Promise<void>((resolve) => (wake = resolve));
    client.release(true);
  };
}
