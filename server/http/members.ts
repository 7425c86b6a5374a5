/**
 * Members of a group: add, change roles, remove, leave. Owners may do everything; admins add and remove plain members.
 */
import { createRoute, z } from '@hono/zod-openapi';
import { Conversation, PutMember, type Role } from '../../schema/http/conversations.ts';
import type { ConversationId } from '../../schema/ids.ts';
import { MAX_MEMBERS } from '../../schema/limits.ts';
import { nameOwners } from '../account/name-owners.ts';
import type { PoolClient } from '../database/pool.ts';
import { inTransaction } from '../database/transaction.ts';
import { announce } from '../fan-out/announce.ts';
import { findConversation } from './conversation-rows.ts';
import { createRoutes, type HttpDependencies } from './environment.ts';
import { NOT_FOUND, requireGroup, requireRole } from './membership.ts';
import { HttpProblem } from './problem.ts';
import { body, bodyProblems, json, problems, securityOf } from './responses.ts';

const params = z.object({ id: z.string().max(64), userId: z.string().max(64) });
const path = '/api/conversations/{id}/members/{userId}';
const tags = ['members'];

const put = createRoute({
  method: 'put',
  path,
  tags,
  summary: 'Add a member or change a role',
  description: 'Owners and admins add members; only owners make or change owners and admins.',
  security: securityOf('write'),
  request: { params, body: body(PutMember) },
  responses: { 200: json(Conversation, 'The conversation with its members'), ...bodyProblems(404, 409) },
});

const remove = createRoute({
  method: 'delete',
  path,
  tags,
  summary: 'Leave, or remove a member',
  description:
    'Everybody may leave. When the last owner does, the oldest admin follows, else the oldest member; the last member takes the group along. Owners remove anybody, admins plain members. Who leaves with `erase=true` is out at once; all they wrote there and their receipts are erased within seconds.',
  security: securityOf('write'),
  request: { params, query: z.object({ erase: z.enum(['true', 'false']).default('false') }) },
  responses: { 204: { description: 'No member any more' }, ...problems(403, 404, 409) },
});

export function memberRoutes({
  pool,
  fanOut,
  clock,
  eraser,
}: Pick<HttpDependencies, 'pool' | 'fanOut' | 'clock' | 'eraser'>) {
  return createRoutes()
    .openapi(put, async (c) => {
      const { id, userId } = c.req.valid('param');
      const { role } = c.req.valid('json');
      const { user } = c.var.session;
      const isChanged = await inTransaction(pool, (client) => putMember(client, { id, user, target: userId, role }));
      if (isChanged) fanOut.publish('membership', { conversation: id as ConversationId });
      const conversation = await findConversation(pool, id, user);
      if (!conversation) throw new HttpProblem(404, NOT_FOUND);
      const { epoch } = conversation;
      if (isChanged) announce(fanOut, { conversation: id, epoch, from: user, at: clock.now(), members: [userId] });
      return c.json(conversation, 200);
    })
    .openapi(remove, async (c) => {
      const { id, userId } = c.req.valid('param');
      const { user } = c.var.session;
      const isErasing = c.req.valid('query').erase === 'true';
      if (isErasing && userId !== user)
        throw new HttpProblem(403, { detail: 'Everybody erases only what they wrote themselves' });
      await inTransaction(pool, async (client) => {
        await removeMember(client, { id, user, target: userId });
        if (isErasing) await wishErasure(client, id, user);
      });
      fanOut.publish('membership', { conversation: id as ConversationId });
      if (isErasing) eraser.poke();
      return c.body(null, 204);
    });
}

interface Change {
  readonly id: string;
  /** Who asks. */
  readonly user: string;
  /** Who is changed. */
  readonly target: string;
}

async function putMember(client: PoolClient, { id, user, target, role }: Change & { role: Role }): Promise<boolean> {
  const own = await requireGroup(client, id, user);
  requireRole(own, 'owner', 'admin');
  const former = await findRole(client, id, target);
  if (former === role) return false;
  if (role !== 'member' || former) requireRole(own, 'owner');
  if (former === undefined) {
    const { rows } = await client.query<{ exists: boolean; leaving: boolean; count: number }>(
      `select exists (select from users where id = $2 and deleted_at is null and deactivated_at is null), count(*)::int as count,
         exists (select from erasures where conversation = $1 and "user" = $2) as leaving
       from members where conversation = $1`,
      [id, target],
    );
    if (!rows[0]?.exists) throw new HttpProblem(404, { detail: 'There is no such person' });
    // What they write from now on would be erased, too.
    if (rows[0].leaving)
      throw new HttpProblem(409, { detail: 'What this person wrote here is being erased; try again in a moment' });
    if (rows[0].count >= MAX_MEMBERS)
      throw new HttpProblem(409, { detail: `A group has at most ${MAX_MEMBERS} members` });
  }
  await client.query(
    `insert into members (conversation, "user", role) values ($1, $2, $3)
     on conflict (conversation, "user") do update set role = excluded.role`,
    [id, target, role],
  );
  const { rowCount } = await client.query(`select from members where conversation = $1 and role = 'owner'`, [id]);
  if (rowCount === 0) throw new HttpProblem(409, { detail: 'A group needs an owner: make somebody else one first' });
  return true;
}

async function removeMember(client: PoolClient, { id, user, target }: Change): Promise<void> {
  const own = await requireGroup(client, id, user);
  if (target !== user) {
    requireRole(own, 'owner', 'admin');
    const role = await findRole(client, id, target);
    if (!role) throw new HttpProblem(404, { detail: 'This person is no member' });
    if (role !== 'member') requireRole(own, 'owner');
  }
  await client.query('delete from members where conversation = $1 and "user" = $2', [id, target]);
  await nameOwners(client, [id]);
}

/** Nothing when the group ended with its last member. */
async function wishErasure(client: PoolClient, id: string, user: string): Promise<void> {
  await client.query(
    `insert into erasures (conversation, "user", what) select id, $2, 'everything' from conversations where id = $1`,
    [id, user],
  );
}

async function findRole(client: PoolClient, id: string, user: string): Promise<Role | undefined> {
  const { rows } = await client.query<{ role: Role }>(
    'select role from members where conversation = $1 and "user" = $2',
    [id, user],
  );
  return rows[0]?.role;
}
