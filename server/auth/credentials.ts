/**
 * What a request shows to say who it is: the session cookie, or a bearer token. Reads and checks it without any I/O.
 * Knows how better-auth signs session tokens (better-call's signed cookies): `<token>.<base64 HMAC-SHA256 of token>`,
 * percent-encoded in cookies. A bearer token is the same text, or a JSON Web Token.
 */
import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';

export const COOKIE_PREFIX = 'tidewire';

/** better-auth adds `__Secure-` where cookies are sent over TLS only. */
export const sessionCookieName = (baseUrl: string | undefined): string =>
  `${baseUrl?.startsWith('https:') ? '__Secure-' : ''}${COOKIE_PREFIX}.session_token`;

export interface Credential {
  /** A browser sends cookies by itself, also for other sites' pages; a bearer token is always sent on purpose. */
  readonly via: 'cookie' | 'bearer';
  readonly token: string;
}

/** A bearer token decides alone when there is one: a request that shows a bad one must not pass as somebody else. */
export function readCredential(
  headers: { readonly authorization?: string | undefined; readonly cookie?: string | undefined },
  cookieName: string,
): Credential | undefined {
  const { authorization, cookie } = headers;
  if (authorization && authorization.slice(0, 7).toLowerCase() === 'bearer ')
    return { via: 'bearer', token: decode(authorization.slice(7).trim()) };
  const token = cookie && readCookie(cookie, cookieName);
  return token ? { via: 'cookie', token } : undefined;
}

/** The first cookie of that name, as better-call takes it. */
function readCookie(header: string, name: string): string | undefined {
  for (let start = 0; start < header.length; ) {
    let end = header.indexOf(';', start);
    if (end < 0) end = header.length;
    const equals = header.indexOf('=', start);
    if (equals > 0 && equals < end && header.slice(start, equals).trim() === name) {
      const value = header.slice(equals + 1, end).trim();
      return decode(value.startsWith('"') ? value.slice(1, -1) : value);
    }
    start = end + 1;
  }
  return undefined;
}

function decode(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // not percent-encoded after all: its signature will not match
  }
}

/** Base64 of 32 bytes. */
const SIGNATURE_LENGTH = 44;

/** Returns a function that answers the session token inside a signed one, or undefined when the signature is not ours. */
export function createTokenOpener(secret: string): (signed: string) => string | undefined {
  const key = createSecretKey(secret, 'utf8');
  return (signed) => {
    const dot = signed.length - SIGNATURE_LENGTH - 1;
    if (dot < 1 || signed[dot] !== '.') return undefined;
    const token = signed.slice(0, dot);
    const expected = Buffer.from(createHmac('sha256', key).update(token).digest('base64'));
    const given = Buffer.from(signed.slice(dot + 1));
    return given.length === expected.length && timingSafeEqual(given, expected) ? token : undefined;
  };
}
