/**
 * One's signed-in devices: list them, sign out one or all others. Whoever is signed out loses their sockets at once, on every
 * server. Tokens stay out of the answers, so that a page that lists devices holds nothing that signs in.
 */
import { createRoute, z } from '@hono/zod-openapi';
import { type DeviceSession, DeviceSessionList } from '../../schema/http/sessions.ts';
import { nameDevice } from '../auth/device-name.ts';
import { ACTIVE_WITHIN_MS } from '../auth/last-seen.ts';
import { createRoutes, type HttpDependencies } from './environment.ts';
import { HttpProblem } from './problem.ts';
import { json, problems, security } from './responses.ts';

/** More devices than anybody recognises; what is used least is not shown, and expires. */
const MAX_LISTED = 100;

const tags = ['account'];

const list = createRoute({
  method: 'get',
  path: '/api/sessions',
  tags,
  summary: "One's signed-in devices, the one that asks first, then those seen last",
  security,
  responses: { 200: json(DeviceSessionList, 'Devices'), ...problems() },
});

const endOne = createRoute({
  method: 'delete',
  path: '/api/sessions/{id}',
  tags,
  summary: 'Sign out one device',
  security,
  request: { params: z.object({ id: z.string().max(64) }) },
  responses: { 204: { description: 'Signed out' }, ...problems(403, 404) },
});

const endOthers = createRoute({
  method: 'delete',
  path: '/api/sessions',
  tags,
  summary: 'Sign out all devices but the one that asks',
  security,
  responses: { 204: { description: 'Signed out' }, ...problems(403) },
});

interface Row {
  readonly id: string;
  readonly user_agent: string | null;
  readonly created_at: Date;
  readonly seen_at: Date;
  readonly is_open: boolean;
}

export function sessionRoutes({ pool, fanOut, clock }: Pick<HttpDependencies, 'pool' | 'fanOut' | 'clock'>) {
  /** Deleting the row is what ends a session; the notice only makes it quick. */
  const end = async (query: string, values: readonly string[]): Promise<number> => {
    const { rows } = await pool.query<{ id: string }>(query, [...values]);
    if (rows.length > 0) fanOut.publish('revoked', { sessions: rows.map(({ id }) => id) });
    return rows.length;
  };
  return createRoutes()
    .openapi(list, async (c) => {
      const { id: current, user } = c.var.session;
      const { rows } = await pool.query<Row>(
        `select id, user_agent, created_at, seen_at, is_open from sessions
         where "user" = $1 and expires_at > $3
         order by id = $2 desc, is_open and seen_at > $4 desc, seen_at desc, id limit ${MAX_LISTED}`,
        [user, current, new Date(clock.now()), new Date(clock.now() - ACTIVE_WITHIN_MS)],
      );
      return c.json({ items: rows.map((row) => deviceSession(row, current, clock.now())) }, 200);
    })
    .openapi(endOne, async (c) => {
      const { id } = c.req.valid('param');
      const query = 'delete from sessions where id = $1 and "user" = $2 returning id';
      if ((await end(query, [id, c.var.session.user])) === 0)
        throw new HttpProblem(404, { detail: 'This device is signed out already' });
      return c.body(null, 204);
    })
    .openapi(endOthers, async (c) => {
      const { id, user } = c.var.session;
      await end('delete from sessions where "user" = $2 and id <> $1 returning id', [id, user]);
      return c.body(null, 204);
    });
}

function deviceSession(row: Row, current: string, now: number): DeviceSession {
  const seenAt = row.seen_at.getTime();
  const isCurrent = row.id === current;
  return {
    id: row.id,
    ...nameDevice(row.user_agent),
    isCurrent,
    signedInAt: row.created_at.getTime(),
    seenAt: isCurrent ? now : seenAt,
    isActive: isCurrent || (row.is_open && now - seenAt < ACTIVE_WITHIN_MS),
  };
}
