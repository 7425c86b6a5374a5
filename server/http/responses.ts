/** Pieces of the OpenAPI document that many routes share. */
import type { z } from '@hono/zod-openapi';
import type { KeyScope } from '../../schema/http/keys.ts';
import { PROBLEM_CONTENT_TYPE, Problem } from '../../schema/http/problem.ts';

/** The name of API keys among the security schemes of the document. */
export const KEY_SCHEME = 'key';

/** A JSON answer. */
export const json = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});

/** A JSON body that must be there. */
export const body = <Schema extends z.ZodType>(schema: Schema) => ({
  required: true,
  content: { 'application/json': { schema } },
});

const PROBLEMS: Readonly<Record<number, string>> = {
  400: 'Cannot be read, or the address or a header is not valid',
  401: 'No session, or it is over: sign in',
  403: 'Not allowed: the role is too low, the API key lacks the scope, or the Origin is foreign',
  404: 'There is no such thing, or not for this person',
  409: 'Not possible in the present state',
  413: 'The body is too large',
  415: 'The body must be JSON',
  422: 'The body is not valid, or the message was refused',
  429: 'Too many requests: wait as Retry-After says',
  500: 'The server failed',
};

/** `RateLimit` and `RateLimit-Policy` as in draft-ietf-httpapi-ratelimit-headers: an item a limit. */
const RATE_HEADERS = {
  'Retry-After': { description: 'Seconds to wait', schema: { type: 'integer' as const } },
  RateLimit: {
    description: 'What remains (`r`) and seconds until it is whole (`t`)',
    schema: { type: 'string' as const },
  },
  'RateLimit-Policy': { description: 'Requests (`q`) within seconds (`w`)', schema: { type: 'string' as const } },
};

export const problem = (status: number) => ({
  description: PROBLEMS[status] ?? 'An error',
  ...(status === 429 && { headers: RATE_HEADERS }),
  content: { [PROBLEM_CONTENT_TYPE]: { schema: Problem } },
});

/**
 * The problems a route can answer with, beside those of every route behind a session. Typed as none: handlers throw them,
 * so their return types need not name them.
 */
export const problems = (...statuses: number[]) =>
  Object.fromEntries([400, 401, 403, 429, 500, ...statuses].map((status) => [status, problem(status)])) as Record<
    never,
    never
  >;

/** The problems of routes that take a body. */
export const bodyProblems = (...statuses: number[]) => problems(413, 415, 422, ...statuses);

/** Either proves who is asking; an API key is refused. */
export const security: Record<string, string[]>[] = [{ cookie: [] }, { bearer: [] }];

/** An API key with any of these scopes will do, too. */
export const securityOf = (...scopes: KeyScope[]): typeof security => [
  ...security,
  ...scopes.map((scope) => ({ [KEY_SCHEME]: [scope] })),
];
