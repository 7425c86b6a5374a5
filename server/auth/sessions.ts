/**
 * Sessions as sockets and HTTP need them: who is this request, and is the session still alive. Thousands of connections a
 * second ask at once after a restart, so nothing of better-auth runs here: the signature is checked in this thread, then
 * one statement looks up all sessions asked for since the last one. No answer is kept, so none outlives a revocation.
 */
import type { Pool } from 'pg';
import type { UserId } from '../../schema/ids.ts';
import type { Clock } from '../clock.ts';
import type { FanOut } from '../fan-out/fan-out.ts';
import type { Log } from '../log.ts';
import { createTokenOpener, readCredential, sessionCookieName } from './credentials.ts';
import { createTokenVerifier, isJsonWebToken } from './json-web-tokens.ts';

export interface Session {
  readonly id: string;
  readonly user: UserId;
  /** Milliseconds since 1970; moves on while the session is used. */
  readonly expiresAt: number;
  /** A request by cookie may be another site's doing, and needs its Origin checked. */
  readonly via: 'cookie' | 'bearer';
}

export interface Sessions extends AsyncDisposable {
  /** The session a request shows, undefined without a valid one. Rejects when the database cannot be asked. */
  verify(headers: {
    readonly authorization?: string | undefined;
    readonly cookie?: string | undefined;
  }): Promise<Session | undefined>;
  /**
   * Publishes `revoked` for those of `open()` that are over: a net below the notices that sign-outs publish, for lost
   * notices, expiry and rows deleted by hand. The returned function stops it.
   */
  watch(open: () => Iterable<string>): () => void;
}

/** One statement carries at most this many sessions: the array is sent and searched in well under 10 ms. */
const MAX_BATCH = 500;

/** One statement on its way while the next fills; more would only make smaller batches. */
const MAX_IN_FLIGHT = 2;

/** How long a socket may outlive its session when the notice was lost. */
const SWEEP_MS = 30_000;

interface SessionRow {
  readonly id: string;
  readonly user: string;
  readonly token: string;
  readonly expires_at: Date;
}

interface Question {
  readonly by: 'token' | 'id';
  readonly key: string;
  resolve(row: SessionRow | undefined): void;
  reject(error: unknown): void;
}

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
  const watched = new Set<() => Iterable<string>>();

  let waiting: Question[] = [];
  let isScheduled = false;
  /** Sessions revoked since each statement on its way was sent: it may have read them a moment too early. */
  const inFlight = new Set<Set<string>>();
  const unsubscribe = fanOut.subscribe('revoked', ({ sessions }) => {
    for (const revoked of inFlight) for (const id of sessions) revoked.add(id);
  });

  const find = (by: Question['by'], key: string): Promise<SessionRow | undefined> =>
    new Promise((resolve, reject) => {
      waiting.push({ by, key, resolve, reject });
      schedule();
    });

  function schedule(): void {
    if (isScheduled || waiting.length === 0 || inFlight.size >= MAX_IN_FLIGHT) return;
    isScheduled = true;
    // After the I/O of this turn: all upgrades that arrived together share the statement.
    setImmediate(() => {
      isScheduled = false;
      const batch = waiting.slice(0, MAX_BATCH);
      waiting = waiting.slice(MAX_BATCH);
      void ask(batch);
      schedule();
    });
  }

  async function ask(batch: readonly Question[]): Promise<void> {
    const revoked = new Set<string>();
    inFlight.add(revoked);
    try {
      const tokens = batch.filter((question) => question.by === 'token').map((question) => question.key);
      const ids = batch.filter((question) => question.by === 'id').map((question) => question.key);
      const { rows } = await pool.query<SessionRow>({
        name: 'sessions',
        text: `select id, "user", token, expires_at from sessions where token = any($1)
               union all select id, "user", token, expires_at from sessions where id = any($2)`,
        values: [tokens, ids],
      });
      const found = new Map<string, SessionRow>();
      for (const row of rows) if (!revoked.has(row.id)) found.set(row.token, row).set(row.id, row);
      for (const question of batch) {
        const row = found.get(question.key);
        question.resolve(row && row[question.by] === question.key ? row : undefined);
      }
    } catch (error) {
      for (const question of batch) question.reject(error);
    } finally {
      inFlight.delete(revoked);
      schedule();
    }
  }

  async function sweep(): Promise<void> {
    const now = new Date(clock.now());
    await pool.query('delete from sessions where expires_at <= $1', [now]);
    const open = [...new Set([...watched].flatMap((list) => [...list()]))];
    if (open.length === 0) return;
    const { rows } = await pool.query<{ id: string }>(
      `select id from unnest($1::text[]) as open (id)
       where not exists (select from sessions where sessions.id = open.id and expires_at > $2)`,
      [open, now],
    );
    if (rows.length > 0) fanOut.publish('revoked', { sessions: rows.map((row) => row.id) });
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
      let row: SessionRow | undefined;
      if (isJsonWebToken(credential.token)) {
        const claims = await verifyToken(credential.token);
        row = claims && (await find('id', claims.session));
        if (row?.user !== claims?.user) return undefined;
      } else {
        const token = openToken(credential.token);
        row = token === undefined ? undefined : await find('token', token);
      }
      if (!row || row.expires_at.getTime() <= clock.now()) return undefined;
      return { id: row.id, user: row.user as UserId, expiresAt: row.expires_at.getTime(), via: credential.via };
    },
    watch(open) {
      watched.add(open);
      return () => watched.delete(open);
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      unsubscribe();
    },
  };
}
