/**
 * `/api/auth`: lets the listed requests through to better-auth and nothing else it can do. Names the client's address to
 * it, limits attempts, and turns its errors into problem documents that keep its `code`. The same list is its part of the
 * OpenAPI document.
 */
import { z } from '@hono/zod-openapi';
import * as shapes from '../../schema/http/auth.ts';
import { isApiKey } from '../auth/api-keys.ts';
import { ADDRESS_HEADER, AUTH_PATH } from '../auth/auth.ts';
import { readCredential } from '../auth/credentials.ts';
import { createRoutes, type HttpDependencies } from './environment.ts';
import { problemResponse } from './problem.ts';
import { createLimit } from './rate-limits.ts';
import { body, json, onlyProblems, security } from './responses.ts';
import { refuseKey } from './scopes.ts';

interface Endpoint {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly summary: string;
  readonly request?: z.ZodType;
  readonly response: z.ZodType;
  /** Attempts cost a password check; `open` needs no session. */
  readonly access: 'attempt' | 'open' | 'session';
  readonly setsToken?: true;
}

const ENDPOINTS: readonly Endpoint[] = [
  {
    method: 'post',
    path: '/sign-up/email',
    summary: 'Make an account and sign in',
    request: shapes.SignUp,
    response: shapes.SignedUp,
    access: 'attempt',
    setsToken: true,
  },
  {
    method: 'post',
    path: '/sign-in/email',
    summary: 'Sign in',
    request: shapes.SignIn,
    response: shapes.SignedIn,
    access: 'attempt',
    setsToken: true,
  },
  { method: 'post', path: '/sign-out', summary: 'End this session', response: shapes.Done, access: 'open' },
  {
    method: 'get',
    path: '/get-session',
    summary: 'This session; null without one',
    response: shapes.CurrentSession,
    access: 'open',
  },
  {
    method: 'get',
    path: '/list-sessions',
    summary: "One's sessions",
    response: z.array(shapes.AccountSession),
    access: 'session',
  },
  {
    method: 'post',
    path: '/revoke-session',
    summary: 'End one session',
    request: shapes.RevokeSession,
    response: shapes.Revoked,
    access: 'session',
  },
  {
    method: 'post',
    path: '/revoke-sessions',
    summary: 'End all sessions',
    response: shapes.Revoked,
    access: 'session',
  },
  {
    method: 'post',
    path: '/revoke-other-sessions',
    summary: 'End all sessions but this one',
    response: shapes.Revoked,
    access: 'session',
  },
  {
    method: 'post',
    path: '/change-password',
    summary: 'Change the password; all sessions and API keys end, and the answer begins a new session',
    request: shapes.ChangePassword,
    response: shapes.PasswordChanged,
    access: 'attempt',
    setsToken: true,
  },
  {
    method: 'post',
    path: '/reset-password',
    summary: 'Set a new password, with the token of a link that an administrator gave; all sessions and API keys end',
    request: shapes.ResetPassword,
    response: shapes.Revoked,
    access: 'attempt',
  },
  {
    method: 'post',
    path: '/update-user',
    summary: 'Change the name',
    request: shapes.UpdateUser,
    response: shapes.Revoked,
    access: 'session',
  },
  {
    method: 'get',
    path: '/token',
    summary: 'A JSON Web Token for 15 minutes; `sub` is the user, `sid` the session',
    response: shapes.JsonWebToken,
    access: 'session',
  },
  {
    method: 'get',
    path: '/jwks',
    summary: 'The public keys of JSON Web Tokens',
    response: shapes.JsonWebKeySet,
    access: 'open',
  },
];

const token = { 'set-auth-token': { description: 'The bearer token', schema: { type: 'string' as const } } };

export function authRoutes(dependencies: Pick<HttpDependencies, 'auth' | 'config' | 'limitStore'>) {
  const { auth } = dependencies;
  const routes = createRoutes();
  const limitAddress = createLimit('signIn', dependencies);
  const limitAccount = createLimit('account', dependencies);
  const limitProfile = createLimit('profile', dependencies);
  for (const endpoint of ENDPOINTS) {
    describe(routes, endpoint);
    routes.on(endpoint.method, `${AUTH_PATH}${endpoint.path}`, async (c) => {
      const shown = readCredential({ authorization: c.req.header('authorization') }, '');
      if (shown && isApiKey(shown.token) && (endpoint.access !== 'open' || endpoint.method === 'post'))
        return refuseKey([]);
      const sent = endpoint.method === 'post' ? await c.req.text() : '';
      // better-auth would take forms, which any site's page can send here.
      if (sent && !/^application\/json\s*(;|$)/i.test(c.req.header('content-type') ?? '')) return problemResponse(415);
      if (endpoint.access === 'attempt') {
        const email = fieldsOf(sent).email?.toLowerCase().slice(0, 254);
        const refusal =
          (await limitAddress(c, c.var.address)) ?? (email === undefined ? undefined : await limitAccount(c, email));
        if (refusal) return refusal;
      }
      // It is told to everybody as at `/api/me`; who asks is known to better-auth only.
      const tooOften = endpoint.path === '/update-user' && (await limitProfile(c, c.var.address));
      if (tooOften) return tooOften;
      // Whoever knew the former password is out, whatever the client thinks of it.
      const ends = endpoint.path === '/change-password' && { revokeOtherSessions: true };
      const text = ends ? JSON.stringify({ ...fieldsOf(sent), ...ends }) : sent;
      const headers = new Headers(c.req.raw.headers);
      if (ends) headers.delete('content-length');
      headers.set(ADDRESS_HEADER, c.var.address);
      // Node's fetch says the mode, as browsers do, but not from which site; better-auth would take it for a browser that hides that.
      if (!headers.has('origin') && !headers.has('sec-fetch-site')) headers.delete('sec-fetch-mode');
      const request = new Request(c.req.url, { method: c.req.method, headers, ...(text && { body: text }) });
      return withProblem(await auth.handle(request));
    });
  }
  return routes;
}

function describe(routes: ReturnType<typeof createRoutes>, endpoint: Endpoint): void {
  const { method, path, summary, request, response, access } = endpoint;
  const answers = { ...json(response, 'Done'), ...(endpoint.setsToken && { headers: token }) };
  const asked = request ? ([400, 403, 413, 415, 422] as const) : method === 'post' ? ([403, 413, 415] as const) : [];
  const signedIn = access === 'open' ? [] : ([401, 403] as const);
  routes.openAPIRegistry.registerPath({
    method,
    path: `${AUTH_PATH}${path}`,
    tags: ['account'],
    summary,
    ...(access === 'session' && { security }),
    ...(request && { request: { body: body(request) } }),
    responses: { 200: answers, ...onlyProblems(...asked, ...signedIn, 429, 500) },
  });
}

/** What a body says, for counting guesses at an account; better-auth judges it. */
function fieldsOf(text: string): { readonly email?: string } {
  try {
    const fields = JSON.parse(text) as { email?: unknown } | null;
    if (typeof fields !== 'object' || fields === null) return {};
    const { email, ...others } = fields;
    return { ...others, ...(typeof email === 'string' && { email }) };
  } catch {
    return {}; // better-auth says what is wrong with it
  }
}

async function withProblem(response: Response): Promise<Response> {
  if (response.status < 400) return response;
  const { code, message } = (await response.json().catch(() => ({}))) as { code?: string; message?: string };
  const headers = new Headers(response.headers);
  headers.delete('content-length');
  return problemResponse(response.status, { ...(message && { detail: message }), ...(code && { code }) }, headers);
}
