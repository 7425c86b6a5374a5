/**
 * Who is asking: lets a request pass only with a live session, or with an API key where one of its scopes allows it, and a changing
 * one by cookie only from our own pages.
 */
import { createMiddleware } from 'hono/factory';
import { isOwnOrigin } from '../auth/origin.ts';
import type { Environment, HttpDependencies } from './environment.ts';
import { matchedRoute } from './matched-route.ts';
import { problemResponse } from './problem.ts';
import { refuseKey, type ScopesOf } from './scopes.ts';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

type Dependencies = Pick<HttpDependencies, 'sessions' | 'config'> & { readonly scopesOf: ScopesOf };

export function requireSession({ sessions, config, scopesOf }: Dependencies) {
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
    if (session.via === 'key') {
      const route = matchedRoute(c);
      const needed = route && scopesOf(route);
      if (needed && !needed.some((scope) => session.scopes.includes(scope))) return refuseKey(needed);
    }
    return next();
  });
}
