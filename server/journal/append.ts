/**
 * The commit: one statement makes the entries of many documents durable (P1). Per document it is all or nothing, a
 * compare-and-set on the head and on the membership count: whoever judged an update by an older state of the document or of
 * its members commits nothing and must judge again. It decides nothing itself; the rules stand in the SQL.
 */
import type { Pool, QueryConfig } from 'pg';
import type { DocumentId, MessageId, UserId } from '../../schema/ids.ts';
import { type AccountRows, writeAccountRows } from '../account/account-rows.ts';
import { onConnection } from '../database/transaction.ts';
import { claimFiles, type FileClaim } from '../files/file-rows.ts';

export interface Entry {
  /** Yjs V1 update: the net result of one transaction. */
  readonly update: Uint8Array;
  /** Who submitted it; null: a server by itself. */
  readonly user: UserId | null;
  /** What push must hear of it: new messages; text that went; more that was read. */
  readonly tells?: readonly Told[] | undefined;
}

export type Told = 'message' | 'deleted' | 'read';

export interface Binding {
  readonly writer: number;
  /** null: a server. */
  readonly user: UserId | null;
}

/** The answer that a repeated POST with the same key gets. */
export interface IdempotencyRecord {
  readonly user: UserId;
  readonly key: string;
  readonly message: MessageId;
  readonly seq: number;
  readonly fingerprint: number | null;
}

/** What one document wants to commit. */
export interface Commit {
  readonly document: DocumentId;
  /** The head and the membership count that the entries were judged by. */
  readonly head: number;
  readonly membership: number;
  /** Non-empty; they become head + 1, head + 2, … */
  readonly entries: readonly Entry[];
  readonly bindings: readonly Binding[];
  readonly idempotency: readonly IdempotencyRecord[];
  /** Whether an entry edits or deletes text that an earlier entry holds. */
  readonly erases: boolean;
  /** Files that the messages of the entries name: each belongs to its message from now on, or nothing is committed. */
  readonly claims?: readonly FileClaim[] | undefined;
  /** What the entries say of their user that is stored as rows: of an account document. */
  readonly account?: AccountRows | undefined;
  /** The document is full: the next epoch is opened with it, under this generation. */
  readonly nextGeneration?: string | undefined;
  /** Commits of closed documents whose late messages this one takes in. */
  readonly riders: readonly Commit[];
}

// Whether anybody could be told by "user", or may have been told what is not so any more: a few looks into indexes.
const CONCERNS_SOMEBODY: Readonly<Record<Told, (user: string) => string>> = {
  message: (user) => `exists (
    select from members m join push_targets p on p."user" = m."user" where m.conversation = a.conversation and m."user" <> ${user})`,
  read: (user) => `exists (select from push_deliveries d where d.conversation = a.conversation and d."user" = ${user})`,
  deleted: () => 'exists (select from push_deliveries d where d.conversation = a.conversation)',
};

const APPEND = `
with wanted as (
  select * from unnest($1::text[], $2::bigint[], $3::bigint[], $4::int[], $5::bool[])
    as t (document, head, membership, entries, erases)
), advanced as (
  update documents d
     set head = d.head + w.entries,
         -- An account document has no other projection than that of its commits.
         projected = case when d.conversation is null then d.head + w.entries else d.projected end,
         erased = case when w.erases then d.head + w.entries else d.erased end
    from wanted w
   where d.id = w.document and d.head = w.head and d.membership = w.membership
  returning d.id, d.conversation, d.epoch
), written as (
  insert into journal (document, seq, "update", "user")
  select e.document, e.seq, e."update", e."user"
    from unnest($6::text[], $7::bigint[], $8::bytea[], $9::text[]) as e (document, seq, "update", "user")
    join advanced a on a.id = e.document
), bound as (
  insert into writers (conversation, client_id, "user", epoch)
  select a.conversation, b.client_id, b."user", a.epoch
    from unnest($10::text[], $11::bigint[], $12::text[]) as b (document, client_id, "user")
    join advanced a on a.id = b.document
), answered as (
  insert into idempotency_keys ("user", key, conversation, message, seq, fingerprint)
  select i."user", i.key, a.conversation, i.message, i.seq, i.fingerprint
    from unnest($13::text[], $14::text[], $15::text[], $16::text[], $17::bigint[], $18::int[])
      as i (document, "user", key, message, seq, fingerprint)
    join advanced a on a.id = i.document
), told as (
  insert into push_outbox (conversation, what, epoch, seq, "user")
  select a.conversation, t.what, a.epoch, t.seq, t."user"
    from unnest($19::text[], $20::bigint[], $21::text[], $22::text[]) as t (document, seq, what, "user")
    join advanced a on a.id = t.document
   where case t.what
     when 'message' then ${CONCERNS_SOMEBODY.message('t."user"')}
     when 'read' then ${CONCERNS_SOMEBODY.read('t."user"')}
     else ${CONCERNS_SOMEBODY.deleted('t."user"')} end
)
select id from advanced`;

// The same for one document with one entry and nothing else, as most commits are while there is little to do: without arrays the
// round trip takes a third less (0.40 instead of 0.58 ms).
const APPEND_ONE = `
with advanced as (
  update documents
     set head = head + 1, projected = case when conversation is null then head + 1 else projected end,
         erased = case when $4 then head + 1 else erased end
   where id = $1 and head = $2 and membership = $3
  returning id
)
insert into journal (document, seq, "update", "user") select id, $2 + 1, $5, $6 from advanced`;

// One statement for each thing to tell: with what it is as a parameter, Postgres would not keep a plan but make one with every
// commit, which takes twice as long as running it.
const APPEND_ONE_AND_TELL: Readonly<Record<Told, string>> = {
  message: appendOneAndTell('message'),
  read: appendOneAndTell('read'),
  deleted: appendOneAndTell('deleted'),
};

function appendOneAndTell(what: Told): string {
  return `
with advanced as (
  update documents
     set head = head + 1, erased = case when $4 then head + 1 else erased end
   where id = $1 and head = $2 and membership = $3
  returning id, conversation, epoch
), told as (
  insert into push_outbox (conversation, what, epoch, seq, "user")
  select a.conversation, '${what}', a.epoch, $2 + 1, $6 from advanced a where ${CONCERNS_SOMEBODY[what]('$6')}
)
insert into journal (document, seq, "update", "user") select id, $2 + 1, $5, $6 from advanced`;
}

const OPEN_EPOCH = `
with next as (
  update conversations c set epoch = d.epoch + 1 from documents d where d.id = $1 and c.id = d.conversation and c.epoch = d.epoch
  returning c.id, c.epoch
)
insert into documents (id, conversation, epoch, generation) select id || '.' || epoch, id, epoch, $2 from next`;

const UNIQUE_VIOLATION = '23505';

/**
 * Commits what can be committed.
 *
 * @returns the documents whose entries are durable; for the others somebody was faster, or a member or role changed, or a
 *   writer or idempotency key was taken. Throws when the database fails: then nothing is known and every room must load again.
 */
export async function append(pool: Pool, commits: readonly Commit[]): Promise<ReadonlySet<DocumentId>> {
  try {
    const one = oneEntry(commits);
    if (one) {
      const { rowCount } = await pool.query(one);
      return new Set(rowCount === 1 ? commits.map(({ document }) => document) : []);
    }
    const { rows } = await pool.query<{ id: DocumentId }>(statement(commits));
    return new Set(rows.map(({ id }) => id));
  } catch (error) {
    if ((error as { code?: string }).code !== UNIQUE_VIOLATION) throw error;
    // One document's writer or key was taken and took the whole statement down: the others must not suffer for it.
    if (commits.length === 1) return new Set();
    const committed = new Set<DocumentId>();
    for (const commit of commits) for (const id of await append(pool, [commit])) committed.add(id);
    return committed;
  }
}

/**
 * Commits one document with everything that must happen in the same transaction: the next epoch, the documents that late
 * messages came from, the files of messages, the rows of an account. All or nothing.
 *
 * @returns whether it is durable; false as in `append`. Throws when the database fails.
 */
export async function appendTogether(pool: Pool, commit: Commit): Promise<boolean> {
  const commits = [commit, ...commit.riders];
  try {
    return await onConnection(pool, async (client) => {
      await client.query('begin');
      const { rows } = await client.query(statement(commits));
      const claims = commits.flatMap(({ claims }) => claims ?? []);
      const isComplete = rows.length === commits.length && (await claimFiles(client, claims));
      if (isComplete && commit.nextGeneration !== undefined)
        await client.query({ name: 'open-epoch', text: OPEN_EPOCH, values: [commit.document, commit.nextGeneration] });
      const [entry] = commit.entries;
      if (isComplete && commit.account && entry?.user) await writeAccountRows(client, entry.user, commit.account);
      await client.query(isComplete ? 'commit' : 'rollback');
      return isComplete;
    });
  } catch (error) {
    if ((error as { code?: string }).code !== UNIQUE_VIOLATION) throw error;
    return false;
  }
}

function oneEntry([commit, ...others]: readonly Commit[]): QueryConfig | undefined {
  if (!commit || others.length > 0) return undefined;
  const { document, head, membership, entries, bindings, idempotency, erases } = commit;
  const [entry] = entries;
  if (!entry || entries.length > 1 || bindings.length > 0 || idempotency.length > 0) return undefined;
  const values = [document, head, membership, erases, bytesOf(entry), entry.user];
  const [what, ...more] = entry.tells ?? [];
  if (more.length > 0) return undefined;
  return what
    ? { name: `append-one-and-tell-${what}`, text: APPEND_ONE_AND_TELL[what], values }
    : { name: 'append-one', text: APPEND_ONE, values };
}

const bytesOf = ({ update }: Entry): Buffer => Buffer.from(update.buffer, update.byteOffset, update.byteLength);

function statement(commits: readonly Commit[]): QueryConfig {
  const entries = commits.flatMap(({ document, head, entries }) =>
    entries.map((entry, index) => ({ document, seq: head + 1 + index, ...entry })),
  );
  const bindings = commits.flatMap(({ document, bindings }) => bindings.map((binding) => ({ document, ...binding })));
  const records = commits.flatMap(({ document, idempotency }) =>
    idempotency.map((record) => ({ document, ...record })),
  );
  const told = entries.flatMap(({ tells = [], ...entry }) => tells.map((what) => ({ ...entry, what })));
  const values = [
    commits.map(({ document }) => document),
    commits.map(({ head }) => head),
    commits.map(({ membership }) => membership),
    commits.map(({ entries }) => entries.length),
    commits.map(({ erases }) => erases),
    entries.map(({ document }) => document),
    entries.map(({ seq }) => seq),
    entries.map(bytesOf),
    entries.map(({ user }) => user),
    bindings.map(({ document }) => document),
    bindings.map(({ writer }) => writer),
    bindings.map(({ user }) => user),
    records.map(({ document }) => document),
    records.map(({ user }) => user),
    records.map(({ key }) => key),
    records.map(({ message }) => message),
    records.map(({ seq }) => seq),
    records.map(({ fingerprint }) => fingerprint),
    told.map(({ document }) => document),
    told.map(({ seq }) => seq),
    told.map(({ what }) => what),
    told.map(({ user }) => user),
  ];
  return { name: 'append', text: APPEND, values };
}
