/**
 * Web Push: straight to the push service of each browser, without Firebase. The address is the subscriber's word, so a request
 * goes to public addresses only, over TLS, follows nothing and reads no answer: it must not reach what this server can reach.
 */
import { Agent, request } from 'node:https';
import { PushSubscriptionText } from '../../schema/http/push.ts';
import type { Clock } from '../clock.ts';
import { literalAddress, lookUpPublic } from '../network/public-addresses.ts';
import { retryAfterMs } from '../network/retry-after.ts';
import { vapidKey, type WebPushConfig } from './configuration.ts';
import { KEPT_SECONDS, type Outcome, type Outgoing, type PushTransport } from './transport.ts';
import { authorization, encryptFor } from './web-push-encryption.ts';

/** A push service answers within a second. */
const TIMEOUT_MS = 15_000;
const MAX_CONNECTIONS_PER_SERVICE = 50;
/** Before a signed word ends it is made anew. */
const SIGNED_MS = 6 * 3600_000;

interface WebPushOptions {
  readonly config: WebPushConfig;
  readonly clock: Clock;
  /** Tests lead it to a server of their own. */
  readonly agent?: Agent;
}

export function createWebPushTransport({ config, clock, agent: given }: WebPushOptions): PushTransport {
  const agent = given ?? new Agent({ keepAlive: true, maxSockets: MAX_CONNECTIONS_PER_SERVICE, lookup: lookUpPublic });
  const vapid = { key: vapidKey(config), subject: config.subject };
  const signed = new Map<string, { readonly header: string; readonly at: number }>();

  function authorizationFor(audience: string): string {
    const nowMs = clock.now();
    const known = signed.get(audience);
    if (known && nowMs - known.at < SIGNED_MS) return known.header;
    // A dozen push services are known; whoever invents more makes this start anew.
    if (signed.size > 100) signed.clear();
    const header = authorization(vapid, audience, nowMs);
    signed.set(audience, { header, at: nowMs });
    return header;
  }

  function sendOne({ token, payload, topic }: Outgoing): Promise<Outcome> {
    let url: URL;
    let body: Buffer;
    try {
      const { endpoint, keys } = PushSubscriptionText.parse(JSON.parse(token));
      url = new URL(endpoint);
      body = encryptFor(keys, Buffer.from(JSON.stringify(payload)));
    } catch {
      // Not a point of the curve, for example: nobody can be reached with it, and why is none of the log's business.
      return Promise.resolve({ is: 'gone' });
    }
    // Push services have names.
    if (given === undefined && literalAddress(url.hostname) !== undefined) return Promise.resolve({ is: 'gone' });
    const headers = {
      authorization: authorizationFor(url.origin),
      'content-encoding': 'aes128gcm',
      'content-type': 'application/octet-stream',
      'content-length': body.length,
      ttl: `${KEPT_SECONDS}`,
      urgency: payload.type === 'message' ? 'high' : 'normal',
      ...(topic !== undefined && { topic }),
    };
    return new Promise((done) => {
      const sending = request(url, { method: 'POST', agent, headers, timeout: TIMEOUT_MS }, (response) => {
        response.resume();
        // The rest of it says nothing more, and whether it breaks off does not matter.
        response.on('error', () => {});
        const afterMs = retryAfterMs(response.headers['retry-after'], clock.now());
        done(outcomeOf(response.statusCode ?? 0, afterMs));
      });
      sending.on('timeout', () => sending.destroy(new Error('timeout')));
      sending.on('error', ({ code }: NodeJS.ErrnoException) => done({ is: 'busy', why: code ?? 'network' }));
      sending.end(body);
    });
  }

  return {
    send: (messages) => Promise.all(messages.map(sendOne)),
    async [Symbol.asyncDispose]() {
      agent.destroy();
    },
  };
}

function outcomeOf(status: number, afterMs: number | undefined): Outcome {
  const why = `${status}`;
  if (status >= 200 && status < 300) return { is: 'sent' };
  if (status === 404 || status === 410) return { is: 'gone' };
  if (status === 429 || status >= 500) return { is: 'busy', why, afterMs };
  return { is: 'failed', why };
}
