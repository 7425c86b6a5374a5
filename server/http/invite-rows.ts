/** Links into groups, as rows. A link works until it expires, as often as it may be used, and while who made it is owner or admin. */
import type { Invitation, Invite } from '../../schema/http/invites.ts';
import { MAX_MEMBERS } from '../../schema/limits.ts';
import type { PoolClient } from '../database/pool.ts';

interface Row {
  readonly id: string;
  readonly by: string;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly uses: number;
  readonly max_uses: number | null;
}

/** Of links `i` made by members `m`, who are accounts `u`. */
const WORKS = `m.role in ('owner', 'admin') and u.deactivated_at is null`;
const MADE_BY = `invites i join members m on m.conversation = i.conversation and m."user" = i."user" join users u on u.id = i."user"`;

const inviteOf = (row: Row): Omit<Invite, 'token'> => ({
  id: row.id,
  by: row.by,
  createdAt: row.created_at.getTime(),
  expiresAt: row.expires_at.getTime(),
  uses: row.uses,
  ...(row.max_uses !== null && { maxUses: row.max_uses }),
});

/** Those that still let somebody in, the newest first. */
export async function listInvites(
  client: Pick<PoolClient, 'query'>,
  conversation: string,
  now: number,
): Promise<Omit<Invite, 'token'>[]> {
  const { rows } = await client.query<Row>(
    `select i.id, i."user" as by, i.created_at, i.expires_at, i.uses, i.max_uses from ${MADE_BY}
     where i.conversation = $1 and ${WORKS} and i.expires_at > $2 and (i.max_uses is null or i.uses < i.max_uses)
     order by i.created_at desc, i.id`,
    [conversation, new Date(now)],
  );
  return rows.map(inviteOf);
}

export async function insertInvite(
  client: PoolClient,
  {
    id,
    conversation,
    user,
    expiresAt,
    maxUses,
  }: { id: string; conversation: string; user: string; expiresAt: number; maxUses: number | undefined },
): Promise<Omit<Invite, 'token'>> {
  const { rows } = await client.query<Row>(
    `insert into invites (id, conversation, "user", expires_at, max_uses) values ($1, $2, $3, $4, $5)
     returning id, "user" as by, created_at, expires_at, uses, max_uses`,
    [id, conversation, user, new Date(expiresAt), maxUses ?? null],
  );
  return inviteOf(rows[0] as Row);
}

/** Who holds a link is told that it expired for so long; then it is as if it had never been. */
const KEPT = `interval '30 days'`;

export async function forgetExpired(client: PoolClient, conversation: string): Promise<void> {
  await client.query(`delete from invites where conversation = $1 and expires_at < now() - ${KEPT}`, [conversation]);
}

/** What a link is worth to somebody. */
export interface FoundInvite {
  readonly invitation: Invitation;
  readonly epoch: number;
  /** It is over: it has expired, or was used as often as it may be. */
  readonly isOver: boolean;
  /** Others removed this person after it was made. */
  readonly wasRemoved: boolean;
}

interface FoundRow {
  readonly id: string;
  readonly title: string | null;
  readonly description: string | null;
  readonly picture: string | null;
  readonly epoch: number;
  readonly members: number;
  readonly by: string;
  readonly by_name: string;
  readonly expires_at: Date;
  readonly role: Invitation['role'] | null;
  readonly is_used_up: boolean;
  readonly was_removed: boolean;
}

/** Undefined when it was withdrawn. */
export async function findInvite(
  client: Pick<PoolClient, 'query'>,
  { id, user, now }: { id: string; user: string; now: number },
): Promise<FoundInvite | undefined> {
  const { rows } = await client.query<FoundRow>({
    name: 'find-invite',
    text: `select c.id, c.title, c.description, (select id from pictures where conversation = c.id) as picture, c.epoch, i."user" as by, u.name as by_name, i.expires_at,
        (select count(*)::int from members where conversation = c.id) as members,
        (select role from members where conversation = c.id and "user" = $2) as role,
        coalesce(i.uses >= i.max_uses, false) as is_used_up,
        exists (select from removals r where r.conversation = c.id and r."user" = $2 and r.removed_at >= i.created_at) as was_removed
      from ${MADE_BY} join conversations c on c.id = i.conversation where i.id = $1 and ${WORKS}`,
    values: [id, user],
  });
  const row = rows[0];
  if (!row) return undefined;
  return {
    invitation: {
      conversation: {
        id: row.id,
        title: row.title,
        ...(row.description !== null && { description: row.description }),
        ...(row.picture !== null && { picture: row.picture }),
        members: row.members,
      },
      by: { id: row.by, name: row.by_name },
      expiresAt: row.expires_at.getTime(),
      ...(row.role && { role: row.role }),
      isFull: row.members >= MAX_MEMBERS,
    },
    epoch: row.epoch,
    isOver: row.is_used_up || row.expires_at.getTime() <= now,
    wasRemoved: row.was_removed,
  };
}
