/** Snapshots of a conversation's documents: which are kept, one of them, and taking one now. */
import { createRoute, z } from '@hono/zod-openapi';
import { isDeleted, type Message } from '../../schema/document/message.ts';
import { Snapshot, SnapshotContents, TakenSnapshot } from '../../schema/http/snapshots.ts';
import type { ConversationId } from '../../schema/ids.ts';
import { foldState } from '../journal/fold-state.ts';
import { createRoutes, type HttpDependencies } from './environment.ts';
import { HttpProblem } from './problem.ts';
import { json, problems, security } from './responses.ts';
import { findEpoch, findState, listSnapshots } from './snapshot-rows.ts';

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
  security,
  request: { params, query: z.object({ epoch }) },
  responses: {
    200: json(z.object({ items: z.array(Snapshot) }).openapi('Snapshots'), 'All of them; they are few'),
    ...problems(404),
  },
});

const take = createRoute({
  method: 'post',
  path,
  tags,
  summary: 'Take a snapshot now',
  description: 'It holds everything that was committed before the request. When nothing is new, it is the newest one.',
  security,
  request: { params, query: z.object({ epoch }) },
  responses: { 201: json(TakenSnapshot, 'It is kept'), ...problems(403, 404, 409) },
});

const fetch = createRoute({
  method: 'get',
  path: `${path}/{seq}`,
  tags,
  summary: 'One snapshot that is kept',
  description:
    '`yjs`: the bytes of a Yjs V1 update. `json`: timeline and receipts. Messages that were edited or deleted after an older snapshot are no longer in it.',
  security,
  request: {
    params: params.extend({ seq: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER) }),
    query: z.object({ epoch, format: z.enum(['yjs', 'json']).default('yjs') }),
  },
  responses: {
    200: {
      description: 'The snapshot',
      content: {
        'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) },
        'application/json': { schema: SnapshotContents },
      },
    },
    ...problems(404),
  },
});

export function snapshotRoutes({ pool, snapshotter }: Pick<HttpDependencies, 'pool' | 'snapshotter'>) {
  async function requireEpoch(conversation: string, user: string, asked: number | undefined) {
    const found = await findEpoch(pool, { conversation, user, epoch: asked });
    if (!found) throw new HttpProblem(404, { detail: 'There is no such conversation or epoch' });
    return found;
  }

  return createRoutes()
    .openapi(list, async (c) => {
      const found = await requireEpoch(c.req.valid('param').id, c.var.session.user, c.req.valid('query').epoch);
      return c.json({ items: await listSnapshots(pool, found) }, 200);
    })
    .openapi(take, async (c) => {
      const { id } = c.req.valid('param');
      const found = await requireEpoch(id, c.var.session.user, c.req.valid('query').epoch);
      const taken = await snapshotter.take(id as ConversationId, found.epoch);
      if (!taken) throw new HttpProblem(409, { detail: 'Nothing was written in this epoch yet' });
      return c.json({ epoch: found.epoch, seq: taken.seq }, 201);
    })
    .openapi(fetch, async (c) => {
      const { id, seq } = c.req.valid('param');
      const query = c.req.valid('query');
      const found = await requireEpoch(id, c.var.session.user, query.epoch);
      const state = await findState(pool, { document: found.document, seq });
      if (!state) {
        const kept = (await listSnapshots(pool, found)).map((each) => each.seq).join(', ') || 'none';
        throw new HttpProblem(404, {
          detail: `No snapshot of epoch ${found.epoch} is kept at ${seq}; kept are: ${kept}`,
        });
      }
      if (query.format === 'yjs') return c.body(state, 200, { 'content-type': 'application/octet-stream' });
      const { messages, receipts } = foldState(state);
      return c.json({ epoch: found.epoch, seq, messages: messages.map(rowOf), receipts }, 200);
    });
}

const rowOf = (message: Message) => (isDeleted(message) ? { ...message, text: null } : message);
