/** Who is asking: lets a request pass only with a live session, and a changing one by cookie only from our own pages. */
import { createMiddleware } from 'hono/factory';
import { isOwnOrigin } from '../auth/origin.ts';
import type { Environment, HttpDependencies } from './environment.ts';
import { problemResponse } from './problem.ts';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

export function requireSession({ sessions, config }: Pick<HttpDependencies, 'sessions' | 'config'>) {
  return createMiddleware<Environment>(async (c, next) => {
    const session = await sessions.verify({
      authorization: c.req.header('authorization'),
      cookie: c.req.header('cookie'),
    });
    if (!session)
      return problemResponse(401, { detail: 'Sign in first' }, { 'www-authenticate': 'Bearer realm="tidewire"' });
    const origin = { origin: c.req.header('origin'), host: c.req.header('host'), baseUrl: config.baseUrl };
    if (session.via === 'cookie' && !SAFE.has(c.req.method) && !isOwnOrigin(origin))
      return problemResponse(403, { detail: 'A request by cookie must come from our own pages: Origin differs' });
    c.set('session', session);
    return next();
  });
}
