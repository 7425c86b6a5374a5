/** What servers must know of an account document, as rows; written in the transaction that commits the document's entry. */
import type { PrivacySettings } from '../../schema/document/account.ts';
import type { UserId } from '../../schema/ids.ts';
import type { PoolClient } from '../database/pool.ts';
import type { PrivateRead } from './private-reads.ts';

export interface AccountRows {
  /** Undefined when it did not change. */
  readonly privacy: PrivacySettings | undefined;
  readonly reads: readonly PrivateRead[];
}

const WRITE_PRIVACY = `
  insert into user_settings ("user", receipts, presence, typing) values ($1, $2, $3, $4)
  on conflict ("user") do update set receipts = excluded.receipts, presence = excluded.presence, typing = excluded.typing`;

const WRITE_READS = `
  insert into read_clocks as k (conversation, "user", epoch, writer, clock, is_private)
  select m.conversation, m."user", r.epoch, r.writer, max(r.clock), true
    from json_to_recordset($2) as r (conversation text, epoch integer, writer bigint, clock bigint)
    join members m on m.conversation = r.conversation and m."user" = $1
   group by m.conversation, m."user", r.epoch, r.writer
   order by m.conversation, r.epoch, r.writer -- two servers lock rows in the same order
  on conflict (conversation, "user", epoch, writer)
  do update set clock = excluded.clock, is_private = true where excluded.clock > k.clock`;

export async function writeAccountRows(
  client: Pick<PoolClient, 'query'>,
  user: UserId,
  { privacy, reads }: AccountRows,
): Promise<void> {
  if (privacy) {
    const { receipts, presence, typing } = privacy;
    await client.query({ name: 'write-privacy', text: WRITE_PRIVACY, values: [user, receipts, presence, typing] });
  }
  if (reads.length > 0)
    await client.query({ name: 'write-private-reads', text: WRITE_READS, values: [user, JSON.stringify(reads)] });
}
