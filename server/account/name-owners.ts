/** A group always has an owner while it has members, and ends with its last member. */
import type { PoolClient } from '../database/pool.ts';

/** After somebody left: the oldest admin becomes owner where there is none, else the oldest member; an empty group ends. Groups are locked. */
export async function nameOwners(client: PoolClient, ids: readonly string[]): Promise<void> {
  await client.query(
    `update members m set role = 'owner' from (
       select distinct on (conversation) conversation, "user" from members
       where conversation = any($1) order by conversation, role <> 'owner', role <> 'admin', joined_at, "user"
     ) next
     where m.conversation = next.conversation and m."user" = next."user" and m.role <> 'owner'`,
    [ids],
  );
  await client.query(
    'delete from conversations c where id = any($1) and not exists (select from members where conversation = c.id)',
    [ids],
  );
}
