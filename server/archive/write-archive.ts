/**
 * Writes the archive of an account as a stream of bytes. One epoch is in memory at a time and no transaction stays open, however
 * slowly the stream is read. The format is that of `schema/export/archive.ts`.
 */
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import { CONVERSATIONS, DRAFTS, HIDDEN, SETTINGS, STARS } from '../../schema/document/account.ts';
import {
  ACCOUNT_FILE,
  ARCHIVE,
  type ArchivedAccount,
  type ArchivedConversation,
  type ArchivedPerson,
  type ArchiveManifest,
  blobFile,
  conversationFile,
  epochFile,
  MANIFEST_FILE,
  pictureFile,
} from '../../schema/export/archive.ts';
import { accountId, type ConversationId, type UserId } from '../../schema/ids.ts';
import { findPicture } from '../account/pictures.ts';
import { pinsOf } from '../database/pins.ts';
import type { Pool } from '../database/pool.ts';
import type { BlobStore } from '../files/blob-store.ts';
import { findFilesToRead, findReadableFile } from '../files/file-rows.ts';
import { loadDocument } from '../journal/load.ts';
import { mergeEntries } from '../journal/merge.ts';
import { archiveEpoch, type EpochSource } from './archived-epoch.ts';
import { MAX_FILES, ZipStream } from './zip-stream.ts';

export interface ArchiveRequest extends EpochSource {
  readonly user: UserId;
  readonly nowMs: number;
  /** Whose email addresses are in it: nobody sees those of others, except who runs the server. */
  readonly emails: 'own' | 'all';
  readonly blobs: Pick<BlobStore, 'open'>;
}

/** Of attached files: an import holds an archive in memory, which Node does up to 2 GiB. */
const MAX_BLOB_BYTES = 1.5 * 2 ** 30;

/** What an archive of the person would hold now: how many epochs and messages. */
export async function measureArchive(
  pool: Pick<Pool, 'query'>,
  user: UserId,
): Promise<{ conversations: number; epochs: number; messages: number }> {
  const { rows } = await pool.query<{ conversations: number; epochs: number; messages: number }>(
    `select count(*)::int as conversations, coalesce(sum(c.epoch + 1), 0)::int as epochs,
       coalesce(sum((select count(*) from messages where conversation = c.id)), 0)::int as messages
     from members m join conversations c on c.id = m.conversation where m."user" = $1`,
    [user],
  );
  return rows[0] as (typeof rows)[number];
}

export async function* writeArchive(request: ArchiveRequest): AsyncGenerator<Uint8Array> {
  const { pool, user, nowMs } = request;
  const zip = new ZipStream(nowMs);
  const { rows: conversations } = await pool.query<{ id: ConversationId; title: string | null }>(
    `select c.id, c.title from members m join conversations c on c.id = m.conversation where m."user" = $1
     order by c.created_at, c.id`,
    [user],
  );
  const account = await accountOf(request, conversations);
  zip.add(ACCOUNT_FILE, JSON.stringify(account, null, 1));
  const pictures = new Pictures(zip, pool);
  await pictures.add(account.account.picture);
  yield* zip.take();
  let messages = 0;
  for (const { id } of conversations) {
    for await (const count of addConversation(zip, { ...request, pictures }, id)) {
      messages += count;
      yield* zip.take();
    }
  }
  const left = yield* addBlobs(zip, request);
  const manifest: ArchiveManifest = { ...ARCHIVE, messages, files: zip.files, ...(left.length > 0 && { left }) };
  zip.add(MANIFEST_FILE, JSON.stringify(manifest, null, 1));
  zip.end();
  yield* zip.take();
}

/** The bytes of pictures, one after the other. */
class Pictures {
  readonly #zip: ZipStream;
  readonly #pool: Pick<Pool, 'query'>;
  readonly #added = new Set<string>();

  constructor(zip: ZipStream, pool: Pick<Pool, 'query'>) {
    this.#zip = zip;
    this.#pool = pool;
  }

  /** Once each. One that was replaced or removed a moment ago is not in it, as nobody wears it any more. */
  async add(picture: string | undefined): Promise<void> {
    if (picture === undefined || this.#added.has(picture)) return;
    this.#added.add(picture);
    const found = await findPicture(this.#pool, picture);
    if (found) this.#zip.add(pictureFile(picture), found.bytes);
  }
}

/** Returns what is not in it. */
async function* addBlobs(zip: ZipStream, { pool, user, blobs }: ArchiveRequest): AsyncGenerator<Uint8Array, string[]> {
  const left: string[] = [];
  let bytes = 0;
  for (const { id, size } of await findFilesToRead(pool, user)) {
    const hasRoom = bytes + size <= MAX_BLOB_BYTES && zip.files.length + 1 < MAX_FILES;
    // Deleted meanwhile: then it is in no message either.
    if (hasRoom && !(await findReadableFile(pool, { id, user }))) continue;
    // An archive that lacks some bytes is better than none, and says so.
    const blob = hasRoom ? await blobs.open(id).catch(() => undefined) : undefined;
    if (!blob) {
      left.push(id);
      continue;
    }
    bytes += size;
    yield* zip.addPieces(blobFile(id), blob);
  }
  return left;
}

async function accountOf(
  { pool, user, nowMs }: ArchiveRequest,
  conversations: ArchivedAccount['conversations'],
): Promise<ArchivedAccount> {
  type Row = Record<'id' | 'name' | 'email', string> & Record<'status' | 'picture', string | null>;
  const { rows } = await pool.query<Row>(
    `select u.id, name, email, status, p.id as picture from users u left join pictures p on p."user" = u.id
     where u.id = $1`,
    [user],
  );
  if (!rows[0]) throw new Error('The account is gone');
  const { status, picture, ...known } = rows[0];
  const account = { ...known, ...(status !== null && { status }), ...(picture !== null && { picture }) };
  const stored = await loadDocument(pool, accountId(user));
  const doc = new Y.Doc();
  try {
    if (stored) Y.applyUpdate(doc, mergeEntries(stored.state, stored.entries));
    const [settings, drafts, preferences, stars] = [SETTINGS, DRAFTS, CONVERSATIONS, STARS].map((root) =>
      doc.getMap(root).toJSON(),
    );
    const hidden = [...doc.getMap(HIDDEN).keys()];
    return {
      ...{ ...ARCHIVE, exportedAt: nowMs, account },
      ...{
        settings: settings ?? {},
        drafts: drafts ?? {},
        preferences: preferences ?? {},
        stars: stars ?? {},
        hidden,
        conversations,
      },
    };
  } finally {
    doc.destroy();
  }
}

/** Yields the number of messages after each epoch. One that is deleted meanwhile has epochs and no `conversation.json`. */
async function* addConversation(
  zip: ZipStream,
  { pictures, ...request }: ArchiveRequest & { pictures: Pictures },
  id: ConversationId,
): AsyncGenerator<number> {
  const named = new Set<string>();
  const epochs: ArchivedConversation['epochs'] = [];
  for (let epoch = 0; ; epoch++) {
    const archived = await archiveEpoch(request, id, epoch);
    if (!archived) break;
    const { document, head, state, writers, messages, people } = archived;
    zip.add(epochFile(id, epoch, 'ndjson'), messages.map((message) => `${JSON.stringify(message)}\n`).join(''));
    zip.add(
      epochFile(id, epoch, 'yjs'),
      encoding.encode((encoder) => {
        encoding.writeVarString(encoder, document);
        encoding.writeVarUint8Array(encoder, state);
      }),
    );
    epochs.push({ head, writers });
    for (const person of people) named.add(person);
    yield messages.length;
  }
  const conversation = await conversationOf(request, id, { epochs, named });
  if (conversation) {
    zip.add(conversationFile(id), JSON.stringify(conversation));
    for (const { picture } of [conversation, ...conversation.people]) {
      await pictures.add(picture);
      yield 0;
    }
  }
  yield 0;
}

async function conversationOf(
  { pool, user, emails }: ArchiveRequest,
  id: ConversationId,
  { epochs, named }: Pick<ArchivedConversation, 'epochs'> & { named: Set<string> },
): Promise<ArchivedConversation | undefined> {
  const { rows } = await pool.query<
    Pick<ArchivedConversation, 'kind' | 'title' | 'members'> & {
      description: string | null;
      picture: string | null;
      created_at: Date;
      pins: NonNullable<ArchivedConversation['pins']> | null;
    }
  >(
    `select kind, title, description, created_at, (select id from pictures where conversation = c.id) as picture, (
       select json_agg(json_build_object('id', "user", 'role', role, 'joinedAt', floor(extract(epoch from joined_at) * 1000)::bigint)
         order by joined_at, "user") from members where conversation = c.id) as members, ${pinsOf('c.id')} as pins
     from conversations c where id = $1`,
    [id],
  );
  const row = rows[0];
  if (!row?.members) return undefined;
  const { kind, title, description, picture, created_at, members, pins } = row;
  for (const member of members) named.add(member.id);
  for (const { by } of pins ?? []) named.add(by);
  const people = await pool.query<Omit<ArchivedPerson, 'picture'> & { picture: string | null }>(
    `select u.id, name, email, p.id as picture, deleted_at is not null as "isDeleted"
     from users u left join pictures p on p."user" = u.id where u.id = any($1) order by u.id`,
    [[...named]],
  );
  return {
    ...{ id, kind, title, ...(description !== null && { description }), ...(picture !== null && { picture }) },
    ...{ createdAt: created_at.getTime(), members, epochs, ...(pins && { pins }) },
    people: people.rows.map(({ id: person, name, email, picture: worn, isDeleted }) => ({
      ...{ id: person, name, ...(worn !== null && { picture: worn }) },
      ...(email && (emails === 'all' || person === user) && { email }),
      ...(isDeleted && { isDeleted }),
    })),
  };
}
