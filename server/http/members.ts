/**
 * Members of a group: add, change roles, remove, leave. Owners may do everything; admins add and remove plain members.
 */
import { createRoute, z } from '@hono/zod-openapi';
import { Conversation, PutMember, type Role } from '../../schema/http/conversations.ts';
import type { ConversationId } from '../../schema/ids.ts';
import { noteChange } from '../account/group-members.ts';
import { nameOwners } from '../account/name-owners.ts';
import type { PoolClient } from '../database/pool.ts';
import { inTransaction } from '../database/transaction.ts';
import { announceChange, type Change } from '../fan-out/announce.ts';
import { addMember, announceMember } from './add-member.ts';
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
  description:
    'Owners and admins add members; only owners make or change owners and admins. Without a role, or without a body, this adds a plain member and changes nobody who is one.',
  security: securityOf('write'),
  request: { params, body: { ...body(PutMember), required: false } },
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
  const announceRights = (changes: readonly Change[]) => {
    for (const change of changes) {
      fanOut.publish('membership', { conversation: change.conversation as ConversationId });
      announceChange(fanOut, change);
    }
  };
  return createRoutes()
    .openapi(put, async (c) => {
      const { id, userId } = c.req.valid('param');
      const { role } = c.req.valid('json');
      const { user } = c.var.session;
      const done = await inTransaction(pool, (client) => putMember(client, { id, user, target: userId, role }));
      if (done.is === 'changed') announceRights(done.changes);
      const conversation = await findConversation(pool, id, user);
      if (!conversation) throw new HttpProblem(404, NOT_FOUND);
      const { epoch } = conversation;
      if (done.is === 'added')
        announceMember({ fanOut, clock }, { person: userId, from: user, epoch, changes: done.changes });
      return c.json(conversation, 200);
    })
    .openapi(remove, async (c) => {
      const { id, userId } = c.req.valid('param');
      const { user } = c.var.session;
      const isErasing = c.req.valid('query').erase === 'true';
      if (isErasing && userId !== user)
        throw new HttpProblem(403, { detail: 'Everybody erases only what they wrote themselves' });
      const [change] = await inTransaction(pool, async (client) => {
        await removeMember(client, { id, user, target: userId });
        if (isErasing) await wishErasure(client, id, user);
        return noteChange(client, [id]);
      });
      announceRights([{ conversation: id, members: [...(change?.members ?? []), userId] }]);
      if (isErasing) eraser.poke();
      return c.body(null, 204);
    });
}

interface Asked {
  readonly id: string;
  /** Who asks. */
  readonly user: string;
  /** Who is changed. */
  readonly target: string;
}

type Put = { readonly is: 'same' } | { readonly is: 'added' | 'changed'; readonly changes: readonly Change[] };

async function putMember(
  client: PoolClient,
  { id, user, target, role: asked }: Asked & { role: Role | undefined },
): Promise<Put> {
  const own = await requireGroup(client, id, user);
  requireRole(own, 'owner', 'admin');
  const former = await findRole(client, id, target);
  const role = asked ?? former ?? 'member';
  if (former === role) return { is: 'same' };
  if (role !== 'member' || former) requireRole(own, 'owner');
  if (former === undefined) {
    await addMember(client, { id, person: target, role });
    return { is: 'added', changes: await noteChange(client, [id]) };
  }
  await client.query('update members set role = $3 where conversation = $1 and "user" = $2', [id, target, role]);
  const { rowCount } = await client.query(`select from members where conversation = $1 and role = 'owner'`, [id]);
  if (rowCount === 0) throw new HttpProblem(409, { detail: 'A group needs an owner: make somebody else one first' });
  // Links of somebody who may make none any more.
  if (role === 'member')
    await client.query('delete from invites where conversation = $1 and "user" = $2', [id, target]);
  return { is: 'changed', changes: await noteChange(client, [id]) };
}

async function removeMember(client: PoolClient, { id, user, target }: Asked): Promise<void> {
  const own = await requireGroup(client, id, user);
  if (target !== user) {
    requireRole(own, 'owner', 'admin');
    const role = await findRole(client, id, target);
    if (!role) throw new HttpProblem(404, { detail: 'This person is no member' });
    if (role !== 'member') requireRole(own, 'owner');
    await client.query(
      `insert into removals (conversation, "user", removed_at) values ($1, $2, clock_timestamp())
       on conflict (conversation, "user") do update set removed_at = excluded.removed_at`,
      [id, target],
    );
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
