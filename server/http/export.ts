/** The export of a conversation as a file, streamed: one page of messages in memory, whatever its length. */
import { createRoute, z } from '@hono/zod-openapi';
import { EXPORT_FORMATS, ExportedConversation } from '../../schema/http/export.ts';
import type { ConversationId } from '../../schema/ids.ts';
import { attachment } from './attachment.ts';
import { streamOf } from './byte-stream.ts';
import { findConversation } from './conversation-rows.ts';
import { createRoutes, type HttpDependencies } from './environment.ts';
import { FORMATS } from './export-formats.ts';
import { NOT_FOUND } from './membership.ts';
import { findPosition } from './message-rows.ts';
import { HttpProblem } from './problem.ts';
import { problems, securityOf } from './responses.ts';
import { timeZone } from './time-zone.ts';

const file = { schema: z.string().openapi({ format: 'binary' }) };

const exportRoute = createRoute({
  method: 'get',
  path: '/api/conversations/{id}/export',
  tags: ['export'],
  summary: 'Export a conversation',
  description:
    '`ndjson`: one message a line, oldest first; go on after the last line that arrived with `after=<its id>`. `json`: one object with members and messages. `html`: a page to read or print. `yjs`: for each epoch the id of the document (varString) and its state as a Yjs V1 update (varUint8Array). All are streamed; an export that breaks off ends the connection early.',
  security: securityOf('export'),
  request: {
    params: z.object({ id: z.string().max(64) }),
    query: z.object({
      format: z.enum(EXPORT_FORMATS).default('ndjson'),
      after: z.string().max(32).optional().openapi({ description: 'With `ndjson`: the id of a message' }),
      timeZone,
    }),
  },
  responses: {
    200: {
      description: 'The file',
      content: {
        'application/x-ndjson': file,
        'application/json': { schema: ExportedConversation },
        'text/html': file,
        'application/octet-stream': file,
      },
    },
    ...problems(404),
  },
});

export const exportRoutes = ({ pool, projector, clock }: Pick<HttpDependencies, 'pool' | 'projector' | 'clock'>) =>
  createRoutes().openapi(exportRoute, async (c) => {
    const { id } = c.req.valid('param');
    const { format, after, timeZone } = c.req.valid('query');
    const conversation = await findConversation(pool, id, c.var.session.user);
    if (!conversation) throw new HttpProblem(404, NOT_FOUND);
    if (after !== undefined && format !== 'ndjson')
      throw new HttpProblem(400, { detail: 'Only an ndjson export can be continued' });
    await projector.project(id as ConversationId);
    const position = after === undefined ? undefined : await findPosition(pool, id, after);
    if (after !== undefined && !position)
      throw new HttpProblem(404, { detail: 'There is no message to go on after: export from the start' });
    const nowMs = clock.now();
    const { contentType, extension, pieces } = FORMATS[format];
    const name = `${conversation.title ?? 'conversation'} ${new Date(nowMs).toISOString().slice(0, 10)}.${extension}`;
    return c.body(streamOf(pieces({ pool, conversation, nowMs, after: position, timeZone })), 200, {
      'content-type': contentType,
      'content-disposition': attachment(name),
    });
  });
