/** Reads what changed in one's conversations, in an order that lets a reader go on where it stopped and miss nothing. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SyncedMessage } from '../../schema/http/messages.ts';
import { COLUMNS, type MessageRow, messageOf } from '../database/message-row.ts';
import type { Pool } from '../database/pool.ts';

/**
 * The transaction that made the message new to this person: the one that wrote it last, or the one that made them a member,
 * whichever is later; then the conversation, the transaction that wrote it and the message's id.
 */
export type ChangePosition = readonly [news: string, conversation: string, changed: string, id: string];

export const FIRST_CHANGE: ChangePosition = ['0', '', '0', ''];

interface ChangeRow extends MessageRow {
  readonly conversation: string;
  readonly news: string;
  readonly changed: string;
  readonly horizon: string;
}

// Nothing at or above the horizon is read: a transaction below its number may still be under way, and would be skipped for
// ever by whoever had gone past it. Each conversation is read along its index.
const READ = `
  with horizon as materialized (select pg_snapshot_xmin(pg_current_snapshot()) as xid)
  select c.*, horizon.xid::text as horizon
  from horizon left join lateral (
    select m.* from members own
    cross join lateral (
      select greatest(changed, own.since)::text as news, changed::text as changed, conversation, ${COLUMNS}
      from messages
      where conversation = own.conversation
        and changed >= case when own.since >= $2::xid8 then '0'::xid8 else $2::xid8 end
        and greatest(changed, own.since) < horizon.xid
        and (greatest(changed, own.since), conversation, changed, id) > ($2::xid8, $3, $4::xid8, $5)
        and greatest(changed_at, own.joined_at) >= $6
      order by messages.changed, id limit $7
    ) m
    where own."user" = $1
    order by greatest(m.changed::xid8, own.since), m.conversation, m.changed::xid8, m.id limit $7
  ) c on true`;

/** Writing transactions last milliseconds. One that takes longer keeps what came after it back for so long, not for ever. */
const PATIENCE_MS = 1_000;
const LOOK_EVERY_MS = 5;

/**
 * Waits until every transaction that had begun by now has ended, so that whatever was committed before the call lies below
 * the horizon; after a second the next request brings it.
 */
export async function untilSettled(pool: Pick<Pool, 'query'>): Promise<void> {
  const { rows } = await pool.query<{ xid: string }>('select pg_snapshot_xmax(pg_current_snapshot())::text as xid');
  for (const endMs = performance.now() + PATIENCE_MS; performance.now() < endMs; await sleep(LOOK_EVERY_MS)) {
    const { rowCount } = await pool.query({
      name: 'is-settled',
      text: 'select where pg_snapshot_xmin(pg_current_snapshot()) >= $1::xid8',
      values: [rows[0]?.xid],
    });
    if (rowCount === 1) return;
  }
}

export interface Changes {
  readonly messages: SyncedMessage[];
  readonly end: ChangePosition;
  readonly isMore: boolean;
}

/** @param since leaves out what changed earlier; only for the first page. */
export async function readChanges(
  pool: Pick<Pool, 'query'>,
  { user, after, since, limit }: { user: string; after: ChangePosition; since: Date; limit: number },
): Promise<Changes> {
  const { rows } = await pool.query<ChangeRow>({
    name: 'changes',
    text: READ,
    values: [user, ...after, since, limit + 1],
  });
  // Without a message the horizon still comes, in a row of its own.
  const found = rows.filter((row) => row.id !== null);
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const isMore = found.length > limit;
  const end: ChangePosition =
    isMore && last
      ? [last.news, last.conversation, last.changed, last.id]
      : [rows[0]?.horizon ?? after[0], '', '0', ''];
  return { messages: page.map((row) => ({ ...messageOf(row), conversation: row.conversation })), end, isMore };
}
