/**
 * Web Push: straight to the push service of each browser, without Firebase. The address is the subscriber's word, so a request
 * goes to public addresses only, over TLS, follows nothing and reads no answer: it must not reach what this server can reach.
 */
import { lookup as resolve } from 'node:dns';
import { Agent, request } from 'node:https';
import { BlockList, isIPv6, type LookupFunction } from 'node:net';
import { PushSubscriptionText } from '../../schema/http/push.ts';
import type { Clock } from '../clock.ts';
import { vapidKey, type WebPushConfig } from './configuration.ts';
import { KEPT_SECONDS, type Outcome, type Outgoing, type PushTransport, retryAfterMs } from './transport.ts';
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
    if (given === undefined && !isPublicHost(url.hostname)) return Promise.resolve({ is: 'gone' });
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

/** What is no place on the Internet: https://www.iana.org/assignments/iana-ipv4-special-registry and its sibling for IPv6. */
const PRIVATE = new BlockList();
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  PRIVATE.addSubnet(net, prefix, 'ipv4');
/** Of IPv6 only this is handed out. */
const GLOBAL = new BlockList();
GLOBAL.addSubnet('2000::', 3, 'ipv6');

export const isPublic = (address: string): boolean =>
  isIPv6(address) ? GLOBAL.check(address, 'ipv6') : !PRIVATE.check(address, 'ipv4');

/** Addresses instead of names are not looked up, and so are refused here. */
const isPublicHost = (host: string): boolean => !/^[\d.]+$|^\[/.test(host);

/** Where a name leads is asked once, and what was checked is what is connected to. */
const lookUpPublic: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, []);
    const reachable = addresses.filter(({ address }) => isPublic(address));
    const [first] = reachable;
    if (!first) return callback(Object.assign(new Error('not a public address'), { code: 'EPRIVATE' }), []);
    if (options.all) callback(null, reachable);
    else callback(null, first.address, first.family);
  });
};
