/** What servers must know of an account document, as rows; written in the transaction that commits the document's entry. */
import type { PrivacySettings, PushSettings } from '../../schema/document/account.ts';
import type { UserId } from '../../schema/ids.ts';
import type { PoolClient } from '../database/pool.ts';
import type { PrivateRead } from './private-reads.ts';
import { type Muting, minutesOf } from './push-settings.ts';

export interface AccountRows {
  /** Undefined when it did not change. */
  readonly privacy: PrivacySettings | undefined;
  readonly reads: readonly PrivateRead[];
  /** Undefined when they did not change. */
  readonly push: PushSettings | undefined;
  readonly mutings: readonly Muting[];
}

const WRITE_PRIVACY = `
  insert into user_settings ("user", receipts, presence, typing) values ($1, $2, $3, $4)
  on conflict ("user") do update set receipts = excluded.receipts, presence = excluded.presence, typing = excluded.typing`;

const WRITE_PUSH = `
  insert into user_settings ("user", push_preview, quiet_from, quiet_to, quiet_zone) values ($1, $2, $3, $4, $5)
  on conflict ("user") do update set push_preview = excluded.push_preview, quiet_from = excluded.quiet_from,
    quiet_to = excluded.quiet_to, quiet_zone = excluded.quiet_zone`;

const WRITE_MUTINGS = `
  with said as (
    select conversation, "isMuted" as is_muted from json_to_recordset($2) as m (conversation text, "isMuted" bool)
  ), loud as (
    delete from muted_conversations m using said where m."user" = $1 and m.conversation = said.conversation and not is_muted
  )
  insert into muted_conversations ("user", conversation) select $1, conversation from said where is_muted on conflict do nothing`;

// What was read while receipts are off is withdrawn from the other devices all the same.
const TELL_READS = `
  insert into push_outbox (conversation, what, "user")
  select distinct conversation, 'read', "user" from push_deliveries where "user" = $1 and conversation = any($2)`;

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
  { privacy, reads, push, mutings }: AccountRows,
): Promise<void> {
  if (privacy) {
    const { receipts, presence, typing } = privacy;
    await client.query({ name: 'write-privacy', text: WRITE_PRIVACY, values: [user, receipts, presence, typing] });
  }
  if (push) {
    const { pushPreview, quiet } = push;
    const times = [minutesOf(quiet?.from) ?? null, minutesOf(quiet?.to) ?? null, quiet?.zone ?? null];
    await client.query({ name: 'write-push', text: WRITE_PUSH, values: [user, pushPreview, ...times] });
  }
  if (mutings.length > 0) {
    // Said twice in a commit, the last word counts.
    const last = new Map(mutings.map((muting) => [muting.conversation, muting]));
    await client.query({
      name: 'write-mutings',
      text: WRITE_MUTINGS,
      values: [user, JSON.stringify([...last.values()])],
    });
  }
  if (reads.length > 0) {
    await client.query({ name: 'write-private-reads', text: WRITE_READS, values: [user, JSON.stringify(reads)] });
    const conversations = [...new Set(reads.map(({ conversation }) => conversation))];
    await client.query({ name: 'tell-reads', text: TELL_READS, values: [user, conversations] });
  }
}
