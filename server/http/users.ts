/** People one may write to. Email addresses find their owner only when typed in full, and are never shown. */
import { createRoute, z } from '@hono/zod-openapi';
import { User } from '../../schema/http/conversations.ts';
import { createRoutes, type HttpDependencies } from './environment.ts';
import { json, problems, securityOf } from './responses.ts';

/** A list to pick from; who is not on it types more of the name. */
const MAX_PEOPLE = 20;

const People = z.object({ items: z.array(User) }).openapi('People');

const findUsers = createRoute({
  method: 'get',
  path: '/api/users',
  tags: ['people'],
  summary: 'People one may write to',
  description: `At most ${MAX_PEOPLE} whose name, or a word in it, starts with the query, or whose email is the query.`,
  security: securityOf('read'),
  request: { query: z.object({ query: z.string().trim().max(254).default('') }) },
  responses: { 200: json(People, 'People, those whose first name fits first'), ...problems() },
});

/** Wildcards of LIKE lose their meaning, so that `%` finds a name with a percent sign. */
const escapeLike = (text: string) => text.replace(/[\\%_]/g, '\\$&');

export const userRoutes = ({ pool }: Pick<HttpDependencies, 'pool'>) =>
  createRoutes().openapi(findUsers, async (c) => {
    const query = c.req.valid('query').query.replaceAll('\0', '').toLowerCase();
    const { rows } = await pool.query<{ id: string; name: string; picture: string | null }>({
      name: 'find-users',
      text: `select id, name, (select p.id from pictures p where p."user" = users.id) as picture from users
             where id <> $1 and deleted_at is null and deactivated_at is null and (lower(name) like $2 || '%' or lower(name) like '% ' || $2 || '%' or email = $3)
             order by not lower(name) like $2 || '%', lower(name), id limit ${MAX_PEOPLE}`,
      values: [c.var.session.user, escapeLike(query), query],
    });
    const items = rows.map(({ picture, ...person }): User => ({ ...person, ...(picture !== null && { picture }) }));
    return c.json({ items }, 200);
  });
