/** Conversations: start, list, read, rename and delete them. Their members are in `members.ts`. */
import { createRoute, z } from '@hono/zod-openapi';
import {
  Conversation,
  ConversationListItem,
  CreateConversation,
  PatchConversation,
} from '../../schema/http/conversations.ts';
import { type ConversationId, documentId } from '../../schema/ids.ts';
import { noteChange } from '../account/group-members.ts';
import { randomId } from '../auth/auth.ts';
import type { PoolClient } from '../database/pool.ts';
import { inTransaction } from '../database/transaction.ts';
import { announce, announceChange } from '../fan-out/announce.ts';
import { findConversation, type ListPosition, listConversations } from './conversation-rows.ts';
import { encodeCursor, requireCursor } from './cursor.ts';
import { createRoutes, type HttpDependencies } from './environment.ts';
import { NOT_FOUND, requireGroup, requireRole } from './membership.ts';
import { pageCursor, pageLimit } from './page.ts';
import { HttpProblem } from './problem.ts';
import { body, bodyProblems, json, problems, securityOf } from './responses.ts';

const tags = ['conversations'];
const params = z.object({ id: z.string().max(64) });
const Position: z.ZodType<ListPosition> = z.tuple([z.int(), z.string()]);

const create = createRoute({
  method: 'post',
  path: '/api/conversations',
  tags,
  summary: 'Start a conversation',
  description:
    'One other member and no title make a direct conversation, of which there is one for two people; anything else makes a group, owned by its creator, who may be alone in it for now. Whoever starts it is a member, named or not.',
  security: securityOf('write'),
  request: { body: body(CreateConversation) },
  responses: {
    200: json(Conversation, 'The direct conversation that these two have already'),
    201: json(Conversation, 'The new conversation'),
    ...bodyProblems(),
  },
});

const list = createRoute({
  method: 'get',
  path: '/api/conversations',
  tags,
  summary: "One's conversations, the latest activity first",
  security: securityOf('read'),
  request: {
    query: z.object({
      cursor: pageCursor,
      limit: pageLimit({ usual: 50, max: 200 }),
    }),
  },
  responses: {
    200: json(
      z.object({ items: z.array(ConversationListItem), next: z.string().optional() }).openapi('Conversations'),
      'A page; `next` is the cursor of the next one',
    ),
    ...problems(),
  },
});

const read = createRoute({
  method: 'get',
  path: '/api/conversations/{id}',
  tags,
  summary: 'One conversation',
  security: securityOf('read'),
  request: { params },
  responses: { 200: json(Conversation, 'The conversation'), ...problems(404) },
});

const patch = createRoute({
  method: 'patch',
  path: '/api/conversations/{id}',
  tags,
  summary: 'Change the title or description of a group',
  description: 'Owners and admins do. All devices of all members hear of it at once.',
  security: securityOf('write'),
  request: { params, body: body(PatchConversation) },
  responses: { 200: json(Conversation, 'The conversation'), ...bodyProblems(404, 409) },
});

const remove = createRoute({
  method: 'delete',
  path: '/api/conversations/{id}',
  tags,
  summary: 'Delete a group with everything in it, for everybody',
  description: 'Owners do.',
  security: securityOf('write'),
  request: { params },
  responses: { 204: { description: 'It is gone' }, ...problems(403, 404, 409) },
});

export function conversationRoutes({
  pool,
  fanOut,
  projector,
  clock,
}: Pick<HttpDependencies, 'pool' | 'fanOut' | 'projector' | 'clock'>) {
  return createRoutes()
    .openapi(create, async (c) => {
      const { user } = c.var.session;
      const { memberIds, ...given } = c.req.valid('json');
      const title = given.title ?? undefined;
      const others = [...new Set(memberIds)].filter((id) => id !== user);
      const { id, isNew } = await inTransaction(pool, async (client) => {
        await requirePeople(client, others);
        const [other] = others;
        if (title === undefined && other !== undefined && others.length === 1) return startDirect(client, user, other);
        if (title === undefined && others.length === 0)
          throw new HttpProblem(422, {
            errors: [{ path: 'memberIds', message: 'Name somebody else, or give a title' }],
          });
        return startGroup(client, { owner: user, others, title });
      });
      if (isNew) fanOut.publish('membership', { conversation: id });
      const conversation = await findConversation(pool, id, user);
      if (!conversation) throw new HttpProblem(404, NOT_FOUND);
      const members = conversation.members.map((member) => member.id);
      if (isNew)
        announce(fanOut, { conversation: id, epoch: conversation.epoch, from: user, at: clock.now(), members });
      return c.json(conversation, isNew ? 201 : 200);
    })
    .openapi(list, async (c) => {
      const { cursor, limit } = c.req.valid('query');
      const after = cursor === undefined ? undefined : requireCursor(cursor, Position);
      const { user } = c.var.session;
      await projector.projectAllOf(user);
      const { items, end } = await listConversations(pool, { user, after, limit });
      return c.json({ items, ...(end && { next: encodeCursor(end) }) }, 200);
    })
    .openapi(read, async (c) => {
      const conversation = await findConversation(pool, c.req.valid('param').id, c.var.session.user);
      if (!conversation) throw new HttpProblem(404, NOT_FOUND);
      return c.json(conversation, 200);
    })
    .openapi(patch, async (c) => {
      const { id } = c.req.valid('param');
      const { user } = c.var.session;
      const { title, description } = c.req.valid('json');
      const changes = await inTransaction(pool, async (client) => {
        requireRole(await requireGroup(client, id, user), 'owner', 'admin');
        await client.query(
          `update conversations set title = coalesce($2, title), description = case when $3 then $4 else description end
           where id = $1`,
          [id, title ?? null, description !== undefined, description ?? null],
        );
        return noteChange(client, [id]);
      });
      for (const change of changes) announceChange(fanOut, change);
      const conversation = await findConversation(pool, id, user);
      if (!conversation) throw new HttpProblem(404, NOT_FOUND);
      return c.json(conversation, 200);
    })
    .openapi(remove, async (c) => {
      const { id } = c.req.valid('param');
      const changes = await inTransaction(pool, async (client) => {
        requireRole(await requireGroup(client, id, c.var.session.user), 'owner');
        const changes = await noteChange(client, [id]);
        // In the order in which commits lock: the document, then the conversation. The other way round they would deadlock.
        await client.query('select from documents where conversation = $1 for update', [id]);
        await client.query('delete from conversations where id = $1', [id]);
        return changes;
      });
      fanOut.publish('membership', { conversation: id as ConversationId });
      for (const change of changes) announceChange(fanOut, change);
      return c.body(null, 204);
    });
}

interface Started {
  readonly id: ConversationId;
  readonly isNew: boolean;
}

async function requirePeople(client: PoolClient, ids: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ id: string }>(
    `select id from unnest($1::text[]) with ordinality as given (id, place)
     where not exists (select from users where users.id = given.id and deleted_at is null and deactivated_at is null) order by place`,
    [ids],
  );
  if (rows.length === 0) return;
  const errors = rows.map(({ id }) => ({ path: 'memberIds', message: `There is no person ${id}` }));
  throw new HttpProblem(422, { detail: 'Not all of these people exist', errors });
}

/** Two who write to each other at the same moment meet in one conversation: `direct_key` is unique. */
async function startDirect(client: PoolClient, user: string, other: string): Promise<Started> {
  const key = [user, other].sort().join(' ');
  const inserted = await client.query<{ id: ConversationId }>(
    `insert into conversations (id, kind, direct_key) values ($1, 'direct', $2) on conflict (direct_key) do nothing
     returning id`,
    [randomId(), key],
  );
  if (inserted.rows[0]) {
    const { id } = inserted.rows[0];
    await addMembers(client, id, [user, other], 'member');
    await openFirstDocument(client, id);
    return { id, isNew: true };
  }
  const existing = await client.query<{ id: ConversationId }>('select id from conversations where direct_key = $1', [
    key,
  ]);
  if (!existing.rows[0]) throw new HttpProblem(409, { detail: 'The conversation was deleted a moment ago; try again' });
  return { id: existing.rows[0].id, isNew: false };
}

async function startGroup(
  client: PoolClient,
  { owner, others, title }: { owner: string; others: readonly string[]; title: string | undefined },
): Promise<Started> {
  const id = randomId() as ConversationId;
  await client.query(`insert into conversations (id, kind, title) values ($1, 'group', $2)`, [id, title ?? null]);
  await addMembers(client, id, [owner], 'owner');
  await addMembers(client, id, others, 'member');
  await openFirstDocument(client, id);
  return { id, isNew: true };
}

const addMembers = (client: PoolClient, id: string, users: readonly string[], role: string) =>
  client.query(`insert into members (conversation, "user", role) select $1, unnest($2::text[]), $3`, [id, users, role]);

/** After the members, so that their trigger finds no document to count in. */
const openFirstDocument = (client: PoolClient, id: ConversationId) =>
  client.query('insert into documents (id, conversation, epoch, generation) values ($1, $2, 0, $3)', [
    documentId(id, 0),
    id,
    randomId(),
  ]);
