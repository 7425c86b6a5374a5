/**
 * The end of an account, in the transaction of whoever ends it: nobody can sign in, its groups have other owners, everything that belongs to the person
 * alone is gone, and the wish to erase the rest is written. The nameless row that stays is the author of what others may read.
 */
import type { ConversationId, UserId } from '../../schema/ids.ts';
import type { Pool, PoolClient } from '../database/pool.ts';
import { announce, announceChange, type Change } from '../fan-out/announce.ts';
import type { FanOut } from '../fan-out/fan-out.ts';
import { eraseUnnamedFiles } from '../files/file-rows.ts';
import { noteChange } from './group-members.ts';
import { nameOwners } from './name-owners.ts';

export interface DeletedAccount {
  /** Sessions that are over. */
  readonly sessions: readonly string[];
  /** Where the person was a member. */
  readonly conversations: readonly ConversationId[];
  /** Groups without the person. */
  readonly changes: readonly Change[];
  /** Who has a direct conversation with nobody now. */
  readonly left: readonly { readonly conversation: ConversationId; readonly epoch: number; readonly other: UserId }[];
}

/** Says who it was to programs that do not look at `isDeleted`. */
const NAME = 'Deleted account';

/** Undefined when it was deleted a moment ago. */
export async function deleteAccount(
  client: PoolClient,
  { user, erase }: { user: UserId; erase: boolean },
): Promise<DeletedAccount | undefined> {
  const { rows } = await client.query<{ email: string }>(
    'select email from users where id = $1 and deleted_at is null for update',
    [user],
  );
  if (!rows[0]) return undefined;
  const { groups, changes } = await leaveGroups(client, user);
  const left = await keepDirectConversations(client, user);
  // After the memberships, which end what is being committed: what this statement does not see cannot come any more.
  await client.query(
    `insert into erasures as e (conversation, "user", what)
       select distinct conversation, "user", $2 from writers where "user" = $1
     on conflict (conversation, "user") do update set what = least(e.what, excluded.what), epoch = 0, claimed_at = null`, // 'everything' comes first
    [user, erase ? 'everything' : 'receipts'],
  );
  await eraseUnnamedFiles(client, user);
  const sessions = await client.query<{ id: string }>('delete from sessions where "user" = $1 returning id', [user]);
  await deleteOwnRows(client, user);
  await client.query('delete from verifications where identifier = $1 or value = $2', [rows[0].email, user]);
  await client.query(
    `update users set name = $2, email = null, email_verified = false, image = null, status = null, is_admin = false, deactivated_at = null,
       deleted_at = now(), updated_at = now()
     where id = $1`,
    [user, NAME],
  );
  return {
    sessions: sessions.rows.map(({ id }) => id),
    conversations: [...groups, ...left.map(({ conversation }) => conversation)],
    left,
    changes,
  };
}

/** Takes back a name that was given by whoever does not look whether the account has ended meanwhile. Answers whether it has. */
export async function keepNameless(pool: Pick<Pool, 'query'>, user: UserId): Promise<boolean> {
  const { rowCount } = await pool.query('update users set name = $2 where id = $1 and deleted_at is not null', [
    user,
    NAME,
  ]);
  return rowCount === 1;
}

/** After the commit: closes sockets and has rooms and other people notice. */
export function announceDeletion(
  fanOut: FanOut,
  { user, at, deleted }: { user: UserId; at: number; deleted: DeletedAccount },
): void {
  fanOut.publish('revoked', { sessions: deleted.sessions });
  for (const conversation of deleted.conversations) fanOut.publish('membership', { conversation });
  for (const change of deleted.changes) announceChange(fanOut, change);
  for (const { conversation, epoch, other } of deleted.left)
    announce(fanOut, { conversation, epoch, from: user, at, members: [other] });
}

async function leaveGroups(
  client: PoolClient,
  user: UserId,
): Promise<{ groups: ConversationId[]; changes: readonly Change[] }> {
  // In the order of their ids, so that two accounts that end together wait for each other and no more.
  const { rows } = await client.query<{ id: ConversationId }>(
    `select c.id from conversations c join members m on m.conversation = c.id
     where m."user" = $1 and c.kind = 'group' order by c.id for no key update of c`,
    [user],
  );
  const ids = rows.map(({ id }) => id);
  await client.query('delete from members where "user" = $1 and conversation = any($2)', [user, ids]);
  await nameOwners(client, ids);
  return { groups: ids, changes: await noteChange(client, ids) };
}

/** The other person keeps them, and with whom they talked; a touched membership counts as changed. */
async function keepDirectConversations(client: PoolClient, user: UserId): Promise<DeletedAccount['left']> {
  await client.query('update members set role = role where "user" = $1', [user]);
  const { rows } = await client.query<DeletedAccount['left'][number]>(
    `select c.id as conversation, c.epoch, other."user" as other
     from members own join conversations c on c.id = own.conversation
     join members other on other.conversation = own.conversation and other."user" <> own."user"
     where own."user" = $1`,
    [user],
  );
  return rows;
}

/** Every table that would lose its rows with the user's row holds what is the person's own; but what grows with what others write is the eraser's. */
const KEPT = ['members', 'read_receipts', 'read_clocks'];

async function deleteOwnRows(client: PoolClient, user: UserId): Promise<void> {
  const { rows } = await client.query<{ table: string; column: string }>(
    `select quote_ident(r.relname) as "table", quote_ident(a.attname) as "column"
     from pg_constraint c join pg_class r on r.oid = c.conrelid
     join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
     where c.confrelid = 'users'::regclass and c.contype = 'f' and c.confdeltype = 'c' and r.relname <> all($1)
     order by 1`,
    [KEPT],
  );
  for (const { table, column } of rows) await client.query(`delete from ${table} where ${column} = $1`, [user]);
}
