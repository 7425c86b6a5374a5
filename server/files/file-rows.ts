/**
 * The rows of files: from the first word of an upload until its bytes are gone. What may happen to a file stands in the
 * conditions of these statements: it belongs to one message for ever, an erased one comes back to nobody.
 */
import type { FileId } from '../../schema/document/files.ts';
import type { ConversationId, MessageId, UserId } from '../../schema/ids.ts';
import type { Pool, PoolClient } from '../database/pool.ts';
import { inTransaction } from '../database/transaction.ts';

type Queries = Pick<Pool, 'query'>;

/** A file as its upload was begun. */
export interface Upload {
  readonly id: FileId;
  readonly user: UserId;
  readonly name: string;
  readonly type: string;
  readonly size: number;
}

/** A message takes a file for its own. */
export interface FileClaim {
  readonly file: FileId;
  readonly user: UserId;
  readonly message: MessageId;
}

/** Those of `ids` that a message of the conversation may name: complete, and in none yet. */
export async function findUploads(
  pool: Queries,
  conversation: ConversationId,
  ids: readonly FileId[],
): Promise<readonly Upload[]> {
  const { rows } = await pool.query<Upload>({
    name: 'find-uploads',
    text: `select id, "user", name, type, size from files where id = any($2) and conversation = $1
             and completed_at is not null and message is null and erased_at is null`,
    values: [conversation, ids],
  });
  return rows;
}

/** False when one of them is not to be had any more; the transaction must then be rolled back. */
export async function claimFiles(client: Pick<PoolClient, 'query'>, claims: readonly FileClaim[]): Promise<boolean> {
  if (claims.length === 0) return true;
  const { rowCount } = await client.query({
    name: 'claim-files',
    text: `update files f set message = c.message from unnest($1::text[], $2::text[], $3::text[]) as c (id, "user", message)
            where f.id = c.id and f."user" = c."user" and f.conversation is not null
              and f.completed_at is not null and f.message is null and f.erased_at is null`,
    values: [claims.map(({ file }) => file), claims.map(({ user }) => user), claims.map(({ message }) => message)],
  });
  return rowCount === claims.length;
}

/** Nobody reads the files of these messages any more. */
export async function eraseFilesOf(
  client: Pick<PoolClient, 'query'>,
  messages: readonly { readonly conversation: ConversationId; readonly id: MessageId }[],
): Promise<void> {
  if (messages.length === 0) return;
  await client.query({
    name: 'erase-files',
    text: `update files f set erased_at = now() from unnest($1::text[], $2::text[]) as m (conversation, message)
            where f.conversation = m.conversation and f.message = m.message and f.erased_at is null`,
    values: [messages.map(({ conversation }) => conversation), messages.map(({ id }) => id)],
  });
}

/** What somebody uploaded and put into no message; to be called with the end of the account. */
export async function eraseUnnamedFiles(client: Pick<PoolClient, 'query'>, user: UserId): Promise<void> {
  await client.query('update files set erased_at = now() where "user" = $1 and message is null and erased_at is null', [
    user,
  ]);
}

/** The beginning of an upload; false when the account would hold more than `quota` bytes. */
export function insertUpload(
  pool: Pool,
  { id, user, name, type, size, conversation, quota }: Upload & { conversation: string; quota: number },
): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    // One after the other: two uploads that begin at once must not both find the same room.
    await client.query('select from users where id = $1 for no key update', [user]);
    const { rowCount } = await client.query(
      `insert into files (id, "user", conversation, name, type, size)
       select $1, $2, $3, $4, $5, $6::bigint
        where $6::bigint + (select coalesce(sum(size), 0) from files where "user" = $2 and erased_at is null) <= $7::bigint`,
      [id, user, conversation, name, type, size, quota],
    );
    return rowCount === 1;
  });
}

/** An upload under way, or one that has just ended; only its owner finds it, and only as long as it is in no message. */
export async function findOwnUpload(
  pool: Queries,
  { id, user }: { id: string; user: string },
): Promise<(Upload & { readonly isComplete: boolean; readonly conversation: string }) | undefined> {
  const { rows } = await pool.query<Upload & { isComplete: boolean; conversation: string }>({
    name: 'own-upload',
    text: `select f.id, f."user", f.name, f.type, f.size, f.conversation, f.completed_at is not null as "isComplete"
             from files f join members m on m.conversation = f.conversation and m."user" = f."user"
            where f.id = $1 and f."user" = $2 and f.message is null and f.erased_at is null`,
    values: [id, user],
  });
  return rows[0];
}

/** What tus must know to go on with an upload; undefined when there is none under this id. */
export async function findUploadRecord(
  pool: Queries,
  id: string,
): Promise<{ readonly size: number; readonly createdAt: Date } | undefined> {
  const { rows } = await pool.query<{ size: number; createdAt: Date }>({
    name: 'upload-record',
    text: 'select size, created_at as "createdAt" from files where id = $1 and erased_at is null',
    values: [id],
  });
  return rows[0];
}

/** All bytes are there; false when it was erased meanwhile. Doing it again changes nothing. */
export async function completeUpload(pool: Queries, id: string, sniffed: string | undefined): Promise<boolean> {
  const { rowCount } = await pool.query(
    `update files set completed_at = coalesce(completed_at, now()), sniffed = $2
      where id = $1 and message is null and erased_at is null`,
    [id, sniffed ?? null],
  );
  return rowCount === 1;
}

/** The owner gives an upload up. */
export async function abandonUpload(pool: Queries, id: string): Promise<void> {
  await pool.query('update files set erased_at = now() where id = $1 and message is null and erased_at is null', [id]);
}

export interface ReadableFile {
  readonly id: FileId;
  readonly conversation: ConversationId;
  readonly name: string;
  readonly size: number;
  readonly sniffed: string | null;
}

/** A file that this person may read now: of a message in a conversation of theirs, or their own upload. */
export async function findReadableFile(
  pool: Queries,
  { id, user }: { id: string; user: string },
): Promise<ReadableFile | undefined> {
  const { rows } = await pool.query<ReadableFile>({
    name: 'readable-file',
    text: `select f.id, f.conversation, f.name, f.size, f.sniffed
             from files f join members m on m.conversation = f.conversation and m."user" = $2
            where f.id = $1 and f.completed_at is not null and f.erased_at is null
              and (f.message is not null or f."user" = $2)`,
    values: [id, user],
  });
  return rows[0];
}

/** All that messages name in this person's conversations, the newest first. */
export async function findFilesToRead(
  pool: Queries,
  user: UserId,
): Promise<readonly { readonly id: FileId; readonly size: number }[]> {
  const { rows } = await pool.query<{ id: FileId; size: number }>(
    `select f.id, f.size from files f join members m on m.conversation = f.conversation and m."user" = $1
      where f.message is not null and f.erased_at is null order by f.created_at desc, f.id`,
    [user],
  );
  return rows;
}

/** A file that comes with its message; false when this id is taken. */
export async function insertImportedFile(
  client: Pick<PoolClient, 'query'>,
  {
    id,
    user,
    name,
    type,
    size,
    message,
    conversation,
    sniffed,
  }: Upload & {
    readonly message: MessageId;
    readonly conversation: ConversationId;
    readonly sniffed: string | undefined;
  },
): Promise<boolean> {
  const { rowCount } = await client.query(
    `insert into files (id, "user", conversation, name, type, size, message, sniffed, completed_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, now()) on conflict (id) do nothing`,
    [id, user, conversation, name, type, size, message, sniffed ?? null],
  );
  return rowCount === 1;
}

/** Nobody needs what was in no message for so long; an upload that is under way for so long has ended. */
const UNNAMED_FOR = "interval '1 day'";

export async function eraseAbandonedFiles(pool: Queries): Promise<number> {
  const { rowCount } = await pool.query(
    `update files set erased_at = now()
      where message is null and erased_at is null and created_at < now() - ${UNNAMED_FOR}`,
  );
  return rowCount ?? 0;
}

export async function hasRemovable(pool: Queries): Promise<boolean> {
  const { rowCount } = await pool.query({
    name: 'has-removable',
    text: 'select from files where erased_at is not null or conversation is null limit 1',
  });
  return rowCount === 1;
}

/** Of files to be removed some that no other server is at, locked until the transaction ends. */
export async function lockRemovable(client: Pick<PoolClient, 'query'>, limit: number): Promise<readonly FileId[]> {
  const { rows } = await client.query<{ id: FileId }>({
    name: 'lock-removable',
    text: `select id from files where erased_at is not null or conversation is null
           order by id limit $1 for update skip locked`,
    values: [limit],
  });
  return rows.map(({ id }) => id);
}

/** Their bytes are gone. */
export async function deleteFileRows(client: Pick<PoolClient, 'query'>, ids: readonly FileId[]): Promise<void> {
  await client.query('delete from files where id = any($1)', [ids]);
}
