/**
 * Takes the conversations of an archive into this installation, each in one transaction: it is here as it was there, or not at all.
 * A conversation that exists is left alone, so an import that broke off is begun again. Servers may run meanwhile.
 */

import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { MessageFile } from '../../schema/document/files.ts';
import type { ArchivedConversation } from '../../schema/export/archive.ts';
import { type ConversationId, documentId, type MessageId, parseMessageId, type UserId } from '../../schema/ids.ts';
import { putPicture, type Shown } from '../account/pictures.ts';
import type { Pool, PoolClient } from '../database/pool.ts';
import { inTransaction } from '../database/transaction.ts';
import type { BlobStore } from '../files/blob-store.ts';
import { insertImportedFile } from '../files/file-rows.ts';
import { SNIFFED_BYTES, sniff } from '../files/sniff.ts';
import { Projection, writeMessages, writeReactions } from '../workers/projection.ts';
import { readState } from '../workers/read-entry.ts';
import { endAccounts, importPeople, type NamedPeople } from './import-people.ts';
import { type Archive, BrokenArchive, type ReadEpoch } from './read-archive.ts';
import { renamePeople } from './rename-people.ts';

export interface ImportedConversation {
  readonly id: string;
  readonly title: string | null;
  /** Why it is not here now; undefined when it is. */
  readonly refused: string | undefined;
  readonly messages: number;
}

export interface ImportRequest {
  readonly pool: Pool;
  readonly archive: Archive;
  readonly people: NamedPeople;
  readonly blobs: Pick<BlobStore, 'put'>;
}

/** The reason travels out of the transaction, which is rolled back. */
class Refused extends Error {}

const UNIQUE_VIOLATION = '23505';

/** Yields what became of each conversation. Throws `BrokenArchive`, and when Postgres fails; what was yielded stays. */
export async function* importArchive({
  pool,
  archive,
  people,
  blobs,
}: ImportRequest): AsyncGenerator<ImportedConversation> {
  for (const { id, title } of archive.account.conversations) {
    const conversation = archive.findConversation(id);
    if (!conversation) {
      yield { id, title, refused: 'it was deleted while the archive was written', messages: 0 };
      continue;
    }
    try {
      const messages = await inTransaction(pool, (client) =>
        importOne(client, { archive, conversation, people, blobs }),
      );
      yield { id, title, refused: undefined, messages };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      yield { id, title, refused: error.message, messages: 0 };
    }
  }
}

async function importOne(
  client: PoolClient,
  { archive, conversation, people, blobs }: Omit<ImportRequest, 'pool'> & { conversation: ArchivedConversation },
): Promise<number> {
  const { rowCount } = await client.query('select from conversations where id = $1', [conversation.id]);
  if (rowCount) throw new Refused('it exists already');
  const known = await importPeople(client, conversation.people, people);
  if ('refused' in known) throw new Refused(known.refused);
  const nameOf = (id: string): string => known.ids.get(id) ?? id;
  await insertConversation(client, conversation, nameOf);
  let messages = 0;
  for (const epoch of archive.epochs(conversation)) {
    await insertEpoch(client, conversation.id as ConversationId, epoch, nameOf);
    messages += epoch.messages.length;
    for (const message of epoch.messages) await importFiles(client, { archive, blobs, message, nameOf });
  }
  await insertPins(client, conversation, nameOf);
  await importPictures(client, { archive, conversation, made: known.made });
  await endAccounts(client, known);
  return messages;
}

/** Of the group, and of people who had no account here: whoever has one looks as they want to. */
async function importPictures(
  client: PoolClient,
  {
    archive,
    conversation,
    made,
  }: Pick<ImportRequest, 'archive'> & { conversation: ArchivedConversation; made: ReadonlySet<string> },
): Promise<void> {
  const people = conversation.people.filter(({ id, isDeleted }) => made.has(id) && !isDeleted);
  const all: [picture: string | undefined, shown: Shown][] = people.map(({ id, picture }) => [picture, { user: id }]);
  if (conversation.kind === 'group') all.push([conversation.picture, { conversation: conversation.id }]);
  for (const [picture, shown] of all) {
    const found = picture === undefined ? undefined : archive.findPicture(picture, shown);
    if (found) await putPicture(client, shown, found);
  }
}

/** What the archive lacks is named by its message all the same, and not found. */
async function importFiles(
  client: PoolClient,
  {
    archive,
    blobs,
    message: { id, conversation, from, files = [] },
    nameOf,
  }: Pick<ImportRequest, 'archive' | 'blobs'> & {
    message: ReadEpoch['messages'][number];
    nameOf: (id: string) => string;
  },
): Promise<void> {
  for (const { id: file, name, type, size } of files as unknown as readonly MessageFile[]) {
    const bytes = archive.findBlob(file);
    if (!bytes) continue;
    if (bytes.length !== size) throw new BrokenArchive(`the file ${file} has another size than its message says`);
    const sniffed = await sniff(Readable.from([bytes.subarray(0, SNIFFED_BYTES)]));
    const row = { id: file, user: nameOf(from) as UserId, name, type, size, message: id as MessageId, sniffed };
    const isNew = await insertImportedFile(client, { ...row, conversation: conversation as ConversationId });
    // Before the row is there for all: whoever dies here leaves bytes that the next import writes again.
    if (isNew) await blobs.put(file, bytes);
  }
}

async function insertConversation(
  client: PoolClient,
  { id, kind, title, description, createdAt, members, epochs }: ArchivedConversation,
  nameOf: (id: string) => string,
): Promise<void> {
  const users = members.map((member) => nameOf(member.id));
  try {
    await client.query(
      `insert into conversations (id, kind, title, description, epoch, direct_key, created_at)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      [
        ...[id, kind, title, description ?? null, epochs.length - 1],
        kind === 'direct' ? users.toSorted().join(' ') : null,
        new Date(createdAt),
      ],
    );
  } catch (error) {
    if ((error as { code?: string }).code !== UNIQUE_VIOLATION) throw error;
    throw new Refused('it exists already, or its two people have one here');
  }
  await client.query(
    `insert into members (conversation, "user", role, joined_at)
     select $1, u, r, j from unnest($2::text[], $3::text[], $4::timestamptz[]) as m (u, r, j)`,
    [id, users, members.map(({ role }) => role), members.map(({ joinedAt }) => new Date(joinedAt))],
  );
}

/** Only of messages that came along: one may have been deleted between its epoch and the end of the archive. */
async function insertPins(
  client: PoolClient,
  { id, pins = [] }: ArchivedConversation,
  nameOf: (id: string) => string,
): Promise<void> {
  await client.query(
    `insert into pins (conversation, message, "user", pinned_at)
     select $1, message, "user", to_timestamp(at / 1000) from json_to_recordset($2) as p (message text, "user" text, at float8)
     join messages m on m.conversation = $1 and m.id = p.message and m.deleted_at is null
     on conflict do nothing`,
    [id, JSON.stringify(pins.map(({ message, by, at }) => ({ message, user: nameOf(by), at })))],
  );
}

async function insertEpoch(
  client: PoolClient,
  conversation: ConversationId,
  { epoch, head, state, writers, messages }: ReadEpoch,
  nameOf: (id: string) => string,
): Promise<void> {
  const document = documentId(conversation, epoch);
  const renamed = renamePeople(state, nameOf);
  await client.query(
    'insert into documents (id, conversation, epoch, generation, head, projected) values ($1, $2, $3, $4, $5, $5)',
    [document, conversation, epoch, randomUUID(), head],
  );
  if (head > 0)
    await client.query('insert into snapshots (document, seq, state) values ($1, $2, $3)', [document, head, renamed]);
  await client.query(
    `insert into writers (conversation, client_id, "user", epoch) select $1, w, u, $2 from unnest($3::bigint[], $4::text[]) as t (w, u)`,
    [conversation, epoch, writers.map(([writer]) => writer), writers.map(([, user]) => user && nameOf(user))],
  );
  await insertRows(client, conversation, messages, nameOf);
  await insertReadClocks(client, { conversation, epoch, state: renamed });
  const projection = new Projection();
  const { reactions } = readState(renamed);
  const place = { conversation, epoch, seq: head, committedAt: '' };
  projection.add(place, { messages: [], receipts: [], reactions });
  await writeReactions(client, projection.reactions());
}

async function insertRows(
  client: PoolClient,
  conversation: ConversationId,
  messages: ReadEpoch['messages'],
  nameOf: (id: string) => string,
): Promise<void> {
  let before = { seq: 0, ordinal: -1 };
  const rows = messages.map((message) => {
    const { seq } = message;
    before = { seq, ordinal: seq === before.seq ? before.ordinal + 1 : 0 };
    const { writer, clock } = parseMessageId(message.id) as { writer: number; clock: number };
    return {
      ...{ conversation, id: message.id as MessageId, epoch: message.epoch, writer, clock, ...before },
      sender: nameOf(message.from) as UserId,
      body: message.text,
      re: (message.re ?? null) as MessageId | null,
      files: (message.files ?? null) as readonly MessageFile[] | null,
      sent_at: message.at,
      committed_at: new Date(message.committedAt).toISOString(),
      edited_at: message.editedAt ?? null,
      deleted_at: message.deletedAt ?? null,
      deleted_by: message.by === undefined ? null : (nameOf(message.by) as UserId),
    };
  });
  await writeMessages(client, rows);
  const receipts = messages.flatMap(({ id, readBy }) =>
    Object.entries(readBy ?? {}).map(([user, at]) => ({ message: id, user: nameOf(user), at })),
  );
  await client.query(
    `insert into read_receipts (conversation, message, "user", read_at)
     select $1, message, "user", to_timestamp(at / 1000) from json_to_recordset($2) as r (message text, "user" text, at float8)`,
    [conversation, JSON.stringify(receipts)],
  );
}

async function insertReadClocks(
  client: PoolClient,
  { conversation, epoch, state }: { conversation: ConversationId; epoch: number; state: Uint8Array },
): Promise<void> {
  const clocks = readState(state).receipts.flatMap(({ user, shown }) =>
    Object.entries(shown).map(([writer, clock]) => ({ user, writer: Number.parseInt(writer, 36), clock })),
  );
  await client.query(
    `insert into read_clocks (conversation, "user", epoch, writer, clock)
     select $1, "user", $2, writer, clock from json_to_recordset($3) as r ("user" text, writer bigint, clock bigint)`,
    [conversation, epoch, JSON.stringify(clocks)],
  );
}
