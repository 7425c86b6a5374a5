/**
 * The audit log: what operators did, written by the transaction that does it, so that no act is without its line and no line
 * without its act. The database refuses to change or remove a line. It names accounts by id only; names are looked up by who reads it.
 */
import type { AdminAction, AuditEntry } from '../../schema/http/admin.ts';
import type { UserId } from '../../schema/ids.ts';
import type { Pool, PoolClient } from '../database/pool.ts';

/** Who acts, and from where. */
export type Operator =
  | { readonly via: 'api'; readonly user: UserId; readonly origin: string }
  | { readonly via: 'command'; readonly origin: string };

interface Act {
  readonly action: AdminAction;
  /** An account, a conversation, a file; none: the installation. */
  readonly subject?: string | undefined;
  readonly detail?: AuditEntry['detail'];
}

/** `client` is that of the act's transaction; commands that change nothing give the pool. */
export async function record(
  client: Pick<PoolClient, 'query'>,
  operator: Operator,
  { action, subject, detail = {} }: Act,
): Promise<void> {
  await client.query(
    'insert into audit_log (actor, via, origin, action, subject, detail) values ($1, $2, $3, $4, $5, $6)',
    [operator.via === 'api' ? operator.user : null, operator.via, operator.origin, action, subject ?? null, detail],
  );
}

interface Row extends Pick<AuditEntry, 'id' | 'via' | 'origin' | 'action' | 'detail'> {
  readonly at: Date;
  readonly actor: string | null;
  readonly actor_name: string | null;
  readonly subject: string | null;
  readonly subject_name: string | null;
}

const READ = `
  select l.id, l.at, l.actor, a.name as actor_name, l.via, l.origin, l.action, l.subject, s.name as subject_name, l.detail
  from audit_log l
  left join users a on a.id = l.actor and a.deleted_at is null
  left join users s on s.id = l.subject and s.deleted_at is null`;

/** The newest first. */
export async function listActs(
  pool: Pick<Pool, 'query'>,
  { before, limit }: { before: number | undefined; limit: number },
): Promise<{ items: AuditEntry[]; end: number | undefined }> {
  const { rows } = await pool.query<Row>(`${READ} where $1::bigint is null or l.id < $1 order by l.id desc limit $2`, [
    before ?? null,
    limit + 1,
  ]);
  const page = rows.slice(0, limit);
  return { items: page.map(entryOf), end: rows.length > limit ? page.at(-1)?.id : undefined };
}

const ROWS_AT_ONCE = 1_000;

/** All of it as ndjson, the oldest first, a page in memory. */
export async function* exportActs(pool: Pick<Pool, 'query'>): AsyncGenerator<string> {
  for (let after = 0; ; ) {
    const { rows } = await pool.query<Row>(`${READ} where l.id > $1 order by l.id limit ${ROWS_AT_ONCE}`, [after]);
    if (rows.length > 0) yield rows.map((row) => `${JSON.stringify(entryOf(row))}\n`).join('');
    if (rows.length < ROWS_AT_ONCE) return;
    after = (rows.at(-1) as Row).id;
  }
}

function entryOf({ id, at, actor, actor_name, via, origin, action, subject, subject_name, detail }: Row): AuditEntry {
  return {
    id,
    at: at.getTime(),
    ...(actor !== null && { actor: named(actor, actor_name) }),
    ...{ via, origin, action },
    ...(subject !== null && { subject: named(subject, subject_name) }),
    detail,
  };
}

const named = (id: string, name: string | null) => ({ id, ...(name !== null && { name }) });
