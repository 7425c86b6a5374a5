/** What a POST with an `Idempotency-Key` was answered the first time; written in the commit that holds its message. */
import type { Pool } from 'pg';
import type { MessageId, UserId } from '../../schema/ids.ts';

export interface Posted {
  readonly id: MessageId;
  readonly seq: number;
  /** Of what was asked for with an idempotency key: of another request it is another one, nearly always. */
  readonly fingerprint?: number | null;
}

/** The first answer to this user's key; undefined when the key is new. */
export async function findAnswer(pool: Pool, user: UserId, key: string): Promise<Posted | undefined> {
  const { rows } = await pool.query<Posted>(
    'select message as id, seq, fingerprint from idempotency_keys where "user" = $1 and key = $2',
    [user, key],
  );
  return rows[0];
}
