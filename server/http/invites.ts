/**
 * Links into groups: owners and admins make, list and withdraw them; whoever is signed in and has one sees where it leads and
 * joins. Who is let in becomes a plain member as if somebody had added them.
 */
import { createRoute, z } from '@hono/zod-openapi';
import { Conversation } from '../../schema/http/conversations.ts';
import { CreateInvite, Invitation, Invite, InviteList } from '../../schema/http/invites.ts';
import type { UserId } from '../../schema/ids.ts';
import { MAX_INVITES } from '../../schema/limits.ts';
import { noteChange } from '../account/group-members.ts';
import { randomId } from '../auth/auth.ts';
import { inviteToken, readInviteToken } from '../auth/invite-tokens.ts';
import type { PoolClient } from '../database/pool.ts';
import { inTransaction } from '../database/transaction.ts';
import { addMember, announceMember } from './add-member.ts';
import { findConversation } from './conversation-rows.ts';
import { createRoutes, type HttpDependencies } from './environment.ts';
import { type FoundInvite, findInvite, forgetExpired, insertInvite, listInvites } from './invite-rows.ts';
import { NOT_FOUND, requireGroup, requireRole } from './membership.ts';
import { HttpProblem } from './problem.ts';
import { body, bodyProblems, json, problems, securityOf } from './responses.ts';

const tags = ['invites'];
const group = z.object({ id: z.string().max(64) });
const shown = z.object({ token: z.string().max(64) });

const create = createRoute({
  method: 'post',
  path: '/api/conversations/{id}/invites',
  tags,
  summary: 'Make a link into a group',
  description: `Owners and admins do; a group has at most ${MAX_INVITES} that work. The link is withdrawn when who made it is owner or admin no more.`,
  security: securityOf('write'),
  request: { params: group, body: body(CreateInvite) },
  responses: { 201: json(Invite, 'The link'), ...bodyProblems(404, 409) },
});

const list = createRoute({
  method: 'get',
  path: '/api/conversations/{id}/invites',
  tags,
  summary: 'The links into a group that work, the newest first',
  description: 'For owners and admins. Whoever has a link can let others in, so a key needs the scope to write.',
  security: securityOf('write'),
  request: { params: group },
  responses: { 200: json(InviteList, 'Links'), ...problems(403, 404, 409) },
});

const remove = createRoute({
  method: 'delete',
  path: '/api/conversations/{id}/invites/{invite}',
  tags,
  summary: 'Withdraw a link: nobody comes in by it any more',
  description: 'Owners and admins do. Who came in by it stays.',
  security: securityOf('write'),
  request: { params: group.extend({ invite: z.string().max(64) }) },
  responses: { 204: { description: 'It is withdrawn' }, ...problems(403, 404, 409) },
});

const look = createRoute({
  method: 'get',
  path: '/api/invites/{token}',
  tags,
  summary: 'Where a link leads',
  description:
    '403: others removed this person after the link was made. 404: there is no such link, or it was withdrawn. 410: it has expired, or was used as often as it may be.',
  security: securityOf('read'),
  request: { params: shown },
  responses: { 200: json(Invitation, 'The group and who invites'), ...problems(403, 404, 410) },
});

const join = createRoute({
  method: 'post',
  path: '/api/invites/{token}',
  tags,
  summary: 'Join by a link',
  description:
    'Answers as `GET` does, and 409 when the group is full. Who is a member already is answered the same and uses nothing.',
  security: securityOf('write'),
  request: { params: shown },
  responses: { 200: json(Conversation, 'The group, of which one is a member now'), ...problems(403, 404, 409, 410) },
});

export function inviteRoutes({
  pool,
  fanOut,
  clock,
  config,
}: Pick<HttpDependencies, 'pool' | 'fanOut' | 'clock' | 'config'>) {
  const withToken = (invite: Omit<Invite, 'token'>): Invite => ({
    ...invite,
    token: inviteToken(config.authSecret, invite.id),
  });
  /** Throws when the link lets this person see nothing. */
  const requireInvite = async (
    client: Pick<PoolClient, 'query'>,
    token: string,
    user: string,
  ): Promise<FoundInvite> => {
    const id = readInviteToken(config.authSecret, token);
    const found = id && (await findInvite(client, { id, user, now: clock.now() }));
    if (!found)
      throw new HttpProblem(404, { detail: 'This link leads nowhere: it was withdrawn, or it is not complete' });
    // Who is in need not be let in.
    if (found.invitation.role) return found;
    if (found.wasRemoved)
      throw new HttpProblem(403, {
        detail: 'You were removed from this group: ask its owners or admins for another link',
      });
    if (found.isOver) throw new HttpProblem(410, { detail: 'This link has expired: ask for another one' });
    return found;
  };

  return createRoutes()
    .openapi(create, async (c) => {
      const { id } = c.req.valid('param');
      const { expiresIn, maxUses } = c.req.valid('json');
      const { user } = c.var.session;
      const invite = await inTransaction(pool, async (client) => {
        requireRole(await requireGroup(client, id, user), 'owner', 'admin');
        await forgetExpired(client, id);
        if ((await listInvites(client, id, clock.now())).length >= MAX_INVITES)
          throw new HttpProblem(409, { detail: `A group has at most ${MAX_INVITES} links: withdraw one first` });
        const expiresAt = clock.now() + expiresIn * 1_000;
        return insertInvite(client, { id: randomId(), conversation: id, user, expiresAt, maxUses });
      });
      return c.json(withToken(invite), 201);
    })
    .openapi(list, async (c) => {
      const { id } = c.req.valid('param');
      const invites = await inTransaction(pool, async (client) => {
        requireRole(await requireGroup(client, id, c.var.session.user), 'owner', 'admin');
        return listInvites(client, id, clock.now());
      });
      return c.json({ items: invites.map(withToken) }, 200);
    })
    .openapi(remove, async (c) => {
      const { id, invite } = c.req.valid('param');
      await inTransaction(pool, async (client) => {
        requireRole(await requireGroup(client, id, c.var.session.user), 'owner', 'admin');
        const { rowCount } = await client.query('delete from invites where id = $1 and conversation = $2', [
          invite,
          id,
        ]);
        if (rowCount === 0) throw new HttpProblem(404, { detail: 'There is no such link' });
      });
      return c.body(null, 204);
    })
    .openapi(look, async (c) => {
      const { invitation } = await requireInvite(pool, c.req.valid('param').token, c.var.session.user);
      return c.json(invitation, 200);
    })
    .openapi(join, async (c) => {
      const { token } = c.req.valid('param');
      const { user } = c.var.session;
      const joined = await inTransaction(pool, async (client) => {
        const { invitation } = await requireInvite(client, token, user);
        // From here on no two people take the same place, and nobody withdraws the link.
        await client.query('select from conversations where id = $1 for no key update', [invitation.conversation.id]);
        const { invitation: now, epoch } = await requireInvite(client, token, user);
        const { id } = now.conversation;
        if (now.role) return { id, from: now.by.id, epoch, changes: [] };
        await addMember(client, { id, person: user, role: 'member' });
        await client.query('update invites set uses = uses + 1 where id = $1', [
          readInviteToken(config.authSecret, token),
        ]);
        return { id, from: now.by.id, epoch, changes: await noteChange(client, [id]) };
      });
      const { id, from, epoch, changes } = joined;
      announceMember({ fanOut, clock }, { person: user, from: from as UserId, epoch, changes });
      const conversation = await findConversation(pool, id, user);
      if (!conversation) throw new HttpProblem(404, NOT_FOUND);
      return c.json(conversation, 200);
    });
}
