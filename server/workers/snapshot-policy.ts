/** Which documents are due for a snapshot, and why: a question to the database, asked of a few documents or of all. */
import type { ConversationId, DocumentId } from '../../schema/ids.ts';
import type { Pool } from '../database/pool.ts';

export interface Due {
  readonly id: DocumentId;
  /** Null for an account document. */
  readonly conversation: ConversationId | null;
  readonly reason: 'erasure' | 'entries' | 'bytes' | 'age' | 'closed';
}

/** An erasure is due at once. Otherwise a load may read this many entries, which cost it about 15 ms more than a state. */
export const MAX_ENTRIES = 500;

/** As much as a full epoch: a load never reads more than about twice what it must. */
export const MAX_BYTES = 256 * 1024;

/** What a day brought is in a snapshot, however little: a journal row is no archive. */
const MAX_AGE = `interval '1 day'`;

/**
 * After this time without an entry a closed epoch gets what is usually its last snapshot, so that nothing else need be read
 * of it. Those who are in the conversation have sent their receipts by then; each later one would be a merge.
 */
const CLOSED_QUIET = `interval '10 minutes'`;

// Heads and erasures are compared before the snapshots are looked at: most documents have few entries and no erasure.
const FIND_DUE = `
  select d.id, d.conversation, case when d.erased > s.seq then 'erasure' else 'entries' end as reason
  from documents d
  cross join lateral (select coalesce(max(seq), 0) as seq from snapshots where document = d.id) s
  where ($1::text[] is null or d.id = any($1)) and (d.erased > 0 or d.head >= ${MAX_ENTRIES})
    and (d.erased > s.seq or d.head - s.seq >= ${MAX_ENTRIES})
  order by d.erased > s.seq desc`;

/** Erasures first. Costs one row a document; of all documents, a scan. */
export async function findDue(pool: Pool, documents: readonly DocumentId[] | 'all'): Promise<Due[]> {
  const { rows } = await pool.query<Due>(FIND_DUE, [documents === 'all' ? null : documents]);
  return rows;
}

/** Those whose entries are few but large. Looks at every entry of each document. */
export async function findLarge(pool: Pool, documents: readonly DocumentId[]): Promise<Due[]> {
  const { rows } = await pool.query<Due>(
    `select d.id, d.conversation, 'bytes' as reason
     from documents d
     where d.id = any($1) and (select sum(octet_length("update")) from journal where document = d.id) >= ${MAX_BYTES}`,
    [documents],
  );
  return rows;
}

// Of a document whose snapshot is up to date nothing but two keys is read, of another one its first and last entry. Left to
// the planner, the whole journal is. (50,000 of 100,000 documents behind: 2 s.)
const FIND_AGED = `
  with behind as materialized (
    select d.id, d.conversation, d.epoch, d.head, s.seq
    from documents d
    cross join lateral (select coalesce(max(seq), 0) as seq from snapshots where document = d.id) s
    where d.head > s.seq
  )
  select b.id, b.conversation, case when c.epoch > b.epoch then 'closed' else 'age' end as reason
  from behind b
  left join conversations c on c.id = b.conversation
  cross join lateral (select committed_at from journal where document = b.id and seq = b.seq + 1 offset 0) oldest
  cross join lateral (select committed_at from journal where document = b.id and seq = b.head offset 0) newest
  where oldest.committed_at < now() - ${MAX_AGE} or c.epoch > b.epoch and newest.committed_at < now() - ${CLOSED_QUIET}`;

/** Those whose entries have waited too long, and those of closed epochs where nothing happens any more. */
export async function findAged(pool: Pool): Promise<Due[]> {
  const { rows } = await pool.query<Due>(FIND_AGED);
  return rows;
}
