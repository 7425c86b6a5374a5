/**
 * Snapshots: a document's entries merged into one state, made from rows only and in the transaction that deletes those
 * entries. So a reader finds either the entries or the state that holds them, and deleted text leaves the journal. A few
 * older snapshots are kept for whoever wants to look back; the same transaction erases from them what was edited or deleted
 * since. Any number of servers may take one; commits never wait for it.
 */
import type { DocumentId } from '../../schema/ids.ts';
import type { Pool, PoolClient } from '../database/pool.ts';
import { inTransaction } from '../database/transaction.ts';
import { eraseFormerTexts } from './erase.ts';
import { CorruptDocument } from './load.ts';
import { mergeEntries } from './merge.ts';
import { cut } from './parts.ts';

/**
 * The first key of the advisory lock held while a snapshot is taken. Not the document's row: its commits would wait for a
 * merge.
 */
const SNAPSHOT_LOCK = 0x736e6170;

export interface TakenSnapshot {
  readonly seq: number;
  /** Entries merged into it now; 0 when the newest snapshot was up to date. */
  readonly merged: number;
  readonly bytes: number;
  /** How long merging kept the event loop. */
  readonly workMs: number;
}

export interface SnapshotOptions {
  /** How many snapshots stay, the newest included; by default no other. */
  readonly keep?: number;
  /** No entry beyond this seq is merged. */
  readonly upTo?: number;
}

interface Row {
  projected: number;
  erased: number;
  snapshot_seq: number | null;
  state: Buffer | null;
  lengths: number[] | null;
  last_seq: number | null;
  updates: Buffer | null;
}

// Entries the projector has not read yet stay: merged ones no longer tell who brought what and when.
const READ = `
  select d.projected, d.erased, s.seq as snapshot_seq, s.state, j.lengths, j.last_seq, j.updates
  from documents d
  left join lateral (
    select seq, state from snapshots where document = d.id order by seq desc limit 1
  ) s on true
  cross join lateral (
    select json_agg(octet_length("update") order by seq) as lengths, max(seq) as last_seq,
      string_agg("update", ''::bytea order by seq) as updates
    from journal where document = d.id and seq > coalesce(s.seq, 0) and seq <= least(d.projected, $2)
  ) j
  where d.id = $1`;

/**
 * Merges what is projected (or less: up to `upTo`) into a new snapshot and deletes the entries it replaces and the snapshots
 * beyond `keep`.
 *
 * @returns the newest snapshot; undefined when there is no such document, or nothing in it to merge yet.
 * @throws CorruptDocument when an entry is missing; nothing was changed then.
 */
export function takeSnapshot(
  pool: Pool,
  document: DocumentId,
  { keep = 1, upTo = Number.MAX_SAFE_INTEGER }: SnapshotOptions = {},
): Promise<TakenSnapshot | undefined> {
  return inTransaction(pool, async (client) => {
    await client.query('select pg_advisory_xact_lock($1, hashtext($2))', [SNAPSHOT_LOCK, document]);
    const { rows } = await client.query<Row>({ name: 'read-for-snapshot', text: READ, values: [document, upTo] });
    const row = rows[0];
    if (!row) return undefined;
    const before = row.snapshot_seq ?? 0;
    if (!row.lengths || !row.updates || row.last_seq === null) {
      // A cursor beyond the newest snapshot promises entries up to it.
      if (Math.min(row.projected, upTo) > before) throw new CorruptDocument(document, `entry ${before + 1} is missing`);
      return row.state ? { seq: before, merged: 0, bytes: row.state.length, workMs: 0 } : undefined;
    }
    const seq = Math.min(row.projected, upTo);
    if (row.last_seq !== seq || row.lengths.length !== seq - before) {
      throw new CorruptDocument(document, `not all entries from ${before + 1} to ${seq} are there`);
    }
    const startedMs = performance.now();
    const entries = cut(row.updates, row.lengths);
    const state = mergeEntries(row.state ?? undefined, entries);
    let workMs = performance.now() - startedMs;
    await client.query('insert into snapshots (document, seq, state) values ($1, $2, $3)', [document, seq, state]);
    await client.query('delete from journal where document = $1 and seq <= $2', [document, seq]);
    await client.query(
      `delete from snapshots where document = $1 and seq not in (
         select seq from snapshots where document = $1 order by seq desc limit $2)`,
      [document, keep],
    );
    // Whatever stood in the former snapshot may stand in those before it.
    if (row.erased > before) workMs += await eraseFromOlder(client, { document, seq, state });
    return { seq, merged: entries.length, bytes: state.length, workMs };
  });
}

/** Returns how long it kept the event loop, ms. */
async function eraseFromOlder(
  client: PoolClient,
  newest: { readonly document: DocumentId; readonly seq: number; readonly state: Uint8Array },
): Promise<number> {
  const { rows } = await client.query<{ seq: number; state: Buffer }>(
    'select seq, state from snapshots where document = $1 and seq < $2',
    [newest.document, newest.seq],
  );
  const startedMs = performance.now();
  const erased = eraseFormerTexts(new Map(rows.map(({ seq, state }) => [seq, state])), newest.state);
  const workMs = performance.now() - startedMs;
  for (const [seq, state] of erased) {
    await client.query('update snapshots set state = $3 where document = $1 and seq = $2', [
      newest.document,
      seq,
      state,
    ]);
  }
  return workMs;
}
