/**
 * Messages that are held up for all members. In a direct conversation both pin and unpin, in a group owners and admins. Members hear of it
 * as of any change of the conversation.
 */
import { createRoute, z } from '@hono/zod-openapi';
import { Conversation } from '../../schema/http/conversations.ts';
import type { ConversationId } from '../../schema/ids.ts';
import { MAX_PINS } from '../../schema/limits.ts';
import { noteChange } from '../account/group-members.ts';
import type { PoolClient } from '../database/pool.ts';
import { inTransaction } from '../database/transaction.ts';
import { announceChange, type Change } from '../fan-out/announce.ts';
import { findConversation, isMember } from './conversation-rows.ts';
import { createRoutes, type HttpDependencies } from './environment.ts';
import { NOT_FOUND, requireMembership, requireRole } from './membership.ts';
import { HttpProblem } from './problem.ts';
import { createLimit, limitBy } from './rate-limits.ts';
import { json, problems, securityOf } from './responses.ts';

const tags = ['conversations'];
const path = '/api/conversations/{id}/pins/{message}';
const params = z.object({ id: z.string().max(64), message: z.string().max(32) });

const put = createRoute({
  method: 'put',
  path,
  tags,
  summary: 'Pin a message',
  description: `In a direct conversation both do, in a group owners and admins; ${MAX_PINS} messages at most. One that is pinned already keeps its place. A message that is deleted loses its pin.`,
  security: securityOf('write'),
  request: { params },
  responses: { 200: json(Conversation, 'The conversation with its pins'), ...problems(404, 409) },
});

const remove = createRoute({
  method: 'delete',
  path,
  tags,
  summary: 'Unpin a message',
  description: 'Whoever may pin may unpin, whoever pinned it.',
  security: securityOf('write'),
  request: { params },
  responses: { 200: json(Conversation, 'The conversation with its pins'), ...problems(404) },
});

type Dependencies = Pick<HttpDependencies, 'pool' | 'fanOut' | 'projector' | 'config' | 'limitStore'>;

export function pinRoutes({ pool, fanOut, projector, config, limitStore }: Dependencies) {
  const limit = limitBy(createLimit('pin', { config, limitStore }), (c) => c.var.session.user);
  /** Who may not gets a problem; what changes nothing is told to nobody. */
  const change = async (asked: Asked, write: (client: PoolClient, asked: Asked) => Promise<boolean>) => {
    const changes = await inTransaction(pool, async (client): Promise<Change[]> => {
      const { kind, role } = await requireMembership(client, asked.id, asked.user);
      if (kind === 'group') requireRole(role, 'owner', 'admin');
      return (await write(client, asked)) ? noteChange(client, [asked.id]) : [];
    });
    for (const one of changes) announceChange(fanOut, one);
    const conversation = await findConversation(pool, asked.id, asked.user);
    if (!conversation) throw new HttpProblem(404, NOT_FOUND);
    return conversation;
  };
  return createRoutes()
    .openapi({ ...put, middleware: limit }, async (c) => {
      const { id, message } = c.req.valid('param');
      const { user } = c.var.session;
      if (!(await isMember(pool, id, user))) throw new HttpProblem(404, NOT_FOUND);
      // It may have been sent a moment ago.
      await projector.project(id as ConversationId);
      return c.json(await change({ id, message, user }, pin), 200);
    })
    .openapi({ ...remove, middleware: limit }, async (c) =>
      c.json(await change({ ...c.req.valid('param'), user: c.var.session.user }, unpin), 200),
    );
}

interface Asked {
  readonly id: string;
  readonly message: string;
  readonly user: string;
}

/** Answers whether that is new. The conversation is locked, so nobody else pins meanwhile. */
async function pin(client: PoolClient, { id, message, user }: Asked): Promise<boolean> {
  // Locked: whoever deletes it meanwhile waits, and takes the pin along.
  const { rowCount: isThere } = await client.query(
    'select from messages where conversation = $1 and id = $2 and deleted_at is null for share',
    [id, message],
  );
  if (!isThere) throw new HttpProblem(404, { detail: 'There is no such message, or it was deleted' });
  const { rowCount } = await client.query(
    `insert into pins (conversation, message, "user")
     select $1, $2, $3 where (select count(*) from pins where conversation = $1 and message <> $2) < $4
     on conflict do nothing`,
    [id, message, user, MAX_PINS],
  );
  if (rowCount === 1) return true;
  const known = await client.query('select from pins where conversation = $1 and message = $2', [id, message]);
  if (known.rowCount === 0)
    throw new HttpProblem(409, { detail: `A conversation has ${MAX_PINS} pins at most: unpin another message first` });
  return false;
}

async function unpin(client: PoolClient, { id, message }: Asked): Promise<boolean> {
  const { rowCount } = await client.query('delete from pins where conversation = $1 and message = $2', [id, message]);
  return rowCount === 1;
}
