/**
 * What administrators see and decide of the installation as a whole: conversations by size, storage, how long messages are kept,
 * and the audit log. Access is decided for all of `/api/admin` in one place.
 */
import { createRoute, z } from '@hono/zod-openapi';
import { AdminConversationList, AuditLog, ConversationRetention, Retention, Storage } from '../../schema/http/admin.ts';
import type { ConversationId } from '../../schema/ids.ts';
import { exportActs, listActs } from '../operators/audit.ts';
import { listConversations, measureStorage } from '../operators/listings.ts';
import { Operators } from '../operators/operators.ts';
import { operatorOf, PagePosition, pageQuery } from './admin.ts';
import { attachment } from './attachment.ts';
import { streamOf } from './byte-stream.ts';
import { encodeCursor, requireCursor } from './cursor.ts';
import { createRoutes, type HttpDependencies } from './environment.ts';
import { HttpProblem } from './problem.ts';
import { body, bodyProblems, json, problems, security } from './responses.ts';

const tags = ['administration'];

const conversations = createRoute({
  method: 'get',
  path: '/api/admin/conversations',
  tags,
  summary: 'Conversations and their sizes, the newest first; neither titles nor messages',
  security,
  request: { query: z.object(pageQuery) },
  responses: { 200: json(AdminConversationList, 'A page'), ...problems() },
});

const storage = createRoute({
  method: 'get',
  path: '/api/admin/storage',
  tags,
  summary: 'Where the bytes are, by table and by conversation',
  security,
  responses: { 200: json(Storage, 'Storage'), ...problems() },
});

const getRetention = createRoute({
  method: 'get',
  path: '/api/admin/retention',
  tags,
  summary: 'After how many days messages are deleted, unless their conversation says otherwise',
  security,
  responses: { 200: json(Retention, 'Retention'), ...problems() },
});

const putRetention = createRoute({
  method: 'put',
  path: '/api/admin/retention',
  tags,
  summary: 'Set after how many days messages are deleted for everyone; 0 is never',
  security,
  request: { body: body(Retention) },
  responses: { 200: json(Retention, 'Retention'), ...bodyProblems() },
});

const putConversationRetention = createRoute({
  method: 'put',
  path: '/api/admin/conversations/{id}/retention',
  tags,
  summary: 'Set it for one conversation; null: as for the installation',
  description: 'Its members see it as `retentionDays`.',
  security,
  request: { params: z.object({ id: z.string().max(64) }), body: body(ConversationRetention) },
  responses: { 200: json(ConversationRetention, 'Retention'), ...bodyProblems(404) },
});

const audit = createRoute({
  method: 'get',
  path: '/api/admin/audit',
  tags,
  summary: 'What administrators did, the newest first',
  security,
  request: { query: z.object(pageQuery) },
  responses: { 200: json(AuditLog, 'A page'), ...problems() },
});

const auditExport = createRoute({
  method: 'get',
  path: '/api/admin/audit/export',
  tags,
  summary: 'All of it as ndjson, the oldest first',
  security,
  responses: {
    200: { description: 'An entry a line', content: { 'application/x-ndjson': { schema: z.string() } } },
    ...problems(),
  },
});

type Dependencies = Pick<HttpDependencies, 'pool' | 'fanOut' | 'clock' | 'eraser'>;

export function installationRoutes(dependencies: Dependencies) {
  const { pool } = dependencies;
  const operators = new Operators(dependencies);
  return createRoutes()
    .openapi(conversations, async (c) => {
      const { cursor, limit } = c.req.valid('query');
      const after = cursor === undefined ? undefined : requireCursor(cursor, PagePosition);
      const { items, end } = await listConversations(pool, { after, limit });
      return c.json({ items, ...(end && { next: encodeCursor(end) }) }, 200);
    })
    .openapi(storage, async (c) => c.json(await measureStorage(pool), 200))
    .openapi(getRetention, async (c) => {
      const { rows } = await pool.query<{ days: number }>('select retention_days as days from installation');
      return c.json({ days: rows[0]?.days ?? 0 }, 200);
    })
    .openapi(putRetention, async (c) => {
      const { days } = c.req.valid('json');
      await operators.setRetention(operatorOf(c), days);
      return c.json({ days }, 200);
    })
    .openapi(putConversationRetention, async (c) => {
      const { days } = c.req.valid('json');
      const { id } = c.req.valid('param');
      if ((await operators.setRetention(operatorOf(c), days, id as ConversationId)) === 'not-found')
        throw new HttpProblem(404, { detail: 'There is no such conversation' });
      return c.json({ days }, 200);
    })
    .openapi(audit, async (c) => {
      const { cursor, limit } = c.req.valid('query');
      const before = cursor === undefined ? undefined : requireCursor(cursor, z.tuple([z.int()]))[0];
      const { items, end } = await listActs(pool, { before, limit });
      return c.json({ items, ...(end !== undefined && { next: encodeCursor([end]) }) }, 200);
    })
    .openapi(auditExport, async (c) => {
      const answer = c.body(streamOf(exportActs(pool)), 200, {
        'content-type': 'application/x-ndjson; charset=utf-8',
        'content-disposition': attachment('Tidewire audit log.ndjson'),
      });
      // Its types take every media type that ends with "json" for JSON.
      return answer as never;
    });
}
