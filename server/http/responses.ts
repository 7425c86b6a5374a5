/** Pieces of the OpenAPI document that many routes share. */
import type { OpenAPIHono, z } from '@hono/zod-openapi';
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

/** Name among the responses of the document, and meaning. */
const PROBLEMS = {
  400: ['BadRequest', 'Cannot be read, or the address or a header is not valid'],
  401: ['Unauthorized', 'No session, or it is over: sign in'],
  403: ['Forbidden', 'Not allowed: the role is too low, the API key lacks the scope, or the Origin is foreign'],
  404: ['NotFound', 'There is no such thing, or not for this person'],
  409: ['Conflict', 'Not possible in the present state'],
  410: ['Gone', 'It was there, and its time is over'],
  413: ['ContentTooLarge', 'The body is too large'],
  415: ['UnsupportedMediaType', 'The body must be JSON'],
  416: ['RangeNotSatisfiable', 'The range begins after the end'],
  422: ['UnprocessableContent', 'The body is not valid, or the message was refused'],
  429: ['TooManyRequests', 'Too many requests: wait as Retry-After says'],
  500: ['InternalServerError', 'The server failed'],
  503: ['ServiceUnavailable', 'What this needs cannot be reached: try again later'],
} as const;

type ProblemStatus = keyof typeof PROBLEMS;

/** `RateLimit` and `RateLimit-Policy` as in draft-ietf-httpapi-ratelimit-headers: an item a limit. */
const RATE_HEADERS = {
  'Retry-After': { description: 'Seconds to wait', schema: { type: 'integer' as const } },
  RateLimit: {
    description: 'What remains (`r`) and seconds until it is whole (`t`)',
    schema: { type: 'string' as const },
  },
  'RateLimit-Policy': { description: 'Requests (`q`) within seconds (`w`)', schema: { type: 'string' as const } },
};

/** Once in the document; operations refer to it. */
export function registerProblems(registry: OpenAPIHono['openAPIRegistry']): void {
  registry.register('Problem', Problem);
  const content = { [PROBLEM_CONTENT_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } };
  for (const [status, [name, description]] of Object.entries(PROBLEMS)) {
    const headers = status === '429' && { headers: RATE_HEADERS };
    registry.registerComponent('responses', name, { description, ...headers, content });
  }
}

/**
 * The problems a route can answer with. Typed as none: handlers throw them, so their return types need not name them.
 */
export const onlyProblems = (...statuses: ProblemStatus[]) =>
  Object.fromEntries(
    statuses.map((status) => [status, { $ref: `#/components/responses/${PROBLEMS[status][0]}` }]),
  ) as Record<never, never>;

/** Those, and the problems of every route behind a session. */
export const problems = (...statuses: ProblemStatus[]) => onlyProblems(400, 401, 403, 429, 500, ...statuses);

/** The problems of routes that take a body. */
export const bodyProblems = (...statuses: ProblemStatus[]) => problems(413, 415, 422, ...statuses);

/** Either proves who is asking; an API key is refused. */
export const security: Record<string, string[]>[] = [{ cookie: [] }, { bearer: [] }];

/** An API key with any of these scopes will do, too. */
export const securityOf = (...scopes: KeyScope[]): typeof security => [
  ...security,
  ...scopes.map((scope) => ({ [KEY_SCHEME]: [scope] })),
];
