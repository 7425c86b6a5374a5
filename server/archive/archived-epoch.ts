/**
 * One epoch for an archive: its document and its messages as lines, which say the same although people go on writing. So what is said
 * comes from the document, at one seq; rows, projected up to there, add when it became durable and who has read it.
 */
import { BY_RETENTION, isDeleted, type Message } from '../../schema/document/message.ts';
import { foldReactions, type ReactionCount } from '../../schema/document/reactions.ts';
import type { ExportedMessage } from '../../schema/http/export.ts';
import { type ConversationId, documentId, type UserId } from '../../schema/ids.ts';
import type { Pool } from '../database/pool.ts';
import { foldState } from '../journal/fold-state.ts';
import { loadDocument } from '../journal/load.ts';
import { mergeEntries } from '../journal/merge.ts';

export interface ArchivedEpoch {
  readonly document: string;
  /** The last entry in `state`. */
  readonly head: number;
  readonly state: Uint8Array;
  readonly writers: [number, UserId | null][];
  /** In the order in which they became durable. */
  readonly messages: readonly ExportedMessage[];
  /** Everybody named in it. */
  readonly people: ReadonlySet<string>;
}

interface Row {
  readonly id: string;
  readonly seq: number;
  readonly committed_at: Date;
  readonly read_by: Record<string, number> | null;
}

const ROWS = `
  select m.id, m.seq, m.committed_at, r.read_by
  from messages m
  left join lateral (
    select json_object_agg("user", floor(extract(epoch from read_at) * 1000)::bigint order by "user") as read_by
    from read_receipts where conversation = m.conversation and message = m.id
  ) r on true
  where m.conversation = $1 and m.epoch = $2 and m.seq <= $3
  order by m.seq, m.ordinal`;

export interface EpochSource {
  readonly pool: Pick<Pool, 'query'>;
  readonly projector: { project(conversation: ConversationId): Promise<void> };
}

/** Undefined when there is no such epoch. */
export async function archiveEpoch(
  { pool, projector }: EpochSource,
  conversation: ConversationId,
  epoch: number,
): Promise<ArchivedEpoch | undefined> {
  const document = documentId(conversation, epoch);
  const stored = await loadDocument(pool, document);
  if (!stored) return undefined;
  await projector.project(conversation);
  const { rows } = await pool.query<Row>({
    name: 'archive-epoch',
    text: ROWS,
    values: [conversation, epoch, stored.head],
  });
  const state = mergeEntries(stored.state, stored.entries);
  const { messages, receipts, reactions } = foldState(state);
  const given = foldReactions(reactions);
  const said = new Map<string, Message>(messages.map((message) => [message.id, message]));
  const lines = rows.flatMap((row) => {
    const message = said.get(row.id);
    return message ? [lineOf(conversation, epoch, message, row, given.get(message.id))] : [];
  });
  // Between load and rows a message can neither come, by its seq, nor go: a deleted one stays as a tombstone.
  if (lines.length !== said.size) throw new Error(`Not all messages of ${document} have rows`);
  const writers = [...stored.writers].sort(([a], [b]) => a - b);
  const people = new Set([
    ...lines.flatMap(({ from, by, readBy }) => [
      from,
      ...(by === undefined || by === BY_RETENTION ? [] : [by]),
      ...Object.keys(readBy ?? {}),
    ]),
    ...Object.keys(receipts),
    ...writers.flatMap(([, user]) => user ?? []),
  ]);
  return { document, head: stored.head, state, writers, messages: lines, people };
}

function lineOf(
  conversation: string,
  epoch: number,
  message: Message,
  row: Row,
  reactions: readonly ReactionCount[] | undefined,
): ExportedMessage {
  const { id, from, at } = message;
  return {
    conversation,
    ...{ id, from, at },
    ...(isDeleted(message)
      ? { text: null, deletedAt: message.deletedAt, by: message.by }
      : {
          text: message.text,
          ...(message.editedAt !== undefined && { editedAt: message.editedAt }),
          ...(message.re !== undefined && { re: message.re }),
          ...(message.files && { files: [...message.files] }),
        }),
    ...(reactions && { reactions }),
    ...{ epoch, seq: row.seq, committedAt: row.committed_at.getTime() },
    ...(row.read_by && { readBy: row.read_by }),
  };
}
