/**
 * Headers that keep our pages from running, embedding or leaking to anything foreign. They stand on every answer, also
 * on files that other routes serve. Inline styles are allowed, because component libraries insert style elements;
 * inline scripts are not.
 */
import { createMiddleware } from 'hono/factory';
import type { PushSetup } from '../../schema/http/push.ts';
import type { Environment } from './environment.ts';

/** Where a browser becomes a device of Firebase. What is pushed comes through the browser itself. */
const FIREBASE = ' https://firebaseinstallations.googleapis.com https://fcmregistrations.googleapis.com';

const policy = (connections: string) =>
  [
    "default-src 'self'",
    // 'self' covers sockets in some browsers only.
    `connect-src 'self'${connections}`,
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');

/** A year, as browsers' preload lists ask for. */
const HSTS = 'max-age=31536000; includeSubDomains';

/** A host name or address with an optional port: the only thing of a request that gets into the policy. */
const HOST = /^[a-z0-9.-]+(:\d+)?$|^\[[0-9a-f:.]+\](:\d+)?$/i;

export function securityHeaders({ baseUrl, push }: { baseUrl: string | undefined; push: PushSetup['transport'] }) {
  const others = push === 'fcm' ? FIREBASE : '';
  const isSecure = baseUrl?.startsWith('https:') ?? false;
  const fixed =
    baseUrl === undefined ? undefined : policy(` ${isSecure ? 'wss' : 'ws'}://${new URL(baseUrl).host}${others}`);
  return createMiddleware<Environment>(async (c, next) => {
    await next();
    const host = c.req.header('host') ?? '';
    const own = fixed ?? policy(`${HOST.test(host) ? ` ws://${host} wss://${host}` : ''}${others}`);
    // What people sent has a stricter one.
    if (!c.res.headers.has('content-security-policy')) c.header('content-security-policy', own);
    c.header('x-content-type-options', 'nosniff');
    c.header('referrer-policy', 'no-referrer');
    c.header('cross-origin-opener-policy', 'same-origin');
    c.header('cross-origin-resource-policy', 'same-origin');
    // For voice messages. Photos are taken by the phone's own camera.
    c.header('permissions-policy', 'camera=(), geolocation=(), microphone=(self), payment=()');
    if (isSecure) c.header('strict-transport-security', HSTS);
  });
}
