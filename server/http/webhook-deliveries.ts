/** What webhooks were told: the log, a ping to try one, and sending something once more. */
import { createRoute, z } from '@hono/zod-openapi';
import { DELIVERY_STATUSES, type Webhook, WebhookDelivery, WebhookDeliveryList } from '../../schema/http/webhooks.ts';
import { encodeCursor, requireCursor } from './cursor.ts';
import { insertPing, listDeliveries, redeliver } from './delivery-rows.ts';
import { createRoutes, type HttpDependencies } from './environment.ts';
import { pageCursor, pageLimit } from './page.ts';
import { HttpProblem } from './problem.ts';
import { createLimit, limitBy } from './rate-limits.ts';
import { json, problems, securityOf } from './responses.ts';
import { findWebhook, type Owned } from './webhook-rows.ts';
import { NO_WEBHOOK } from './webhooks.ts';

const tags = ['webhooks'];
const params = z.object({ id: z.string().max(64) });
const security = securityOf('webhooks');
const Position: z.ZodType<readonly [place: number]> = z.tuple([z.int()]);

const test = createRoute({
  method: 'post',
  path: '/api/webhooks/{id}/test',
  tags,
  summary: 'Send a ping',
  description: 'On its way like any event; what became of it stands in the log a moment later.',
  security,
  request: { params },
  responses: { 202: json(WebhookDelivery, 'It is on its way'), ...problems(404, 409) },
});

const list = createRoute({
  method: 'get',
  path: '/api/webhooks/{id}/deliveries',
  tags,
  summary: 'What it was told, the newest first',
  description: 'What was sent stays for three days, what failed or was dropped for fourteen. No text stands in it.',
  security,
  request: {
    params,
    query: z.object({
      status: z.enum(DELIVERY_STATUSES).optional(),
      cursor: pageCursor,
      limit: pageLimit({ usual: 50, max: 200 }),
    }),
  },
  responses: {
    200: json(WebhookDeliveryList, 'A page; `next` is the cursor of the next one'),
    ...problems(404),
  },
});

const again = createRoute({
  method: 'post',
  path: '/api/webhooks/{id}/deliveries/{delivery}/redeliver',
  tags,
  summary: 'Send something once more',
  description: 'Under the same `webhook-id`, with the message as it is now, and with attempts anew.',
  security,
  request: { params: params.extend({ delivery: z.string().max(64) }) },
  responses: { 202: json(WebhookDelivery, 'It is on its way'), ...problems(404, 409) },
});

export function webhookDeliveryRoutes(dependencies: HttpDependencies) {
  const { pool } = dependencies;
  const limit = limitBy(createLimit('webhook', dependencies), (c) => c.var.session.user);

  async function requireWebhook(owned: Owned): Promise<Webhook> {
    const webhook = await findWebhook(pool, owned);
    if (!webhook) throw new HttpProblem(404, NO_WEBHOOK);
    return webhook;
  }

  async function requireEnabled(owned: Owned): Promise<void> {
    const { isEnabled } = await requireWebhook(owned);
    if (!isEnabled) throw new HttpProblem(409, { detail: 'This webhook is disabled: enable it first' });
  }

  const routes = createRoutes();
  for (const { path } of [test, again]) routes.use(path.replaceAll(/\{(\w+)\}/g, ':$1'), limit);
  return routes
    .openapi(test, async (c) => {
      const { id } = c.req.valid('param');
      await requireEnabled({ id, user: c.var.session.user });
      return c.json(await insertPing(pool, id), 202);
    })
    .openapi(list, async (c) => {
      const { id } = c.req.valid('param');
      const { status, cursor, limit } = c.req.valid('query');
      await requireWebhook({ id, user: c.var.session.user });
      const before = cursor === undefined ? undefined : requireCursor(cursor, Position)[0];
      const { items, end } = await listDeliveries(pool, { webhook: id, status, before, limit });
      return c.json({ items, ...(end !== undefined && { next: encodeCursor([end]) }) }, 200);
    })
    .openapi(again, async (c) => {
      const { id, delivery } = c.req.valid('param');
      await requireEnabled({ id, user: c.var.session.user });
      const found = await redeliver(pool, { webhook: id, delivery });
      if (!found) throw new HttpProblem(404, { detail: 'There is no such delivery in the log' });
      return c.json(found, 202);
    });
}
