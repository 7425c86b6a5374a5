/**
 * What API keys may do: the scopes that a route names in the OpenAPI document are those that are enforced, so the document cannot say
 * otherwise, and a route that names none is closed to keys. Keys, sessions and the account are such routes.
 */
import type { KeyScope } from '../../schema/http/keys.ts';
import type { createRoutes } from './environment.ts';
import type { Route } from './matched-route.ts';
import { problemResponse } from './problem.ts';
import { KEY_SCHEME } from './responses.ts';

/** A key with any of them may; with none of them named, no key may. */
export type ScopesOf = (route: Route) => readonly KeyScope[];

/** `app` gets its routes before the first request. */
export function createScopesOf(app: ReturnType<typeof createRoutes>): ScopesOf {
  let known: ReadonlyMap<string, readonly KeyScope[]> | undefined;
  const read = () =>
    new Map(
      app.openAPIRegistry.definitions.flatMap((definition) => {
        if (definition.type !== 'route') return [];
        const { method, path, security = [] } = definition.route;
        const scopes = security.flatMap((each) => each[KEY_SCHEME] ?? []) as KeyScope[];
        return [[nameOf({ method, path }), scopes] as const];
      }),
    );
  return (route) => {
    known ??= read();
    return known.get(nameOf(route)) ?? [];
  };
}

/** OpenAPI writes `{id}` where Hono writes `:id`. */
const nameOf = ({ method, path }: Route): string => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`;

export function refuseKey(needed: readonly KeyScope[]): Response {
  if (needed.length === 0) return problemResponse(403, { detail: 'API keys may not do this: sign in' });
  const challenge = `Bearer realm="tidewire", error="insufficient_scope", scope="${needed.join(' ')}"`;
  const detail = `This API key may not do this: it needs the scope ${needed.join(' or ')}`;
  return problemResponse(403, { detail }, { 'www-authenticate': challenge });
}
