/**
 * Verifies the JSON Web Tokens that `/api/auth/token` hands out, with the public keys in `jwks`, which it remembers. A
 * valid token names a user and a session; whether that session still exists is not decided here.
 */
import { createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto';
import type { Pool } from 'pg';
import { z } from 'zod';
import type { Clock } from '../clock.ts';

/** The only algorithm our keys have; a token that names another one is not ours. */
export const JWT_ALGORITHM = 'EdDSA';

/** A key that was taken out of `jwks` stops working after this long at the latest. */
const KEYS_STALE_MS = 5 * 60_000;

/** Tokens with unknown keys make at most one look-up in this time, whatever is sent. */
const KEYS_RELOAD_MS = 1_000;

const Header = z.object({ alg: z.literal(JWT_ALGORITHM), kid: z.string(), crit: z.undefined().optional() });
const Payload = z.object({ sub: z.string(), sid: z.string(), iss: z.string(), aud: z.string(), exp: z.number() });

export interface TokenClaims {
  readonly user: string;
  readonly session: string;
}

/** Three parts, where a signed session token has two. */
export const isJsonWebToken = (token: string): boolean => /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token);

interface TokenOptions {
  readonly pool: Pick<Pool, 'query'>;
  readonly clock: Clock;
  /** What `iss` and `aud` must be. */
  readonly issuer: string;
}

/** Returns a function that answers the claims of a valid token, else undefined. It rejects only when the database fails. */
export function createTokenVerifier({ pool, clock, issuer }: TokenOptions) {
  let keys: ReadonlyMap<string, KeyObject> = new Map();
  let loadedAt = Number.NEGATIVE_INFINITY;
  let loading: Promise<void> | undefined;

  async function load(): Promise<void> {
    const { rows } = await pool.query<{ id: string; public_key: string }>({
      name: 'jwks',
      text: 'select id, public_key from jwks where alg = $1',
      values: [JWT_ALGORITHM],
    });
    keys = new Map(rows.map((row) => [row.id, createPublicKey({ key: parse(row.public_key), format: 'jwk' })]));
    loadedAt = clock.now();
  }

  async function findKey(id: string): Promise<KeyObject | undefined> {
    const age = clock.now() - loadedAt;
    if (age > KEYS_STALE_MS || (age > KEYS_RELOAD_MS && !keys.has(id))) {
      loading ??= load().finally(() => {
        loading = undefined;
      });
      await loading;
    }
    return keys.get(id);
  }

  return async (token: string): Promise<TokenClaims | undefined> => {
    const [head = '', body = '', signature = ''] = token.split('.');
    const header = Header.safeParse(decodePart(head));
    if (!header.success) return undefined;
    const key = await findKey(header.data.kid);
    if (!key || !verify(null, Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url')))
      return undefined;
    const payload = Payload.safeParse(decodePart(body));
    if (!payload.success) return undefined;
    const { sub, sid, iss, aud, exp } = payload.data;
    return iss === issuer && aud === issuer && exp * 1_000 > clock.now() ? { user: sub, session: sid } : undefined;
  };
}

const parse = (text: string): JsonWebKey => JSON.parse(text) as JsonWebKey;

function decodePart(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString());
  } catch {
    return undefined; // not JSON: not a token of ours
  }
}
