/**
 * The devices of an account that are told of new messages while the app is closed. A device registers its token whenever it
 * starts; the row belongs to the session and goes with it. Tokens stay out of answers and logs: who has one can tell the device.
 */
import { createRoute, z } from '@hono/zod-openapi';
import {
  type Device,
  DeviceList,
  Device as DeviceSchema,
  NewDevice,
  PushSetup,
  PushSubscriptionText,
} from '../../schema/http/push.ts';
import { randomId } from '../auth/auth.ts';
import { inTransaction } from '../database/transaction.ts';
import { createRoutes, type HttpDependencies } from './environment.ts';
import { HttpProblem } from './problem.ts';
import { body, bodyProblems, json, problems, security } from './responses.ts';

/** More than anybody carries; the one registered longest ago makes room. */
const MAX_DEVICES = 50;

const tags = ['push'];

const list = createRoute({
  method: 'get',
  path: '/api/devices',
  tags,
  summary: 'The devices of this account that are told of new messages',
  security,
  responses: { 200: json(DeviceList, 'Devices, the one registered last first'), ...problems() },
});

const register = createRoute({
  method: 'post',
  path: '/api/devices',
  tags,
  summary: 'Register this device, or say that its token is still good',
  description:
    'The device belongs to the session that registers it and is forgotten when that ends. A token that another account registered moves to this one.',
  security,
  request: { body: body(NewDevice) },
  responses: {
    200: json(DeviceSchema, 'It was registered before'),
    201: json(DeviceSchema, 'Registered'),
    ...bodyProblems(),
  },
});

const remove = createRoute({
  method: 'delete',
  path: '/api/devices/{id}',
  tags,
  summary: 'Tell this device nothing any more',
  security,
  request: { params: z.object({ id: z.string().max(64) }) },
  responses: { 204: { description: 'Forgotten' }, ...problems(403, 404) },
});

const setup = createRoute({
  method: 'get',
  path: '/api/push',
  tags,
  summary: 'How a browser becomes a device of this account',
  security,
  responses: { 200: json(PushSetup, 'The transport that this server is configured for'), ...problems() },
});

interface Row {
  readonly id: string;
  readonly platform: Device['platform'];
  readonly created_at: Date;
  readonly seen_at: Date;
}

export function deviceRoutes({ pool, pushSetup }: Pick<HttpDependencies, 'pool' | 'pushSetup'>) {
  return createRoutes()
    .openapi(setup, (c) => c.json(pushSetup, 200))
    .openapi(list, async (c) => {
      const { rows } = await pool.query<Row>(
        'select id, platform, created_at, seen_at from push_targets where "user" = $1 order by seen_at desc, id',
        [c.var.session.user],
      );
      return c.json({ items: rows.map(deviceOf) }, 200);
    })
    .openapi(register, async (c) => {
      const { id: session, user } = c.var.session;
      const { platform, token: given } = c.req.valid('json');
      const token = platform === 'webpush' ? subscriptionText(given) : given;
      const row = await inTransaction(pool, async (client) => {
        const { rows } = await client.query<Row & { is_new: boolean }>(
          `insert into push_targets (id, "user", session, platform, token) values ($1, $2, $3, $4, $5)
           on conflict (token) do update set "user" = $2, session = $3, platform = $4, seen_at = now()
           returning id, platform, created_at, seen_at, xmax = 0 as is_new`,
          [randomId(), user, session, platform, token],
        );
        const [registered] = rows as [Row & { is_new: boolean }];
        // What its former account would have been told is none of this one's business.
        await client.query('delete from push_deliveries where target = $1 and "user" <> $2', [registered.id, user]);
        await client.query(
          `delete from push_targets where id in (
             select id from push_targets where "user" = $1 order by seen_at desc, id = $2 desc offset ${MAX_DEVICES})`,
          [user, registered.id],
        );
        return registered;
      });
      return row.is_new ? c.json(deviceOf(row), 201) : c.json(deviceOf(row), 200);
    })
    .openapi(remove, async (c) => {
      const { rowCount } = await pool.query('delete from push_targets where id = $1 and "user" = $2', [
        c.req.valid('param').id,
        c.var.session.user,
      ]);
      if (rowCount === 0) throw new HttpProblem(404, { detail: 'There is no such device' });
      return c.body(null, 204);
    });
}

const deviceOf = ({ id, platform, created_at, seen_at }: Row): Device => ({
  id,
  platform,
  createdAt: created_at.getTime(),
  seenAt: seen_at.getTime(),
});

/** One spelling of a subscription, so that it is the same token each time. */
function subscriptionText(given: string): string {
  try {
    return JSON.stringify(PushSubscriptionText.parse(JSON.parse(given)));
  } catch {
    // What is wrong with it would repeat it.
    throw new HttpProblem(422, { detail: 'The token is not a PushSubscription as JSON text' });
  }
}
