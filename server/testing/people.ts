/** Signed-in people without passwords, made by SQL: hashing a password costs more than most tests. */
import { createHmac, randomUUID } from 'node:crypto';
import type { UserId } from '../../schema/ids.ts';
import { randomId } from '../auth/auth.ts';
import { sessionCookieName } from '../auth/credentials.ts';
import type { Pool } from '../database/pool.ts';

export interface SignedIn {
  readonly id: UserId;
  readonly email: string;
  readonly bearer: string;
  /** As a browser sends it. */
  readonly cookie: string;
}

interface Options {
  readonly pool: Pool;
  /** The servers' `AUTH_SECRET`. */
  readonly secret: string;
  readonly baseUrl?: string | undefined;
  readonly name: string;
  readonly email?: string;
}

export async function insertPerson({ pool, secret, baseUrl, name, email }: Options): Promise<SignedIn> {
  const id = randomId() as UserId;
  const address = email ?? `${id.toLowerCase()}@example.org`;
  await pool.query('insert into users (id, name, email) values ($1, $2, $3)', [id, name, address]);
  return { id, email: address, ...(await insertSession({ pool, secret, baseUrl, user: id })) };
}

/** Signs in somebody who exists. */
export async function insertSession({
  pool,
  secret,
  baseUrl,
  user,
}: Omit<Options, 'name' | 'email'> & { readonly user: string }): Promise<Pick<SignedIn, 'bearer' | 'cookie'>> {
  const token = randomUUID();
  await pool.query(
    `insert into sessions (id, "user", token, expires_at) values ($1, $2, $3, now() + interval '30 days')`,
    [randomId(), user, token],
  );
  const signed = `${token}.${createHmac('sha256', secret).update(token).digest('base64')}`;
  const cookie = `${sessionCookieName(baseUrl)}=${encodeURIComponent(signed)}`;
  return { bearer: `Bearer ${signed}`, cookie };
}
