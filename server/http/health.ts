/** Whether this process lives, whether it can serve, and its numbers: for orchestrators, load balancers and Prometheus. */
import { createRoute, z } from '@hono/zod-openapi';
import { createRoutes, type HttpDependencies } from './environment.ts';
import { json } from './responses.ts';

/** A database that takes longer is of no use to requests, and a probe must not pile up on it. */
const PROBE_MS = 2_000;

const tags = ['operation'];
const Alive = z.object({ status: z.literal('ok') }).openapi('Alive');
const Part = z.enum(['ok', 'unavailable']);
/** Without Redis a server can serve: what it misses of others it reads from the journal. `off`: it is the only one. */
const Readiness = z
  .object({
    status: z.enum(['ok', 'unavailable', 'leaving']),
    database: Part,
    redis: z.enum(['ok', 'unavailable', 'off']),
  })
  .openapi('Readiness');

const alive = createRoute({
  method: 'get',
  path: '/healthz',
  tags,
  summary: 'The process lives',
  responses: { 200: json(Alive, 'It does') },
});

const ready = createRoute({
  method: 'get',
  path: '/readyz',
  tags,
  summary: 'The server can serve',
  responses: {
    200: json(Readiness, 'It can'),
    503: json(Readiness, 'A part it needs cannot be reached, or it is ending'),
  },
});

const numbers = createRoute({
  method: 'get',
  path: '/metrics',
  tags,
  summary: 'Numbers for Prometheus',
  responses: { 200: { description: 'Prometheus text', content: { 'text/plain': { schema: z.string() } } } },
});

type Dependencies = Pick<HttpDependencies, 'pool' | 'redisState' | 'metrics' | 'log' | 'isLeaving'>;

export const healthRoutes = ({ pool, redisState, metrics, log, isLeaving }: Dependencies) => {
  /** Rejects unless Postgres answers in time. */
  const probe = async (): Promise<void> => {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`No answer within ${PROBE_MS} ms`)), PROBE_MS);
    });
    try {
      await Promise.race([pool.query('select 1'), timeout]);
    } finally {
      clearTimeout(timer);
    }
  };
  metrics.gauge({
    name: 'tidewire_database_connected',
    help: 'Whether Postgres answers',
    async collect() {
      const isUp = await probe().then(
        () => true,
        () => false, // which is what is told
      );
      this.set(Number(isUp));
    },
  });
  return createRoutes()
    .openapi(alive, (c) => c.json({ status: 'ok' as const }, 200))
    .openapi(ready, async (c) => {
      try {
        await probe();
        const parts = { database: 'ok' as const, redis: redisState() };
        if (isLeaving()) return c.json({ status: 'leaving' as const, ...parts }, 503);
        return c.json({ status: 'ok' as const, ...parts }, 200);
      } catch (error) {
        log.warn({ err: error }, 'The database cannot be reached');
        const unavailable = 'unavailable' as const;
        return c.json({ status: unavailable, database: unavailable, redis: redisState() }, 503);
      }
    })
    .openapi(numbers, async (c) => {
      const { contentType, body } = await metrics.text();
      return c.text(body, 200, { 'content-type': contentType });
    });
};
