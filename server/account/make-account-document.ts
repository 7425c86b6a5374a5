/** Opening somebody's account document, which is made when it is asked for first. */
import { randomUUID } from 'node:crypto';
import { type DocumentId, parseAccountId } from '../../schema/ids.ts';
import type { Pool } from '../database/pool.ts';

/** Makes the document if it is that of an account; any number of servers may do so at once. */
export async function makeAccountDocument(pool: Pick<Pool, 'query'>, id: DocumentId): Promise<boolean> {
  const user = parseAccountId(id);
  if (!user) return false;
  const { rowCount } = await pool.query(
    `insert into documents (id, "user", epoch, generation) select $1, id, 0, $3
     from (select id from users where id = $2 and deleted_at is null for key share) u -- waits for an account that is being deleted
     on conflict do nothing`,
    [id, user, randomUUID()],
  );
  return rowCount === 1;
}
