/** Reads projected messages, alone or in pages, in the order in which they became durable. */
import type { ProjectedMessage } from '../../schema/http/messages.ts';
import { COLUMNS, type MessageRow, messageOf } from '../database/message-row.ts';
import type { Pool } from '../database/pool.ts';

/** Epoch, seq of the entry, place in the entry. */
export type MessagePosition = readonly [epoch: number, seq: number, ordinal: number];

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
    `select ${COLUMNS} from messages where conversation = $1 ${conditions.join(' ')}
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

export async function findMessage(
  pool: Pick<Pool, 'query'>,
  { conversation, id }: { conversation: string; id: string },
): Promise<ProjectedMessage | undefined> {
  const { rows } = await pool.query<MessageRow>({
    name: 'message',
    text: `select ${COLUMNS} from messages where conversation = $1 and id = $2`,
    values: [conversation, id],
  });
  return rows[0] && messageOf(rows[0]);
}

// No index on the time of commit: it rises with the order. So the last epoch that began by then is found by looking at the
// first message of each (a thousand look-ups for a million messages), and the message within a walk through that one. An
// epoch without messages has no beginning and is passed over.
const FIND_MESSAGE_AT = `
  with began as (
    select max(d.epoch) as epoch from documents d
    cross join lateral (
      select committed_at from messages m where m.conversation = d.conversation and m.epoch = d.epoch
      order by seq, ordinal limit 1) first
    where d.conversation = $1 and first.committed_at <= $2
  ), following as (
    select ${COLUMNS} from messages
    where conversation = $1 and epoch >= coalesce((select epoch from began), 0) and committed_at >= $2
    order by epoch, seq, ordinal limit 1
  ), newest as (
    select ${COLUMNS} from messages where conversation = $1 order by epoch desc, seq desc, ordinal desc limit 1
  )
  select * from following union all select * from newest where not exists (select from following)`;

/** The first message that was committed at `time` or later, else the newest; undefined in an empty conversation. */
export async function findMessageAt(
  pool: Pick<Pool, 'query'>,
  { conversation, time }: { conversation: string; time: Date },
): Promise<ProjectedMessage | undefined> {
  const { rows } = await pool.query<MessageRow>({
    name: 'message-at',
    text: FIND_MESSAGE_AT,
    values: [conversation, time],
  });
  return rows[0] && messageOf(rows[0]);
}
