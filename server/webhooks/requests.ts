/**
 * The requests to receivers. The address is the word of whoever made the webhook: a request goes to public addresses only, over TLS
 * (unless a setting allows private networks), follows nothing, ends in time, and keeps nothing of the answer but its status.
 */
import { Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent, request } from 'node:https';
import { isPublic, literalAddress, lookUpPublic, NO_PUBLIC_ADDRESS } from '../network/public-addresses.ts';

export interface Answer {
  /** Undefined when none came. */
  readonly status: number | undefined;
  readonly retryAfter: string | undefined;
  /** Why none came: a code of Node, or one of ours. */
  readonly error: string | undefined;
  readonly durationMs: number;
}

interface Outgoing {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The server is ending. */
  readonly signal: AbortSignal;
}

export interface WebhookRequests extends Disposable {
  /** Never rejects; undefined: the signal ended it. */
  send(outgoing: Outgoing): Promise<Answer | undefined>;
}

/** What receivers may take to accept an event; Standard Webhooks asks for 15 to 30 s. */
const TIMEOUT_MS = 15_000;

/** A connection is kept for the next request if the answer ends within so much; of a longer one the rest is cut off. */
const MAX_ANSWER_BYTES = 16 * 1024;

interface RequestOptions {
  readonly privateNetworks: boolean;
  /** For tests. */
  readonly timeoutMs?: number | undefined;
}

export function createWebhookRequests({ privateNetworks, timeoutMs = TIMEOUT_MS }: RequestOptions): WebhookRequests {
  const agents = {
    'https:': new Agent({ keepAlive: true, ...(!privateNetworks && { lookup: lookUpPublic }) }),
    'http:': new PlainAgent({ keepAlive: true }),
  };

  function send({ url: address, headers, body, signal }: Outgoing): Promise<Answer | undefined> {
    const startedMs = performance.now();
    const answer = (more: Partial<Answer>): Answer => ({
      ...{ status: undefined, retryAfter: undefined, error: undefined },
      durationMs: Math.round(performance.now() - startedMs),
      ...more,
    });
    const url = new URL(address);
    const error = refusalOf(url, privateNetworks);
    if (error !== undefined) return Promise.resolve(answer({ error }));
    const isPlain = url.protocol === 'http:';
    const deadline = AbortSignal.timeout(timeoutMs);
    const options = {
      method: 'POST',
      agent: isPlain ? agents['http:'] : agents['https:'],
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      signal: AbortSignal.any([signal, deadline]),
    };
    return new Promise((done) => {
      const sending = (isPlain ? plainRequest : request)(url, options, (response) => {
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > MAX_ANSWER_BYTES) response.destroy();
        });
        // The status has come; whether the rest breaks off does not matter.
        response.on('error', () => {});
        done(answer({ status: response.statusCode, retryAfter: response.headers['retry-after'] }));
      });
      sending.on('error', ({ code }: NodeJS.ErrnoException) => {
        if (signal.aborted) done(undefined);
        else done(answer({ error: deadline.aborted ? 'TIMEOUT' : (code ?? 'NETWORK') }));
      });
      sending.end(body);
    });
  }

  return {
    send,
    [Symbol.dispose]() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

/** Why no request goes to this address, whatever is there. */
function refusalOf(url: URL, privateNetworks: boolean): string | undefined {
  if (privateNetworks) return undefined;
  if (url.protocol !== 'https:') return 'INSECURE_ADDRESS';
  const literal = literalAddress(url.hostname);
  return literal !== undefined && !isPublic(literal) ? NO_PUBLIC_ADDRESS : undefined;
}

/** What is wrong with an address that somebody wants to be told at; where a name leads comes out with the first request. */
export function addressFault(text: string, { privateNetworks }: { privateNetworks: boolean }): string | undefined {
  const url = new URL(text);
  if (!['https:', 'http:'].includes(url.protocol)) return 'An address begins with https://';
  if (url.username || url.password) return 'An address holds no password: requests are signed';
  switch (refusalOf(url, privateNetworks)) {
    case undefined:
      return undefined;
    case 'INSECURE_ADDRESS':
      return 'An address begins with https://';
    default:
      return 'This address is not on the Internet';
  }
}
