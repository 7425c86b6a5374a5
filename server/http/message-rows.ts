/** Reads pages of projected messages in the order in which they became durable. */
import type { ProjectedMessage } from '../../schema/http/messages.ts';
import type { Pool } from '../database/pool.ts';

/** Epoch, seq of the entry, place in the entry. */
export type MessagePosition = readonly [epoch: number, seq: number, ordinal: number];

interface MessageRow {
  readonly id: string;
  readonly epoch: number;
  readonly seq: number;
  readonly ordinal: number;
  readonly sender: string;
  readonly body: string | null;
  readonly re: string | null;
  readonly sent_at: Date;
  readonly committed_at: Date;
  readonly edited_at: Date | null;
  readonly deleted_at: Date | null;
  readonly deleted_by: string | null;
}

interface PageRequest {
  readonly conversation: string;
  readonly before: MessagePosition | undefined;
  readonly after: MessagePosition | undefined;
  readonly limit: number;
}

interface Page {
  /** Newest first. */
  readonly items: ProjectedMessage[];
  /** Where to go on in the direction of the request, when there is more. */
  readonly end: MessagePosition | undefined;
}

/** Only `after` reads forward; everything else backward. */
export async function listMessages(pool: Pick<Pool, 'query'>, request: PageRequest): Promise<Page> {
  const { conversation, before, after, limit } = request;
  const isForward = after !== undefined && before === undefined;
  const conditions = [
    ...(before ? [`and (epoch, seq, ordinal) < ($3, $4, $5)`] : []),
    ...(after ? [`and (epoch, seq, ordinal) > (${before ? '$6, $7, $8' : '$3, $4, $5'})`] : []),
  ];
  const direction = isForward ? 'asc' : 'desc';
  const { rows } = await pool.query<MessageRow>(
    `select id, epoch, seq, ordinal, sender, body, re, sent_at, committed_at, edited_at, deleted_at, deleted_by
     from messages where conversation = $1 ${conditions.join(' ')}
     order by epoch ${direction}, seq ${direction}, ordinal ${direction} limit $2`,
    [conversation, limit + 1, ...(before ?? []), ...(after ?? [])],
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: (isForward ? page.reverse() : page).map(messageOf),
    end: rows.length > limit && last ? [last.epoch, last.seq, last.ordinal] : undefined,
  };
}

export async function findPosition(
  pool: Pick<Pool, 'query'>,
  conversation: string,
  id: string,
): Promise<MessagePosition | undefined> {
  const { rows } = await pool.query<Pick<MessageRow, 'epoch' | 'seq' | 'ordinal'>>(
    'select epoch, seq, ordinal from messages where conversation = $1 and id = $2',
    [conversation, id],
  );
  return rows[0] && [rows[0].epoch, rows[0].seq, rows[0].ordinal];
}

const messageOf = (row: MessageRow): ProjectedMessage => ({
  id: row.id,
  from: row.sender,
  at: row.sent_at.getTime(),
  text: row.body,
  ...(row.edited_at && { editedAt: row.edited_at.getTime() }),
  ...(row.deleted_at && { deletedAt: row.deleted_at.getTime() }),
  ...(row.deleted_by !== null && { by: row.deleted_by }),
  ...(row.re !== null && { re: row.re }),
  seq: row.seq,
  committedAt: row.committed_at.getTime(),
});
