/** Requests to our HTTP interface: JSON in and out, the session in a cookie, every outcome a value. */
import type { Problem } from '../../schema/http/problem.ts';
import type { Answer } from '../conversation/conversation.ts';

/** A server that takes longer is as good as none; the person may try again. */
const ANSWER_WITHIN_MS = 15_000;

export type Request = <Value>(
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  /** Bytes go as what they are, everything else as JSON. */
  body?: object | Blob,
) => Promise<Answer<Value>>;

export interface Http {
  readonly request: Request;
}

export function createHttp(options: {
  origin: string;
  fetch: (url: string, init: RequestInit) => Promise<Response>;
}): Http {
  return {
    async request<Value>(method: string, path: string, body?: object | Blob): Promise<Answer<Value>> {
      try {
        const response = await options.fetch(options.origin + path, {
          method,
          credentials: 'same-origin',
          signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
          ...(body instanceof Blob && { headers: { 'content-type': body.type }, body }),
          ...(body &&
            !(body instanceof Blob) && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
        });
        const text = await response.text();
        if (response.ok) return { ok: true, value: (text === '' ? undefined : JSON.parse(text)) as Value };
        return { ok: false, failure: { is: 'problem', status: response.status, detail: detailOf(text) } };
      } catch {
        // Unreachable, too slow, or something between us and the server answered in its place.
        return { ok: false, failure: { is: 'network' } };
      }
    },
  };
}

/** Ours are problem documents; those of the sign-in library have a `message`. Empty when it is neither. */
function detailOf(text: string): string {
  try {
    const problem = JSON.parse(text) as Partial<Problem> & { message?: string };
    return problem.detail ?? problem.message ?? problem.title ?? '';
  } catch {
    // An error page of a proxy says nothing a person could use.
    return '';
  }
}
