/**
 * Making the projection of one document again from its rows in the journal. What the journal still tells is restored
 * exactly. A snapshot has forgotten which entry brought what and when: rows that still exist keep their seq, ordinal,
 * commit and reading times; a lost row gets the snapshot's seq and time and its place in the document.
 */
import type { ConversationId, DocumentId, MessageId, UserId } from '../../schema/ids.ts';
import type { Pool, PoolClient } from '../database/pool.ts';
import { inTransaction } from '../database/transaction.ts';
import { CorruptDocument } from '../journal/load.ts';
import { type ChangedMessage, noteChanges } from '../webhooks/outbox.ts';
import { PROJECTION_LOCK } from './project-batch.ts';
import { type MessageRow, Projection, writeMessages, writeReactions, writeReceipts } from './projection.ts';
import { readEntry, readState } from './read-entry.ts';

interface StoredDocument {
  conversation: ConversationId;
  epoch: number;
  head: number;
  snapshot_seq: number | null;
  snapshot_at: string | null;
  state: Buffer | null;
}

interface StoredEntry {
  seq: number;
  update: Buffer;
  user: UserId | null;
  committed_at: string;
}

type Kept = Pick<MessageRow, 'id' | 'seq' | 'ordinal' | 'committed_at'> & {
  readonly edited: number | null;
  readonly deleted: boolean;
};

/**
 * Readers see the old rows or the new ones, nothing between. No projector touches the document meanwhile; commits go on.
 *
 * @returns the number of messages, undefined when there is no such document.
 * @throws CorruptDocument when an entry is missing; nothing was changed then.
 */
export function rebuildDocument(pool: Pool, document: DocumentId): Promise<number | undefined> {
  return inTransaction(pool, async (client) => {
    await client.query('select pg_advisory_xact_lock($1, hashtext($2))', [PROJECTION_LOCK, document]);
    return rebuildLocked(client, document);
  });
}

async function rebuildLocked(client: PoolClient, document: DocumentId): Promise<number | undefined> {
  const stored = await readDocument(client, document);
  if (!stored) return undefined;
  const { conversation, epoch, head, snapshot_seq, snapshot_at, state } = stored.document;
  const projection = new Projection();
  if (state) {
    const place = { conversation, epoch, seq: snapshot_seq as number, committedAt: snapshot_at as string };
    projection.add(place, readState(state));
  }
  for (const { seq, update, user, committed_at } of stored.entries) {
    projection.add({ conversation, epoch, seq, committedAt: committed_at }, readEntry(update, user));
  }
  const { rows: kept } = await client.query<Kept>(
    `select id, seq, ordinal, committed_at::text, (extract(epoch from edited_at) * 1000)::float8 as edited,
       deleted_at is not null as deleted
     from messages where conversation = $1 and epoch = $2`,
    [conversation, epoch],
  );
  const { rows: read } = await client.query<{ message: MessageId; user: UserId; read_at: string }>(
    `select r.message, r."user", r.read_at::text from read_receipts r
     join messages m on m.conversation = r.conversation and m.id = r.message
     where m.conversation = $1 and m.epoch = $2`,
    [conversation, epoch],
  );
  await client.query('delete from messages where conversation = $1 and epoch = $2', [conversation, epoch]);
  await client.query('delete from read_clocks where conversation = $1 and epoch = $2 and not is_private', [
    conversation,
    epoch,
  ]);
  const messages = keepPlaces(projection.messages(), kept);
  await noteChanges(client, newsOf(messages, kept, await writeMessages(client, messages)));
  await writeReceipts(client, projection.receipts());
  await writeReactions(client, projection.reactions());
  await client.query(
    `update read_receipts r set read_at = kept.read_at
     from json_to_recordset($2) as kept (message text, "user" text, read_at timestamptz)
     where r.conversation = $1 and r.message = kept.message and r."user" = kept."user"`,
    [conversation, JSON.stringify(read)],
  );
  await client.query('update documents set projected = greatest(projected, $2) where id = $1', [document, head]);
  return messages.length;
}

/** In one statement, because a snapshot taken meanwhile moves entries into it. The state travels with the first row only. */
async function readDocument(
  client: PoolClient,
  document: DocumentId,
): Promise<{ document: StoredDocument; entries: StoredEntry[] } | undefined> {
  const { rows } = await client.query<StoredDocument & { [Key in keyof StoredEntry]: StoredEntry[Key] | null }>(
    `select d.conversation, d.epoch, d.head, s.seq as snapshot_seq, s.created_at::text as snapshot_at,
       case when row_number() over (order by j.seq) = 1 then s.state end as state, j.seq, j."update", j."user", j.committed_at::text
     from documents d
     left join lateral (select * from snapshots where document = d.id order by seq desc limit 1) s on true
     left join journal j on j.document = d.id and j.seq > coalesce(s.seq, 0)
     where d.id = $1 order by j.seq`,
    [document],
  );
  const first = rows[0];
  if (!first) return undefined;
  const entries = rows.filter((row): row is StoredDocument & StoredEntry => row.seq !== null);
  const start = first.snapshot_seq ?? 0;
  if (entries.length !== first.head - start || entries.some(({ seq }, index) => seq !== start + 1 + index)) {
    throw new CorruptDocument(document, `not all entries from ${start + 1} to ${first.head} are there`);
  }
  return { document: first, entries };
}

/** All rows were written anew; what they say that the former ones did not has to be told. */
function newsOf(
  rows: readonly MessageRow[],
  kept: readonly Kept[],
  written: readonly ChangedMessage[],
): ChangedMessage[] {
  const before = new Map(kept.map((row) => [row.id, row]));
  const edits = new Map(rows.map((row) => [row.id, row.edited_at ?? 0]));
  return written.map((row) => {
    const { edited, deleted } = before.get(row.id) ?? { edited: 0, deleted: false };
    return {
      ...row,
      isNew: !before.has(row.id),
      isEdited: (edits.get(row.id) ?? 0) > (edited ?? 0),
      isDeleted: row.isDeleted && !deleted,
    };
  });
}

/** Rows that were there keep their place. A lost one whose place is taken since goes behind the others of that entry. */
function keepPlaces(rows: readonly MessageRow[], kept: readonly Kept[]): MessageRow[] {
  const known = new Map(kept.map((row) => [row.id, row]));
  const behind = new Map<number, number>();
  for (const { seq, ordinal } of kept) behind.set(seq, Math.max(behind.get(seq) ?? 0, ordinal + 1));
  return rows.map((row) => {
    const { seq, ordinal, committed_at } = known.get(row.id) ?? {
      ...row,
      ordinal: row.ordinal + (behind.get(row.seq) ?? 0),
    };
    return { ...row, seq, ordinal, committed_at };
  });
}
