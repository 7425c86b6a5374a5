/**
 * API keys: a program that shows one acts as the account that made it, within the key's scopes. Every request looks its key
 * up, so one that was deleted, has expired or belongs to a deactivated account is refused at once. What a scope allows is not decided here.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import type { KeyScope } from '../../schema/http/keys.ts';
import type { Clock } from '../clock.ts';

/** By it people and scanners of leaked secrets tell what they have found. */
const PREFIX = 'tw_';
const KEY_BYTES = 32;
const SHOWN_CHARACTERS = PREFIX.length + 4;
/** The whole form: a signed session token may begin with the same letters, but has a dot. */
const FORM = /^tw_[\w-]{43}$/;

/** "Last used" needs no more, and costs a key one write a minute. */
const USED_EVERY_MS = 60_000;

export interface KeyRow {
  readonly id: string;
  readonly user: string;
  readonly scopes: readonly KeyScope[];
  readonly expires_at: Date | null;
}

export const isApiKey = (token: string): boolean => FORM.test(token);

/** Only the hash is to be stored; `key` is told its owner once. */
export function generateApiKey(): { key: string; hash: Buffer; start: string } {
  const key = PREFIX + randomBytes(KEY_BYTES).toString('base64url');
  return { key, hash: hashOf(key), start: key.slice(0, SHOWN_CHARACTERS) };
}

const hashOf = (key: string): Buffer => createHash('sha256').update(key).digest();

/** The row of a key that works now, whose use is noted; undefined for any other. Rejects when the database cannot be asked. */
export async function findApiKey(pool: Pick<Pool, 'query'>, clock: Clock, key: string): Promise<KeyRow | undefined> {
  const now = clock.now();
  const { rows } = await pool.query<KeyRow>({
    name: 'api-key',
    text: `with found as (
             select id, "user", scopes, expires_at, used_at from api_keys
             where hash = $1 and (expires_at is null or expires_at > $2)
               and not exists (select from users u where u.id = "user" and u.deactivated_at is not null)
           ), used as (
             update api_keys set used_at = $2 from found
             where api_keys.id = found.id and (found.used_at is null or found.used_at < $3)
           )
           select id, "user", scopes, expires_at from found`,
    values: [hashOf(key), new Date(now), new Date(now - USED_EVERY_MS)],
  });
  return rows[0];
}
