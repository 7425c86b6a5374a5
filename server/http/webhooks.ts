/** One's webhooks: make, list, change and delete them, and get a new secret. What they were told is in `webhook-deliveries.ts`. */
import { createRoute, z } from '@hono/zod-openapi';
import {
  CreateWebhook,
  PatchWebhook,
  Webhook,
  WebhookBody,
  WebhookList,
  WebhookWithSecret,
} from '../../schema/http/webhooks.ts';
import { MAX_WEBHOOKS } from '../../schema/limits.ts';
import type { Pool } from '../database/pool.ts';
import { addressFault } from '../webhooks/requests.ts';
import { generateSecret } from '../webhooks/signed-request.ts';
import { createRoutes, type HttpDependencies } from './environment.ts';
import { HttpProblem } from './problem.ts';
import { body, bodyProblems, json, problems, securityOf } from './responses.ts';
import { deleteWebhook, findWebhook, insertWebhook, listWebhooks, patchWebhook, rotateSecret } from './webhook-rows.ts';

const tags = ['webhooks'];
const params = z.object({ id: z.string().max(64) });
const security = securityOf('webhooks');

export const NO_WEBHOOK = { detail: 'There is no such webhook' };

const create = createRoute({
  method: 'post',
  path: '/api/webhooks',
  tags,
  summary: 'Make a webhook',
  description:
    'From then on each of these events in conversations of this account is posted to the address, signed after Standard Webhooks (`webhook-id`, `webhook-timestamp`, `webhook-signature`), at least once and in no particular order. The body is a `WebhookBody`. The secret is answered this once. Any answer of 2xx within 15 s accepts an event; else it is sent again, under the same `webhook-id`, for three days. A webhook that took nothing for five days is disabled, and so is one whose receiver answers 410, or whose account changes its password.',
  security,
  request: { body: body(CreateWebhook) },
  responses: { 201: json(WebhookWithSecret, 'The webhook'), ...bodyProblems(409) },
});

const list = createRoute({
  method: 'get',
  path: '/api/webhooks',
  tags,
  summary: "One's webhooks, the newest first",
  security,
  responses: { 200: json(WebhookList, 'Webhooks'), ...problems() },
});

const read = createRoute({
  method: 'get',
  path: '/api/webhooks/{id}',
  tags,
  summary: 'One webhook',
  security,
  request: { params },
  responses: { 200: json(Webhook, 'The webhook'), ...problems(404) },
});

const patch = createRoute({
  method: 'patch',
  path: '/api/webhooks/{id}',
  tags,
  summary: 'Change, enable or disable a webhook',
  description:
    'Disabling gives up what waits, and nothing that happens meanwhile is told later. Enabling, or another address, starts anew: what waits is tried at once.',
  security,
  request: { params, body: body(PatchWebhook) },
  responses: { 200: json(Webhook, 'The webhook'), ...bodyProblems(404) },
});

const remove = createRoute({
  method: 'delete',
  path: '/api/webhooks/{id}',
  tags,
  summary: 'Delete a webhook with its log: nothing is told any more',
  security,
  request: { params },
  responses: { 204: { description: 'It is gone' }, ...problems(404) },
});

const rotate = createRoute({
  method: 'post',
  path: '/api/webhooks/{id}/rotate',
  tags,
  summary: 'Get a new secret',
  description: 'It is answered this once. For a day requests carry two signatures, one by the former secret.',
  security,
  request: { params },
  responses: { 200: json(WebhookWithSecret, 'The webhook'), ...problems(404) },
});

export function webhookRoutes({ pool, config }: Pick<HttpDependencies, 'pool' | 'config'>) {
  const privateNetworks = config.webhookPrivateNetworks === 'on';

  async function requireUsable(user: string, { url, conversations }: PatchWebhook): Promise<void> {
    const fault = url !== undefined && addressFault(url, { privateNetworks });
    if (fault) throw new HttpProblem(422, { errors: [{ path: 'url', message: fault }] });
    if (conversations) await requireMember(pool, user, conversations);
  }

  const routes = createRoutes()
    .openapi(create, async (c) => {
      const { user } = c.var.session;
      const wanted = c.req.valid('json');
      await requireUsable(user, wanted);
      const secret = generateSecret();
      const webhook = await insertWebhook(pool, { ...wanted, user, secret });
      if (!webhook)
        throw new HttpProblem(409, { detail: `An account has at most ${MAX_WEBHOOKS} webhooks: delete one first` });
      return c.json({ ...webhook, secret }, 201);
    })
    .openapi(list, async (c) => c.json({ items: await listWebhooks(pool, c.var.session.user) }, 200))
    .openapi(read, async (c) => {
      const webhook = await findWebhook(pool, { id: c.req.valid('param').id, user: c.var.session.user });
      if (!webhook) throw new HttpProblem(404, NO_WEBHOOK);
      return c.json(webhook, 200);
    })
    .openapi(patch, async (c) => {
      const { user } = c.var.session;
      const wanted = c.req.valid('json');
      await requireUsable(user, wanted);
      const webhook = await patchWebhook(pool, { ...wanted, id: c.req.valid('param').id, user });
      if (!webhook) throw new HttpProblem(404, NO_WEBHOOK);
      return c.json(webhook, 200);
    })
    .openapi(remove, async (c) => {
      const isDeleted = await deleteWebhook(pool, { id: c.req.valid('param').id, user: c.var.session.user });
      if (!isDeleted) throw new HttpProblem(404, NO_WEBHOOK);
      return c.body(null, 204);
    })
    .openapi(rotate, async (c) => {
      const owned = { id: c.req.valid('param').id, user: c.var.session.user };
      const secret = generateSecret();
      const webhook = (await rotateSecret(pool, { ...owned, secret })) && (await findWebhook(pool, owned));
      if (!webhook) throw new HttpProblem(404, NO_WEBHOOK);
      return c.json({ ...webhook, secret }, 200);
    });
  // No operation answers with it, so the document has to be told.
  routes.openAPIRegistry.register('WebhookBody', WebhookBody);
  return routes;
}

/** Throws a 422 that names those in which this person is not. */
async function requireMember(pool: Pick<Pool, 'query'>, user: string, ids: readonly string[]): Promise<void> {
  const { rows } = await pool.query<{ id: string }>(
    `select id from unnest($2::text[]) id
     where not exists (select from members m where m.conversation = id and m."user" = $1)`,
    [user, ids],
  );
  if (rows.length === 0) return;
  const errors = rows.map(({ id }) => ({ path: 'conversations', message: `There is no conversation ${id}` }));
  throw new HttpProblem(422, { detail: 'Not all of these conversations exist', errors });
}
