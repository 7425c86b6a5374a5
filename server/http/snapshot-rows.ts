/** Reads the retained snapshots of one document. Loading a document is another matter and reads the newest only. */
import type { Snapshot } from '../../schema/http/snapshots.ts';
import { type ConversationId, type DocumentId, documentId } from '../../schema/ids.ts';
import type { Pool } from '../database/pool.ts';

interface Epoch {
  readonly document: DocumentId;
  readonly epoch: number;
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

/** Newest first. */
export async function listSnapshots(pool: Pick<Pool, 'query'>, { document, epoch }: Epoch): Promise<Snapshot[]> {
  const { rows } = await pool.query<{ seq: number; bytes: number; created_at: Date }>(
    'select seq, octet_length(state) as bytes, created_at from snapshots where document = $1 order by seq desc',
    [document],
  );
  return rows.map(({ seq, bytes, created_at }) => ({ epoch, seq, bytes, createdAt: created_at.getTime() }));
}

export async function findState(
  pool: Pick<Pool, 'query'>,
  { document, seq }: { document: DocumentId; seq: number },
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const { rows } = await pool.query<{ state: Buffer<ArrayBuffer> }>(
    'select state from snapshots where document = $1 and seq = $2',
    [document, seq],
  );
  return rows[0]?.state;
}
