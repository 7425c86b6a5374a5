/**
 * Gives each request an id, a log that carries it, and an address; logs and counts what was answered. Neither query
 * strings nor headers nor bodies are logged: people search for names and write messages.
 */
import { randomUUID } from 'node:crypto';
import { createMiddleware } from 'hono/factory';
import { routePath } from 'hono/route';
import { addressOf } from '../auth/address.ts';
import type { Session } from '../auth/sessions.ts';
import type { Environment, HttpDependencies } from './environment.ts';

export const REQUEST_ID_HEADER = 'x-request-id';

/** Ids that proxies and callers choose are kept when they cannot break a log line or a header. */
const SANE_ID = /^[\w.-]{1,64}$/;

/** Probes and scrapers ask every few seconds. */
const QUIET = new Set(['/healthz', '/readyz', '/metrics']);

export function observe({ log, metrics, config }: Pick<HttpDependencies, 'log' | 'metrics' | 'config'>) {
  const durations = metrics.histogram({
    name: 'tidewire_http_request_seconds',
    help: 'Time from a request to its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
  });
  return createMiddleware<Environment>(async (c, next) => {
    const startMs = performance.now();
    const given = c.req.header(REQUEST_ID_HEADER);
    const requestId = given && SANE_ID.test(given) ? given : randomUUID();
    c.set('requestId', requestId);
    c.set('log', log.child({ requestId }));
    const remote = c.env?.incoming?.socket.remoteAddress;
    c.set('address', addressOf({ forwarded: c.req.header('x-forwarded-for'), remote, baseUrl: config.baseUrl }));
    await next();
    c.header(REQUEST_ID_HEADER, requestId);
    const ms = performance.now() - startMs;
    const line = { method: c.req.method, route: routePath(c), status: c.res.status, ms: Math.round(ms * 10) / 10 };
    durations.observe({ method: line.method, route: line.route, status: String(line.status) }, ms / 1_000);
    const session = c.var.session as Environment['Variables']['session'] | undefined;
    c.var.log[QUIET.has(line.route) ? 'debug' : 'info']({ ...line, ...(session && whoOf(session)) }, 'request');
  });
}

/** A program's requests can be told from those of its owner. */
const whoOf = ({ via, user, id }: Session) => ({ user, ...(via === 'key' && { key: id }) });
