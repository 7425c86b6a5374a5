/**
 * Accounts: better-auth on our tables. Sign-up, sign-in and everything else it serves under `/api/auth`, tokens for
 * clients without cookies, and the notice that a session is over. It limits no rates and checks no bodies' sizes; the
 * HTTP edge does. Whoever only needs to know who a request is asks `sessions.ts`.
 */
import { createHash, randomBytes } from 'node:crypto';
import { APIError, betterAuth } from 'better-auth';
import { bearer, jwt } from 'better-auth/plugins';
import type { Pool } from 'pg';
import type { UserId } from '../../schema/ids.ts';
import { MAX_NAME_CHARACTERS } from '../../schema/limits.ts';
import { isLine } from '../../schema/line.ts';
import { announcePerson } from '../account/announce-person.ts';
import { keepNameless } from '../account/delete-account.ts';
import type { FanOut } from '../fan-out/fan-out.ts';
import type { Log } from '../log.ts';
import { COOKIE_PREFIX } from './credentials.ts';
import { JWT_ALGORITHM } from './json-web-tokens.ts';

export const AUTH_PATH = '/api/auth';

/** The HTTP edge names the client's address in this header, and removes one that a client sends. */
export const ADDRESS_HEADER = 'x-tidewire-address';

export const MIN_PASSWORD_CHARACTERS = 8;
/** scrypt takes any length; this only bounds the work. */
export const MAX_PASSWORD_CHARACTERS = 128;
const MAX_EMAIL_CHARACTERS = 254;

/** A device may stay offline for weeks and come back signed in; each day of use starts the time anew. */
export const SESSION_SECONDS = 30 * 24 * 3600;
export const SESSION_UPDATE_SECONDS = 24 * 3600;

/** `iss` and `aud` of JSON Web Tokens. */
export const tokenIssuer = (baseUrl: string | undefined): string =>
  baseUrl === undefined ? 'tidewire' : new URL(baseUrl).origin;

/** Short, because every message carries its author's id; 96 random bits. */
export const randomId = (): string => randomBytes(12).toString('base64url');

interface AuthOptions {
  readonly pool: Pool;
  readonly config: { readonly authSecret: string; readonly baseUrl: string | undefined };
  readonly fanOut: FanOut;
  readonly log: Log;
}

export interface Auth {
  /** Answers a request under `/api/auth`. */
  handle(request: Request): Promise<Response>;
  /** Prolongs the session of these headers when its time has come; answers the headers that tell the client. */
  prolong(headers: Headers): Promise<Headers>;
  /** Whether this is the user's password. Costs scrypt, about 50 ms. */
  isPassword(user: UserId, password: string): Promise<boolean>;
}

export function createAuth({ pool, config, fanOut, log }: AuthOptions): Auth {
  const { authSecret, baseUrl } = config;
  const times = { createdAt: 'created_at', updatedAt: 'updated_at' };
  const auth = betterAuth({
    appName: 'Tidewire',
    ...(baseUrl === undefined ? {} : { baseURL: new URL(baseUrl).origin }),
    basePath: AUTH_PATH,
    secret: authSecret,
    database: pool,
    telemetry: { enabled: false },
    logger: { level: 'warn', log: (level, message, ...details) => logVendor(log, level, message, details) },
    // Without this better-auth prints expected errors to the console, past the logger it was given.
    onAPIError: {
      onError: (error) => {
        if (!(error instanceof APIError) || error.statusCode >= 500)
          logVendor(log, 'error', 'A request failed', [error]);
      },
    },
    emailAndPassword: {
      enabled: true,
      minPasswordLength: MIN_PASSWORD_CHARACTERS,
      maxPasswordLength: MAX_PASSWORD_CHARACTERS,
      revokeSessionsOnPasswordReset: true,
    },
    user: { modelName: 'users', fields: { emailVerified: 'email_verified', ...times } },
    session: {
      modelName: 'sessions',
      fields: { userId: 'user', expiresAt: 'expires_at', ipAddress: 'ip_address', userAgent: 'user_agent', ...times },
      expiresIn: SESSION_SECONDS,
      updateAge: SESSION_UPDATE_SECONDS,
      // A session that a cookie vouches for would outlive its revocation.
      cookieCache: { enabled: false },
    },
    account: {
      modelName: 'accounts',
      fields: {
        userId: 'user',
        providerId: 'provider',
        accountId: 'provider_account',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
        ...times,
      },
    },
    verification: {
      modelName: 'verifications',
      fields: { expiresAt: 'expires_at', ...times },
      storeIdentifier: { hash: async (identifier) => hashIdentifier(identifier) },
    },
    databaseHooks: {
      user: {
        create: { before: async (user) => ({ data: { ...user, ...requireProfile(user) } }) },
        update: {
          before: async (user) => ({ data: { ...user, ...requireProfile(user) } }),
          after: async (user) => {
            const id = user.id as UserId;
            if (!(await keepNameless(pool, id))) await announcePerson({ pool, fanOut }, id);
          },
        },
      },
      session: {
        // The trigger on the table decides; this only says why.
        create: { before: (session) => refuseDeactivated(pool, session.userId) },
        // Every way better-auth ends sessions (sign-out, revoke, password change, expiry) passes here after the commit.
        delete: { after: async (session) => fanOut.publish('revoked', { sessions: [session.id] }) },
      },
    },
    // The HTTP edge limits rates, in one way for all endpoints.
    rateLimit: { enabled: false },
    ...(baseUrl === undefined ? { trustedOrigins: ownHost } : {}),
    advanced: {
      cookiePrefix: COOKIE_PREFIX,
      useSecureCookies: baseUrl?.startsWith('https:') ?? false,
      // Both are off under NODE_ENV=test unless asked for.
      disableOriginCheck: false,
      disableCSRFCheck: false,
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
      database: {
        generateId: ({ model, size }) =>
          model === 'user' ? randomId() : randomBytes(size ?? 24).toString('base64url'),
        // Hooks run only for rows that were listed first, 100 of them by default: ending more sessions would go unheard.
        defaultFindManyLimit: 10_000,
      },
    },
    plugins: [
      // The bare token stands in the table and in answers that scripts can read; only the signed one signs in.
      bearer({ requireSignature: true }),
      jwt({
        disableSettingJwtHeader: true,
        jwks: { keyPairConfig: { alg: JWT_ALGORITHM, crv: 'Ed25519' } },
        jwt: {
          issuer: tokenIssuer(baseUrl),
          audience: tokenIssuer(baseUrl),
          expirationTime: '15m',
          definePayload: ({ session }) => ({ sid: session.id }),
        },
        schema: {
          jwks: {
            fields: {
              publicKey: 'public_key',
              privateKey: 'private_key',
              createdAt: 'created_at',
              expiresAt: 'expires_at',
            },
          },
        },
      }),
    ],
  });
  return {
    handle: (request) => auth.handler(request),
    prolong: async (headers) => (await auth.api.getSession({ headers, returnHeaders: true })).headers,
    isPassword: async (user, password) => {
      const { internalAdapter, password: passwords } = await auth.$context;
      const hash = (await internalAdapter.findCredentialAccount(user))?.password;
      return hash ? passwords.verify({ hash, password }) : false;
    },
  };
}

const hashIdentifier = (identifier: string): string => createHash('sha256').update(identifier).digest('base64url');

/** What stands in `verifications` for a token with which somebody may set a new password. */
export const resetIdentifier = (token: string): string => hashIdentifier(`reset-password:${token}`);

async function refuseDeactivated(pool: Pool, user: string): Promise<void> {
  const { rowCount } = await pool.query('select from users where id = $1 and deactivated_at is not null', [user]);
  if (rowCount === 1)
    throw new APIError('FORBIDDEN', {
      code: 'ACCOUNT_DEACTIVATED',
      message: 'This account is deactivated: ask whoever runs this server',
    });
}

/** Without a base URL the page's own host counts, under either scheme: a proxy may end TLS. */
function ownHost(request?: Request): string[] {
  const host = request?.headers.get('host');
  return host ? [`http://${host}`, `https://${host}`] : [];
}

/** What a person may call themselves; an address of a picture would tell its host who looks. */
function requireProfile(user: { name?: unknown; email?: unknown; image?: unknown }): { name?: string } {
  const refuse = (message: string) => new APIError('BAD_REQUEST', { code: 'INVALID_PROFILE', message });
  if (user.image) throw refuse('A picture is set at /api/me/picture');
  if (typeof user.email === 'string' && user.email.length > MAX_EMAIL_CHARACTERS) throw refuse('Email is too long');
  if (user.name === undefined) return {};
  const name = typeof user.name === 'string' ? user.name.trim() : '';
  if ([...name].length > MAX_NAME_CHARACTERS || !isLine(name))
    throw refuse(`A name has 1 to ${MAX_NAME_CHARACTERS} characters on one line`);
  return { name };
}

/**
 * Details may hold people's addresses or rows; of errors, only what they are is kept. What better-auth calls an error is
 * often a bad request, and what it calls a warning a wrong password.
 */
function logVendor(log: Log, level: 'debug' | 'info' | 'warn' | 'error', message: string, details: unknown[]): void {
  const error = details.find((detail) => detail instanceof Error);
  const kept = error && { type: error.name, code: 'code' in error ? error.code : undefined, stack: error.stack };
  log[level === 'error' ? 'warn' : 'debug']({ vendor: 'better-auth', ...(kept && { error: kept }) }, message);
}
