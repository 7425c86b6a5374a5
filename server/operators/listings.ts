/** What operators see: accounts, conversations and where the bytes are. Never a word of a message, and no title either. */
import type { AdminConversation, AdminUser, STORAGE_KINDS, Storage } from '../../schema/http/admin.ts';
import type { UserId } from '../../schema/ids.ts';
import type { Pool } from '../database/pool.ts';

/** Where a page ended: when its last row was made, in microseconds, and its id. */
export type Position = readonly [created: number, id: string];

interface Page<Item> {
  readonly items: Item[];
  readonly end: Position | undefined;
}

interface PageOptions {
  readonly after: Position | undefined;
  readonly limit: number;
}

interface UserRow {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly created_at: Date;
  readonly created: number;
  readonly is_admin: boolean;
  readonly deactivated_at: Date | null;
  readonly devices: number;
  readonly last_seen: Date | null;
}

const MICROSECONDS = (column: string) => `(extract(epoch from ${column}) * 1000000)::bigint`;

/** Wildcards of LIKE lose their meaning. */
const escapeLike = (text: string) => text.replace(/[\\%_]/g, '\\$&');

/** Accounts whose name or email address has the query in it, or whose id it is; the newest first. Scans all accounts. */
export async function listUsers(
  pool: Pick<Pool, 'query'>,
  { query, after, limit }: PageOptions & { query: string },
): Promise<Page<AdminUser>> {
  const { rows } = await pool.query<UserRow>(
    `select u.id, u.name, u.email, u.created_at, ${MICROSECONDS('u.created_at')} as created, u.is_admin, u.deactivated_at,
       s.devices, greatest(s.seen_at, (select at from last_seen where "user" = u.id)) as last_seen
     from users u
     cross join lateral (
       select count(*)::int as devices, max(seen_at) as seen_at from sessions where "user" = u.id and expires_at > now()
     ) s
     where u.deleted_at is null
       and ($1 = '' or u.id = $1 or strpos(u.email, lower($1)) > 0 or lower(u.name) like '%' || lower($2) || '%')
       and ($3::bigint is null or (${MICROSECONDS('u.created_at')}, u.id) < ($3, $4::text))
     order by created desc, u.id desc limit $5`,
    [query, escapeLike(query), after?.[0] ?? null, after?.[1] ?? null, limit + 1],
  );
  return pageOf(rows, limit, (row) => ({
    id: row.id,
    name: row.name,
    email: row.email,
    createdAt: row.created_at.getTime(),
    ...(row.last_seen && { lastSeenAt: row.last_seen.getTime() }),
    devices: row.devices,
    isAdmin: row.is_admin,
    ...(row.deactivated_at && { deactivatedAt: row.deactivated_at.getTime() }),
  }));
}

/** The account with this id or email address. */
export async function findAccount(
  pool: Pick<Pool, 'query'>,
  account: string,
): Promise<{ readonly id: UserId; readonly name: string; readonly email: string } | undefined> {
  const { rows } = await pool.query<{ id: UserId; name: string; email: string }>(
    `select id, name, email from users where (id = $1 or email = lower($1)) and deleted_at is null
     order by id = $1 desc limit 1`,
    [account],
  );
  return rows[0];
}

interface ConversationRow {
  readonly id: string;
  readonly kind: 'direct' | 'group';
  readonly created_at: Date;
  readonly created: number;
  readonly epoch: number;
  readonly retention_days: number | null;
  readonly members: number;
  readonly messages: number;
  readonly bytes: number;
}

// Sizes are those that Postgres knows without reading the values.
const MEASURED = `
  select p.*, (select count(*)::int from members where conversation = p.id) as members,
    (select count(*) from messages where conversation = p.id) as messages,
    coalesce((select sum(octet_length(s.state)) from documents d join snapshots s on s.document = d.id where d.conversation = p.id), 0)::bigint +
    coalesce((select sum(octet_length(j."update")) from documents d join journal j on j.document = d.id where d.conversation = p.id), 0)::bigint as bytes
  from page p`;

/** The newest first. */
export async function listConversations(
  pool: Pick<Pool, 'query'>,
  { after, limit }: PageOptions,
): Promise<Page<AdminConversation>> {
  const { rows } = await pool.query<ConversationRow>(
    `with page as materialized (
       select id, kind, created_at, ${MICROSECONDS('created_at')} as created, epoch, retention_days from conversations
       where $1::bigint is null or (${MICROSECONDS('created_at')}, id) < ($1, $2::text)
       order by 4 desc, id desc limit $3
     ) ${MEASURED} order by created desc, id desc`,
    [after?.[0] ?? null, after?.[1] ?? null, limit + 1],
  );
  return pageOf(rows, limit, conversationOf);
}

const LARGEST = 10;

async function listLargest(pool: Pick<Pool, 'query'>): Promise<AdminConversation[]> {
  const { rows } = await pool.query<ConversationRow>(
    `with page as materialized (
       select c.id, c.kind, c.created_at, 0 as created, c.epoch, c.retention_days
       from (
         select d.conversation, sum(octet_length(s.state)) as bytes from snapshots s join documents d on d.id = s.document
         where d.conversation is not null group by 1 order by 2 desc limit ${LARGEST}
       ) large join conversations c on c.id = large.conversation
     ) ${MEASURED} order by bytes desc, id`,
  );
  return rows.map(conversationOf);
}

const conversationOf = (row: ConversationRow): AdminConversation => ({
  id: row.id,
  kind: row.kind,
  createdAt: row.created_at.getTime(),
  members: row.members,
  epochs: row.epoch + 1,
  messages: row.messages,
  bytes: row.bytes,
  retention: { days: row.retention_days },
});

const KINDS: Readonly<Record<string, (typeof STORAGE_KINDS)[number]>> = {
  ...{ conversations: 'documents', documents: 'documents', journal: 'documents', snapshots: 'documents' },
  ...{ writers: 'documents', members: 'documents', erasures: 'documents' },
  ...{ messages: 'messages', read_receipts: 'messages', read_clocks: 'messages' },
  ...{ users: 'accounts', sessions: 'accounts', accounts: 'accounts', api_keys: 'accounts', user_settings: 'accounts' },
  ...{ last_seen: 'accounts', verifications: 'accounts', user_keys: 'accounts' },
  ...{ push_targets: 'push', push_outbox: 'push', push_deliveries: 'push', muted_conversations: 'push' },
};

export async function measureStorage(pool: Pick<Pool, 'query'>): Promise<Storage> {
  const { rows } = await pool.query<{ table: string; bytes: number; rows: number }>(
    `select relname as "table", pg_total_relation_size(oid) as bytes, greatest(reltuples, 0)::bigint as rows
     from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 2 desc, 1`,
  );
  const { rows: whole } = await pool.query<{ bytes: number }>('select pg_database_size(current_database()) as bytes');
  return {
    bytes: whole[0]?.bytes ?? 0,
    tables: rows.map((row) => ({ ...row, kind: KINDS[row.table] ?? 'other' })),
    largest: await listLargest(pool),
  };
}

function pageOf<Row extends { readonly created: number; readonly id: string }, Item>(
  rows: readonly Row[],
  limit: number,
  itemOf: (row: Row) => Item,
): Page<Item> {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { items: page.map(itemOf), end: rows.length > limit && last ? [last.created, last.id] : undefined };
}
