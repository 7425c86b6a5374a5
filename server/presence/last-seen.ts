/** When people were last connected, durably and coarsely: one statement for all who left since the former one. */
import type { UserId } from '../../schema/ids.ts';
import type { Pool } from '../database/pool.ts';

/** Notes that these people were connected at these times (ms). A time never goes back; people who are gone are left out. */
export async function noteLastSeen(pool: Pick<Pool, 'query'>, seen: ReadonlyMap<UserId, number>): Promise<void> {
  if (seen.size === 0) return;
  await pool.query({
    name: 'note-last-seen',
    // In one order for all servers, so that two of them never wait for each other.
    text: `insert into last_seen ("user", at)
           select users.id, to_timestamp(seen.at / 1000) from unnest($1::text[], $2::float8[]) as seen (id, at)
           join users using (id) order by users.id
           on conflict ("user") do update set at = excluded.at where last_seen.at < excluded.at`,
    values: [[...seen.keys()], [...seen.values()]],
  });
}
