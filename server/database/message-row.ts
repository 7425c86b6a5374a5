/** A projected message as it stands in its row, and as everybody is told of it over HTTP. */
import type { MessageFile } from '../../schema/document/files.ts';
import { countReactions } from '../../schema/document/reactions.ts';
import type { ProjectedMessage } from '../../schema/http/messages.ts';
import type { UserId } from '../../schema/ids.ts';

export interface MessageRow {
  readonly id: string;
  readonly epoch: number;
  readonly seq: number;
  readonly ordinal: number;
  readonly sender: string;
  readonly body: string | null;
  readonly re: string | null;
  readonly files: readonly MessageFile[] | null;
  readonly sent_at: Date;
  readonly committed_at: Date;
  readonly edited_at: Date | null;
  readonly deleted_at: Date | null;
  readonly deleted_by: string | null;
  /** User id → emoji. */
  readonly reactions: Readonly<Record<UserId, readonly string[]>> | null;
}

export const COLUMNS =
  'id, epoch, seq, ordinal, sender, body, re, files, sent_at, committed_at, edited_at, deleted_at, deleted_by, reactions';

export const messageOf = (row: MessageRow): ProjectedMessage => ({
  id: row.id,
  from: row.sender,
  at: row.sent_at.getTime(),
  text: row.body,
  ...(row.edited_at && { editedAt: row.edited_at.getTime() }),
  ...(row.deleted_at && { deletedAt: row.deleted_at.getTime() }),
  ...(row.deleted_by !== null && { by: row.deleted_by }),
  ...(row.re !== null && { re: row.re }),
  ...(row.files !== null && { files: [...row.files] }),
  ...(row.reactions && { reactions: countReactions(Object.entries(row.reactions) as [UserId, string[]][]) }),
  epoch: row.epoch,
  seq: row.seq,
  committedAt: row.committed_at.getTime(),
});
