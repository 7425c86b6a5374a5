/**
 * Reads the states of one document at a seq: kept snapshots, and what the journal still tells of the time after the newest one.
 * Text that was edited or deleted since is in none of them. Loading a document is another matter and reads the newest only.
 */
import type { Snapshot, Snapshots } from '../../schema/http/snapshots.ts';
import { type ConversationId, type DocumentId, documentId } from '../../schema/ids.ts';
import type { Pool } from '../database/pool.ts';
import { eraseFormerTexts } from '../journal/erase.ts';
import { CorruptDocument } from '../journal/load.ts';
import { mergeEntries } from '../journal/merge.ts';
import { cut } from '../journal/parts.ts';

interface Epoch {
  readonly document: DocumentId;
  readonly epoch: number;
}

/** A document as it stood at a seq. */
export interface StateAt {
  /** Yjs V1 update. */
  readonly state: Uint8Array;
  /** When a snapshot was taken of it, or its last entry was committed; ms since 1970. */
  readonly at: number;
}

/** The asked epoch of a conversation, without one the open epoch; undefined when there is none, or not for this person. */
export async function findEpoch(
  pool: Pick<Pool, 'query'>,
  { conversation, user, epoch }: { conversation: string; user: string; epoch: number | undefined },
): Promise<Epoch | undefined> {
  const { rows } = await pool.query<{ epoch: number }>({
    name: 'epoch',
    text: `select d.epoch from conversations c join documents d on d.conversation = c.id and d.epoch = coalesce($3, c.epoch)
           where c.id = $1 and exists (select from members where conversation = c.id and "user" = $2)`,
    values: [conversation, user, epoch ?? null],
  });
  return rows[0] && { epoch: rows[0].epoch, document: documentId(conversation as ConversationId, rows[0].epoch) };
}

/** Newest first; and between which entries any point in time can be read. */
export async function listSnapshots(pool: Pick<Pool, 'query'>, { document, epoch }: Epoch): Promise<Snapshots> {
  const { rows } = await pool.query<{ head: number; items: Snapshot[] | null }>(
    `select d.head, (
       select json_agg(json_build_object('epoch', $2::int, 'seq', seq, 'bytes', octet_length(state),
         'createdAt', floor(extract(epoch from created_at) * 1000)::bigint, 'sha256', encode(sha256(state), 'hex'))
         order by seq desc)
       from snapshots where document = d.id) as items
     from documents d where d.id = $1`,
    [document, epoch],
  );
  const items = rows[0]?.items ?? [];
  const head = rows[0]?.head ?? 0;
  const newest = items[0]?.seq ?? 0;
  return { items, ...(head > newest && { journal: { from: newest + 1, to: head } }) };
}

interface Row {
  readonly head: number;
  readonly erased: number;
  readonly newest_seq: number | null;
  readonly newest: Buffer | null;
  /** The one that was asked for. */
  readonly state: Buffer | null;
  readonly created_at: Date | null;
  readonly lengths: number[] | null;
  readonly updates: Buffer | null;
  readonly committed_at: Date | null;
}

// In one statement, because a snapshot taken meanwhile moves entries into it.
const STATE_AT = `
  select d.head, d.erased, n.seq as newest_seq, n.state as newest, k.state, k.created_at, j.lengths, j.updates, j.committed_at
  from documents d
  left join lateral (select seq, state from snapshots where document = d.id order by seq desc limit 1) n on true
  left join snapshots k on k.document = d.id and k.seq = $2
  cross join lateral (
    select json_agg(octet_length("update") order by seq) as lengths, string_agg("update", ''::bytea order by seq) as updates,
      max(committed_at) filter (where seq = $2) as committed_at
    from journal where document = d.id and seq > coalesce(n.seq, 0)
  ) j
  where d.id = $1`;

/**
 * The document at `seq`, or undefined when no snapshot of it is kept and the journal does not tell. Throws `CorruptDocument`
 * when an entry is missing.
 */
export async function findStateAt(
  pool: Pick<Pool, 'query'>,
  { document, seq }: { document: DocumentId; seq: number },
): Promise<StateAt | undefined> {
  const { rows } = await pool.query<Row>({ name: 'state-at', text: STATE_AT, values: [document, seq] });
  const row = rows[0];
  if (!row) return undefined;
  const { head, erased, newest, lengths } = row;
  const before = row.newest_seq ?? 0;
  if (seq > head || (seq <= before && !row.state)) return undefined;
  if ((lengths ?? []).length !== head - before)
    throw new CorruptDocument(document, `not all entries from ${before + 1} to ${head} are there`);
  const entries = cut(row.updates, lengths ?? []);
  const state = row.state ?? mergeEntries(newest ?? undefined, entries.slice(0, seq - before));
  const at = (row.created_at ?? row.committed_at)?.getTime() ?? 0;
  if (erased <= before) return { state, at };
  // Entries that wait to be merged took something back: it may stand in everything older.
  const present = mergeEntries(newest ?? undefined, entries);
  return { state: eraseFormerTexts(new Map([[seq, state]]), present).get(seq) ?? state, at };
}
