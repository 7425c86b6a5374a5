/** Snapshots of a conversation's documents: which are kept, the document at a seq, and taking a snapshot now. */
import { createRoute, z } from '@hono/zod-openapi';
import { etag, RETAINED_304_HEADERS } from 'hono/etag';
import { EXPORT_FORMATS } from '../../schema/http/export.ts';
import { SnapshotContents, Snapshots, TakenSnapshot } from '../../schema/http/snapshots.ts';
import type { ConversationId } from '../../schema/ids.ts';
import { findConversation } from './conversation-rows.ts';
import { createRoutes, type HttpDependencies } from './environment.ts';
import { findPeople } from './export-rows.ts';
import { NOT_FOUND } from './membership.ts';
import { HttpProblem } from './problem.ts';
import { json, problems, securityOf } from './responses.ts';
import { digestHeaders, SNAPSHOT_FORMATS } from './snapshot-formats.ts';
import { findEpoch, findStateAt, listSnapshots } from './snapshot-rows.ts';
import { timeZone } from './time-zone.ts';

/** The checksum is of what the client has then, too. */
const RETAINED = [...RETAINED_304_HEADERS, 'repr-digest'];

const tags = ['snapshots'];
const path = '/api/conversations/{id}/snapshots';
const params = z.object({ id: z.string().max(64) });
const epoch = z.coerce
  .number()
  .int()
  .min(0)
  .max(999_999_999)
  .optional()
  .openapi({ description: 'Without it, the open epoch' });

const list = createRoute({
  method: 'get',
  path,
  tags,
  summary: 'The snapshots that are kept, newest first',
  security: securityOf('export'),
  request: { params, query: z.object({ epoch }) },
  responses: {
    200: json(Snapshots, 'All of them; they are few'),
    ...problems(404),
  },
});

const take = createRoute({
  method: 'post',
  path,
  tags,
  summary: 'Take a snapshot now',
  description: 'It holds everything that was committed before the request. When nothing is new, it is the newest one.',
  security: securityOf('export'),
  request: { params, query: z.object({ epoch }) },
  responses: { 201: json(TakenSnapshot, 'It is kept'), ...problems(403, 404, 409) },
});

const file = { schema: z.string().openapi({ format: 'binary' }) };

const digests = z.object({
  ETag: z.string().openapi({ description: 'Changes when the content does, be it by an erasure' }),
  'Repr-Digest': z.string().openapi({ description: 'RFC 9530: `sha-256=:<base64>:` of the content' }),
});

const fetch = createRoute({
  method: 'get',
  path: `${path}/{seq}`,
  tags,
  summary: 'A document at a seq',
  description:
    'Of a snapshot that is kept, or of any entry that the journal still has. `yjs`: the bytes of a Yjs V1 update. `json`: timeline and receipts. `ndjson`: a message a line. `html`: a page to read or print. Messages that were edited or deleted since are no longer in it. With `If-None-Match` the answer is 304 while nothing changed.',
  security: securityOf('export'),
  request: {
    params: params.extend({ seq: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER) }),
    query: z.object({ epoch, format: z.enum(EXPORT_FORMATS).default('yjs'), timeZone }),
    headers: z.object({ 'if-none-match': z.string().max(4_096).optional() }),
  },
  responses: {
    200: {
      description: 'The document',
      headers: digests,
      content: {
        'application/octet-stream': file,
        'application/json': { schema: SnapshotContents },
        'application/x-ndjson': file,
        'text/html': file,
      },
    },
    304: { description: 'It is what the client has' },
    ...problems(404),
  },
});

export function snapshotRoutes({ pool, snapshotter }: Pick<HttpDependencies, 'pool' | 'snapshotter'>) {
  async function requireEpoch(conversation: string, user: string, asked: number | undefined) {
    const found = await findEpoch(pool, { conversation, user, epoch: asked });
    if (!found) throw new HttpProblem(404, { detail: 'There is no such conversation or epoch' });
    return found;
  }

  async function explainMissing(found: Awaited<ReturnType<typeof requireEpoch>>, seq: number): Promise<never> {
    const { items, journal } = await listSnapshots(pool, found);
    const kept = items.map((each) => each.seq).join(', ') || 'none';
    const told = journal ? `; the journal tells of ${journal.from} to ${journal.to}` : '';
    throw new HttpProblem(404, {
      detail: `No snapshot of epoch ${found.epoch} is kept at ${seq}; kept are: ${kept}${told}`,
    });
  }

  return createRoutes()
    .openapi(list, async (c) => {
      const found = await requireEpoch(c.req.valid('param').id, c.var.session.user, c.req.valid('query').epoch);
      return c.json(await listSnapshots(pool, found), 200);
    })
    .openapi(take, async (c) => {
      const { id } = c.req.valid('param');
      const found = await requireEpoch(id, c.var.session.user, c.req.valid('query').epoch);
      const taken = await snapshotter.take(id as ConversationId, found.epoch);
      if (!taken) throw new HttpProblem(409, { detail: 'Nothing was written in this epoch yet' });
      return c.json({ epoch: found.epoch, seq: taken.seq }, 201);
    })
    .openapi({ ...fetch, middleware: etag({ retainedHeaders: RETAINED }) }, async (c) => {
      const { id, seq } = c.req.valid('param');
      const { epoch: asked, format, timeZone } = c.req.valid('query');
      const { user } = c.var.session;
      const found = await requireEpoch(id, user, asked);
      const stored = await findStateAt(pool, { document: found.document, seq });
      if (!stored) return explainMissing(found, seq);
      const conversation = await findConversation(pool, id, user);
      if (!conversation) throw new HttpProblem(404, NOT_FOUND);
      const people = format === 'html' ? await findPeople(pool, id) : new Map<string, string>();
      const { contentType, write } = SNAPSHOT_FORMATS[format];
      const contents = await write({ ...stored, conversation, epoch: found.epoch, seq, people, timeZone });
      const bytes = typeof contents === 'string' ? new TextEncoder().encode(contents) : new Uint8Array(contents);
      return c.body(bytes, 200, { 'content-type': contentType, ...digestHeaders(bytes) });
    });
}
