/**
 * Reads a whole conversation for an export, oldest first, a page at a time: however long it is, memory holds one page, and no
 * transaction stays open while a slow reader takes it.
 */
import { MAX_QUOTE_CHARACTERS } from '../../schema/export/page.ts';
import { type ConversationId, documentId } from '../../schema/ids.ts';
import { COLUMNS, type MessageRow } from '../database/message-row.ts';
import type { Pool } from '../database/pool.ts';
import { loadDocument } from '../journal/load.ts';
import { mergeEntries } from '../journal/merge.ts';
import type { MessagePosition } from './message-rows.ts';

/** About 200 kB: long enough to keep Postgres busy with rows and not with queries. */
const PAGE_ROWS = 500;

export interface ExportRow extends MessageRow {
  /** User id → when they read it, ms since 1970. */
  readonly read_by: Record<string, number> | null;
  /** Author and beginning of the message this one replies to. */
  readonly re_sender: string | null;
  readonly re_body: string | null;
}

const PAGE = `
  select ${COLUMNS.split(', ')
    .map((column) => `m.${column}`)
    .join(', ')}, r.read_by, q.sender as re_sender, left(q.body, ${MAX_QUOTE_CHARACTERS}) as re_body
  from (
    select * from messages where conversation = $1 and (epoch, seq, ordinal) > ($2, $3, $4)
    order by epoch, seq, ordinal limit ${PAGE_ROWS}
  ) m
  left join lateral (
    select json_object_agg("user", floor(extract(epoch from read_at) * 1000)::bigint order by "user") as read_by
    from read_receipts where conversation = m.conversation and message = m.id
  ) r on true
  left join messages q on q.conversation = m.conversation and q.id = m.re
  order by m.epoch, m.seq, m.ordinal`;

/** Pages of what follows `after`, until nothing does. What is written meanwhile comes with the last ones. */
export async function* exportPages(
  pool: Pick<Pool, 'query'>,
  { conversation, after }: { conversation: string; after: MessagePosition | undefined },
): AsyncGenerator<readonly ExportRow[]> {
  let position = after ?? [-1, 0, 0];
  for (;;) {
    const { rows } = await pool.query<ExportRow>({
      name: 'export-page',
      text: PAGE,
      values: [conversation, ...position],
    });
    if (rows.length > 0) yield rows;
    const last = rows.at(-1);
    if (!last || rows.length < PAGE_ROWS) return;
    position = [last.epoch, last.seq, last.ordinal];
  }
}

/** Names of all who wrote in the conversation or are in it, by user id. */
export async function findPeople(pool: Pick<Pool, 'query'>, conversation: string): Promise<Map<string, string>> {
  // The writers of a conversation are few, its messages are not.
  const { rows } = await pool.query<{ id: string; name: string }>(
    `select id, name from users where id in (
       select "user" from members where conversation = $1 union select "user" from writers where conversation = $1)`,
    [conversation],
  );
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** The states of all documents of the conversation, without the text of anything deleted. */
export async function* exportStates(
  pool: Pick<Pool, 'query'>,
  conversation: ConversationId,
): AsyncGenerator<{ readonly document: string; readonly state: Uint8Array }> {
  for (let epoch = 0; ; epoch++) {
    const document = documentId(conversation, epoch);
    const stored = await loadDocument(pool, document);
    if (!stored) return;
    yield { document, state: mergeEntries(stored.state, stored.entries) };
  }
}
