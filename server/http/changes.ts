/** Copying messages into another system: everything new, edited or deleted in one's conversations. */
import { createRoute, z } from '@hono/zod-openapi';
import { SyncedMessage } from '../../schema/http/messages.ts';
import { type ChangePosition, FIRST_CHANGE, readChanges, untilSettled } from './change-rows.ts';
import { encodeCursor, requireCursor } from './cursor.ts';
import { createRoutes, type HttpDependencies } from './environment.ts';
import { pageLimit } from './page.ts';
import { HttpProblem } from './problem.ts';
import { json, problems, securityOf } from './responses.ts';

const transaction = z.string().regex(/^[0-9]{1,20}$/);
const Position: z.ZodType<ChangePosition> = z.tuple([transaction, z.string(), transaction, z.string()]);
/** What begins like a date is one; a cursor never does, because base64url of "[" is "W". */
const LOOKS_LIKE_A_DATE = /^[0-9+-]/;
const BEGINNING = new Date(0);

const sync = createRoute({
  method: 'get',
  path: '/api/messages/sync',
  tags: ['messages'],
  summary: 'Everything new, edited or deleted since',
  description:
    'Ask with a time at first (or with nothing, for everything), then always with the last `cursor`; with `more`, at once. Each message comes as it is now, in the order of changes; one that changes again comes again, and so may one that changed while it was read. What was committed before an answer and is not in it comes with a later one: nothing is skipped. Who joins a conversation gets all of it.',
  security: securityOf('read'),
  request: {
    query: z.object({
      since: z.string().max(512).optional().openapi({ description: 'A time (ISO 8601) or a cursor' }),
      limit: pageLimit({ usual: 100, max: 500 }),
    }),
  },
  responses: {
    200: json(
      z.object({ messages: z.array(SyncedMessage), cursor: z.string(), more: z.boolean() }).openapi('Changes'),
      'A page',
    ),
    ...problems(400),
  },
});

export const changeRoutes = ({ pool, projector }: Pick<HttpDependencies, 'pool' | 'projector'>) =>
  createRoutes().openapi(sync, async (c) => {
    const { since, limit } = c.req.valid('query');
    const { user } = c.var.session;
    const start = startOf(since);
    await projector.projectAllOf(user);
    await untilSettled(pool);
    const { messages, end, isMore } = await readChanges(pool, { user, limit, ...start });
    return c.json({ messages, cursor: encodeCursor(end), more: isMore }, 200);
  });

function startOf(since: string | undefined): { after: ChangePosition; since: Date } {
  if (since === undefined) return { after: FIRST_CHANGE, since: BEGINNING };
  if (!LOOKS_LIKE_A_DATE.test(since)) return { after: requireCursor(since, Position), since: BEGINNING };
  const time = z.iso.datetime({ offset: true }).safeParse(since);
  if (!time.success)
    throw new HttpProblem(400, { detail: 'Give `since` as a time like 2026-01-31T12:00:00Z, or as a cursor' });
  return { after: FIRST_CHANGE, since: new Date(time.data) };
}
