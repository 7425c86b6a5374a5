/** The members of groups, read in the transaction that changes them: who has to hear of it. */
import type { PoolClient } from '../database/pool.ts';
import type { Change } from '../fan-out/announce.ts';

/**
 * Notes that these groups are not what they were, so that whoever cannot be told now is told later, and answers whom to tell.
 * Groups are locked.
 */
export async function noteChange(client: PoolClient, ids: readonly string[]): Promise<Change[]> {
  const { rows } = await client.query<Change>(
    `with changed as (update conversations set changed_at = now() where id = any($1))
     select conversation, array_agg("user") as members from members where conversation = any($1) group by conversation`,
    [ids],
  );
  return rows;
}
