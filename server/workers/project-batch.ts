/**
 * One step of projection for many documents in one transaction: entries after their cursors become rows and the cursors
 * move. The number of statements does not depend on how many documents or entries there are. It decides nothing about when
 * or again.
 */
import { setImmediate } from 'node:timers/promises';
import type { ConversationId, DocumentId, UserId } from '../../schema/ids.ts';
import type { Pool, PoolClient } from '../database/pool.ts';
import { onConnection } from '../database/transaction.ts';
import { cut } from '../journal/parts.ts';
import { noteChanges } from '../webhooks/outbox.ts';
import { Projection, writeMessages, writeReactions, writeReceipts } from './projection.ts';
import { type EntryContents, readEntry } from './read-entry.ts';

/** Entries of one document in one step: about 10 ms of work, so that a long backlog delays nobody. */
export const MAX_ENTRIES_PER_STEP = 500;

/** A step takes no further entry of a document once it has so many bytes: entries may be 8 MiB, usually they are 200 bytes. */
const MAX_BYTES_PER_STEP = 512 * 1024;

/** About a millisecond of work; then whoever talks has a turn. */
const DOCUMENTS_AT_ONCE = 10;

/** The first key of the advisory lock that a projector holds for a document; the second is the document's hash. */
export const PROJECTION_LOCK = 0x70726f6a;

/** Where a step left a document. */
export type Step =
  | {
      readonly is: 'advanced';
      readonly projected: number;
      readonly head: number;
      readonly oldestCommittedAtMs?: number;
    }
  /** Another server projects it, or a commit holds its row at this moment: ask again. */
  | { readonly is: 'busy' }
  /** The entry after the cursor is in no row: it was merged into a snapshot, or lost. */
  | { readonly is: 'missing' }
  | { readonly is: 'failed'; readonly error: unknown }
  | { readonly is: 'gone' };

interface CursorRow {
  id: DocumentId;
  conversation: ConversationId;
  epoch: number;
  head: number;
  projected: number;
  entries: [seq: number, user: UserId | null, committedAt: string, length: number][] | null;
  updates: Buffer | null;
}

const READ = `
  select d.id, d.conversation, d.epoch, d.head, d.projected, j.entries, j.updates
  from documents d
  cross join lateral (
    select json_agg(json_build_array(seq, "user", committed_at, octet_length("update")) order by seq) as entries,
      string_agg("update", ''::bytea order by seq) as updates
    from (
      select *, sum(octet_length("update")) over (order by seq) - octet_length("update") as bytes_before
      from (select * from journal where document = d.id and seq > d.projected order by seq limit ${MAX_ENTRIES_PER_STEP}) few
    ) sized
    where bytes_before < ${MAX_BYTES_PER_STEP}
  ) j
  where d.id = any($1)`;

/**
 * Documents that another server is projecting are left out. Throws when Postgres fails, or refuses a row; nothing has
 * happened then.
 */
export function projectBatch(pool: Pool, documents: readonly DocumentId[]): Promise<Map<DocumentId, Step>> {
  return onConnection(pool, async (client) => {
    // Without waiting for the disk: after a crash of Postgres rows and cursor are older together. A snapshot, which trusts
    // the cursor, commits durably, and with it everything before it.
    await client.query('begin; set local synchronous_commit = off');
    return projectLocked(client, documents);
  });
}

async function projectLocked(client: PoolClient, documents: readonly DocumentId[]): Promise<Map<DocumentId, Step>> {
  const steps = new Map<DocumentId, Step>(documents.map((id) => [id, { is: 'busy' }]));
  const locked = await client.query<{ id: DocumentId }>({
    name: 'lock-projections',
    text: `select id from unnest($2::text[]) as id where pg_try_advisory_xact_lock($1, hashtext(id))`,
    values: [PROJECTION_LOCK, documents],
  });
  const ids = locked.rows.map(({ id }) => id);
  for (const id of ids) steps.set(id, { is: 'gone' });
  const { rows } = await client.query<CursorRow>({ name: 'read-unprojected', text: READ, values: [ids] });
  const projection = new Projection();
  const cursors = new Map<DocumentId, number>();
  for (const [index, row] of rows.entries()) {
    if (index % DOCUMENTS_AT_ONCE === DOCUMENTS_AT_ONCE - 1) await setImmediate();
    const step = addEntries(projection, row);
    steps.set(row.id, step);
    if (step.is === 'advanced' && step.projected > row.projected) cursors.set(row.id, step.projected);
  }
  await noteChanges(client, await writeMessages(client, projection.messages()));
  await writeReceipts(client, projection.receipts());
  await writeReactions(client, projection.reactions());
  const moved = await moveCursorsAndCommit(client, cursors);
  for (const id of cursors.keys()) if (!moved.has(id)) steps.set(id, { is: 'busy' });
  return steps;
}

/** Adds all entries of one document or, if one cannot be read, none. */
function addEntries(projection: Projection, row: CursorRow): Step {
  const { conversation, epoch, head } = row;
  const entries = row.entries ?? [];
  const isGapless = entries.length > 0 || row.projected === head;
  if (!isGapless || entries.some(([seq], index) => seq !== row.projected + 1 + index)) return { is: 'missing' };
  try {
    const updates = cut(
      row.updates,
      entries.map(([, , , length]) => length),
    );
    const contents = entries.map(([, user], index) => readEntry(updates[index] as Uint8Array, user));
    entries.forEach(([seq, , committedAt], index) => {
      projection.add({ conversation, epoch, seq, committedAt }, contents[index] as EntryContents);
    });
  } catch (error) {
    return { is: 'failed', error };
  }
  const last = entries.at(-1);
  const oldest = entries[0];
  return {
    is: 'advanced',
    projected: last ? last[0] : row.projected,
    head,
    ...(oldest && { oldestCommittedAtMs: Date.parse(oldest[2]) }),
  };
}

/**
 * The rows of `documents` belong to the write path. So they are locked last, in the same message as the commit, without
 * a round trip between; and never waited for: one that a commit holds right now is skipped, its entries are projected once
 * more, which changes nothing. Waiting for several of them could deadlock with a commit of several rooms.
 */
async function moveCursorsAndCommit(
  client: PoolClient,
  cursors: ReadonlyMap<DocumentId, number>,
): Promise<Set<DocumentId>> {
  if (cursors.size === 0) {
    await client.query('commit');
    return new Set();
  }
  // Several statements in one message take no parameters.
  const values = [...cursors].map(([id, seq]) => `(${client.escapeLiteral(id)}, ${seq})`).join(', ');
  const results = (await client.query(`
    with moved (id, seq) as (values ${values}),
    free as materialized (
      select d.id from documents d join moved using (id) for no key update of d skip locked
    )
    update documents d set projected = moved.seq from moved join free using (id) where d.id = moved.id returning d.id;
    commit`)) as unknown as { rows: { id: DocumentId }[] }[];
  return new Set(results[0]?.rows.map(({ id }) => id));
}
