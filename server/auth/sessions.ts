/**
 * Sessions as sockets and HTTP need them: who is this request, and is the session still alive. Thousands of connections a
 * second ask at once after a restart, so nothing of better-auth runs here: the signature is checked in this thread, and
 * the rows are looked up for many at once.
 */
import type { Pool } from 'pg';
import type { KeyScope } from '../../schema/http/keys.ts';
import type { UserId } from '../../schema/ids.ts';
import type { Clock } from '../clock.ts';
import type { FanOut } from '../fan-out/fan-out.ts';
import type { Log } from '../log.ts';
import { findApiKey, isApiKey } from './api-keys.ts';
import { createTokenOpener, readCredential, sessionCookieName } from './credentials.ts';
import { createTokenVerifier, isJsonWebToken } from './json-web-tokens.ts';
import { createLastSeen } from './last-seen.ts';
import { createSessionLookUp, type SessionRow } from './session-look-up.ts';

interface Shown {
  /** Of the session, or of the key. */
  readonly id: string;
  readonly user: UserId;
  /** Milliseconds since 1970; moves on while a session is used; infinite for a key that does not expire. */
  readonly expiresAt: number;
}

/** A request by cookie may be another site's doing, and needs its Origin checked; one by key may do what its scopes allow. */
export type Session =
  | (Shown & { readonly via: 'cookie' | 'bearer' })
  | (Shown & { readonly via: 'key'; readonly scopes: readonly KeyScope[] });

export interface Sessions extends AsyncDisposable {
  /** The session or key a request shows, undefined without a valid one. Rejects when the database cannot be asked. */
  verify(headers: {
    readonly authorization?: string | undefined;
    readonly cookie?: string | undefined;
  }): Promise<Session | undefined>;
  /**
   * Publishes `revoked` for those of `open()` that are over: a net below the notices that sign-outs publish, for lost
   * notices, expiry and rows deleted by hand. They count as being used. The returned function stops it.
   */
  watch(open: () => Iterable<string>): () => void;
}

/** How long a socket may outlive its session when the notice was lost, as long as anything that a notice says. One query for all. */
const SWEEP_MS = 15_000;

interface SessionsOptions {
  readonly pool: Pick<Pool, 'query'>;
  /** Signs session tokens: the one better-auth has. */
  readonly secret: string;
  readonly baseUrl: string | undefined;
  /** `iss` and `aud` of JSON Web Tokens. */
  readonly issuer: string;
  readonly clock: Clock;
  readonly fanOut: FanOut;
  readonly log: Log;
  /** For tests. */
  readonly sweepMs?: number;
}

export function createSessions(options: SessionsOptions): Sessions {
  const { pool, secret, baseUrl, issuer, clock, fanOut, log, sweepMs = SWEEP_MS } = options;
  const cookieName = sessionCookieName(baseUrl);
  const openToken = createTokenOpener(secret);
  const verifyToken = createTokenVerifier({ pool, clock, issuer });
  const lookUp = createSessionLookUp({ pool, fanOut });
  const lastSeen = createLastSeen({ pool, clock });
  const watched = new Set<() => Iterable<string>>();

  async function sweep(): Promise<void> {
    const now = new Date(clock.now());
    await pool.query('delete from sessions where expires_at <= $1', [now]);
    const open = new Set([...watched].flatMap((list) => [...list()]));
    await lastSeen.write(open);
    if (open.size === 0) return;
    const { rows } = await pool.query<{ id: string }>(
      `select id from unnest($1::text[]) as open (id)
       where not exists (select from sessions where sessions.id = open.id and expires_at > $2)`,
      [[...open], now],
    );
    if (rows.length > 0) fanOut.publish('revoked', { sessions: rows.map((row) => row.id) });
  }

  async function verifyKey(token: string): Promise<Session | undefined> {
    const row = await findApiKey(pool, clock, token);
    if (!row) return undefined;
    const { id, user, scopes, expires_at } = row;
    const expiresAt = expires_at?.getTime() ?? Number.POSITIVE_INFINITY;
    return { id, user: user as UserId, expiresAt, via: 'key', scopes };
  }

  const timer = setInterval(() => {
    // A database that cannot be asked now is asked again at the next turn.
    sweep().catch((error: unknown) => log.warn({ err: error }, 'Open sessions could not be checked'));
  }, sweepMs);
  timer.unref();

  return {
    async verify(headers) {
      const credential = readCredential(headers, cookieName);
      if (!credential) return undefined;
      if (credential.via === 'bearer' && isApiKey(credential.token)) return verifyKey(credential.token);
      let row: SessionRow | undefined;
      if (isJsonWebToken(credential.token)) {
        const claims = await verifyToken(credential.token);
        row = claims && (await lookUp.find('id', claims.session));
        if (row?.user !== claims?.user) return undefined;
      } else {
        const token = openToken(credential.token);
        row = token === undefined ? undefined : await lookUp.find('token', token);
      }
      if (!row || row.expires_at.getTime() <= clock.now()) return undefined;
      lastSeen.used(row.id);
      return { id: row.id, user: row.user as UserId, expiresAt: row.expires_at.getTime(), via: credential.via };
    },
    watch(open) {
      watched.add(open);
      return () => watched.delete(open);
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      lookUp[Symbol.dispose]();
    },
  };
}
