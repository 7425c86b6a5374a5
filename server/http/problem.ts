/** Problem documents (RFC 9457): every error of the HTTP edge is answered with one, whoever found it. */
import { STATUS_CODES } from 'node:http';
import type { z } from '@hono/zod-openapi';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { PROBLEM_CONTENT_TYPE, type Problem } from '../../schema/http/problem.ts';
import type { RefusalKind } from '../../schema/refusals.ts';

type Fields = Partial<Pick<Problem, 'detail' | 'errors'>> & {
  readonly kind?: RefusalKind;
  /** What better-auth calls the error; its clients read it. */
  readonly code?: string;
};

export function problemResponse(status: number, fields: Fields = {}, headers: HeadersInit = {}): Response {
  const body = { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, ...fields } satisfies Problem;
  const response = new Response(JSON.stringify(body), { status, headers });
  response.headers.set('content-type', PROBLEM_CONTENT_TYPE);
  return response;
}

/** Thrown where a request cannot go on; the edge answers it as a problem document. */
export class HttpProblem extends HTTPException {
  constructor(status: ContentfulStatusCode, fields: Fields = {}) {
    super(status, { message: fields.detail ?? '', res: problemResponse(status, fields) });
  }
}

interface Validation {
  readonly target: string;
  readonly success: boolean;
  readonly error?: z.core.$ZodError;
}

/** What could be read but does not fit the schema: 422 for a body, 400 for what stands in the address or in headers. */
export function refuseInvalid(result: Validation): Response | undefined {
  if (result.success || !result.error) return undefined;
  const errors = result.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
  const where = result.target === 'json' ? 'body' : result.target;
  return problemResponse(result.target === 'json' ? 422 : 400, { detail: `The ${where} is not valid`, errors });
}
