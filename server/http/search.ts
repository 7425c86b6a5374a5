/** Searching all messages of one's conversations. */
import { createRoute, z } from '@hono/zod-openapi';
import { FoundMessage } from '../../schema/http/search.ts';
import type { ConversationId } from '../../schema/ids.ts';
import { isSearchable, MAX_QUERY_CHARACTERS, parseQuery } from '../../schema/search/query.ts';
import { isMember } from './conversation-rows.ts';
import { encodeCursor, requireCursor } from './cursor.ts';
import { createRoutes, type HttpDependencies } from './environment.ts';
import { NOT_FOUND } from './membership.ts';
import { pageCursor, pageLimit } from './page.ts';
import { HttpProblem } from './problem.ts';
import { json, problems, securityOf } from './responses.ts';
import { type MatchPosition, type SearchPosition, searchMessages } from './search-rows.ts';

const Match: z.ZodType<MatchPosition> = z.tuple([z.int(), z.string(), z.string()]);
const Position: z.ZodType<SearchPosition> = z.tuple([
  Match,
  z.tuple([z.number(), z.int(), z.string(), z.string()]).nullable(),
]);

const search = createRoute({
  method: 'get',
  path: '/api/search',
  tags: ['messages'],
  summary: 'Search messages',
  description:
    'All words must be in a message, in any order; case and accents do not matter; the last word may be the beginning of one. `"…"` is a phrase, `-word` must not be there. Newer and more apt messages come first. A page may be short: there is more as long as there is a `next`.',
  security: securityOf('read'),
  request: {
    query: z.object({
      q: z.string().max(MAX_QUERY_CHARACTERS),
      conversation: z.string().max(64).optional(),
      cursor: pageCursor,
      limit: pageLimit({ usual: 20, max: 50 }),
    }),
  },
  responses: {
    200: json(
      z.object({ items: z.array(FoundMessage), next: z.string().optional() }).openapi('FoundMessages'),
      'A page; `next` is the cursor of the next one',
    ),
    ...problems(404),
  },
});

export const searchRoutes = ({ pool, projector }: Pick<HttpDependencies, 'pool' | 'projector'>) =>
  createRoutes().openapi(search, async (c) => {
    const { q, conversation, cursor, limit } = c.req.valid('query');
    const { user } = c.var.session;
    const terms = parseQuery(q.replaceAll('\0', ''));
    if (!isSearchable(terms)) throw new HttpProblem(400, { detail: 'The search names no word to look for' });
    const after = cursor === undefined ? undefined : requireCursor(cursor, Position);
    if (conversation === undefined) await projector.projectAllOf(user);
    else {
      if (!(await isMember(pool, conversation, user))) throw new HttpProblem(404, NOT_FOUND);
      await projector.project(conversation as ConversationId);
    }
    const { items, end } = await searchMessages(pool, { user, terms, conversation, after, limit });
    return c.json({ items, ...(end && { next: encodeCursor(end) }) }, 200);
  });
