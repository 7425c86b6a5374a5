/**
 * From what was committed to what each device must be told: rows of the outbox become deliveries, one a message and device, and
 * withdrawals of what was told and is not so any more. In one transaction, so that a row becomes deliveries once, whatever
 * server dies. Whether a delivery is sent is decided when its time has come.
 */
import type { ConversationId } from '../../schema/ids.ts';
import type { Pool } from '../database/pool.ts';
import { inTransaction } from '../database/transaction.ts';

export interface ExpandOptions {
  readonly pool: Pool;
  readonly projector: { projectEach(conversations: readonly ConversationId[]): Promise<void> };
  /** How long a row waits: who reads at once need not be told. */
  readonly waitMs: number;
}

/** Some ten milliseconds of Postgres for usual conversations. */
const MAX_ROWS = 500;

/** A conversation whose rows cannot be made now, or something that is being sent and must be withdrawn after that. */
const POSTPONED_SECONDS = 2;

const FIND = `
  select id, conversation from push_outbox where due_at <= now() - make_interval(secs => $1) order by due_at, id limit ${MAX_ROWS}`;

// Rows that other servers are at are theirs. What is not projected yet, and what somebody is being told at this moment, waits.
const TAKE = `
  with mine as (
    select * from push_outbox where id = any($1) for update skip locked
  ), early as (
    select o.id from mine o join documents d on d.conversation = o.conversation and d.epoch = o.epoch
     where o.what = 'message' and d.projected < o.seq
    union all
    select o.id from mine o where o.what <> 'message' and exists (
      select from push_deliveries d where d.conversation = o.conversation and d.claim is not null and d.sent_at is null
         and d.message is not null and (o.what = 'deleted' or d."user" = o."user"))
  ), postponed as (
    update push_outbox set due_at = now() + make_interval(secs => ${POSTPONED_SECONDS}) where id in (select id from early)
  )
  delete from push_outbox where id in (select id from mine except select id from early)
  returning conversation, what, epoch, seq, "user"`;

const TELL = `
  insert into push_deliveries (target, "user", conversation, transport, message)
  select t.id, t."user", m.conversation, case t.platform when 'webpush' then 'webpush' else 'fcm' end, m.id
    from json_to_recordset($1) as o (conversation text, epoch integer, seq bigint)
    join messages m on m.conversation = o.conversation and m.epoch = o.epoch and m.seq = o.seq
    join members other on other.conversation = m.conversation and other."user" <> m.sender
    join push_targets t on t."user" = other."user"
   where m.deleted_at is null
   order by m.conversation, m.seq, m.ordinal, t.id
  on conflict do nothing`;

/** Of a delivery `d` of a message `m`: its person has read that; whoever has read in an epoch has read all earlier ones. */
export const HAS_READ = `exists (
  select from read_clocks k where k.conversation = m.conversation and k."user" = d."user"
     and (k.epoch > m.epoch or k.epoch = m.epoch and k.writer = m.writer and k.clock >= m.clock))`;

const WITHDRAW = `
  with said as (
    select conversation, "user" from json_to_recordset($1) as o (conversation text, "user" text)
  ), stale as (
    delete from push_deliveries where id in (
      select d.id from push_deliveries d join messages m on m.conversation = d.conversation and m.id = d.message
       where d.sent_at is not null and d.conversation in (select conversation from said)
         and exists (select from said s where s.conversation = d.conversation and (s."user" is null or s."user" = d."user"))
         and (m.deleted_at is not null or ${HAS_READ}))
    returning target, "user", conversation, transport, message
  )
  insert into push_deliveries (target, "user", conversation, transport, withdrawn)
  select target, "user", conversation, transport, array_agg(message) from stale group by 1, 2, 3, 4`;

interface Row {
  readonly conversation: ConversationId;
  readonly what: 'message' | 'deleted' | 'read';
  readonly epoch: number | null;
  readonly seq: number | null;
  readonly user: string | null;
}

/** Takes what is due; returns how many rows it looked at. Throws when Postgres fails: nothing has happened then. */
export async function expand({ pool, projector, waitMs }: ExpandOptions): Promise<number> {
  const { rows: due } = await pool.query<{ id: number; conversation: ConversationId }>({
    name: 'find-push-outbox',
    text: FIND,
    values: [waitMs / 1000],
  });
  if (due.length === 0) return 0;
  await projector.projectEach([...new Set(due.map(({ conversation }) => conversation))]);
  await inTransaction(pool, async (client) => {
    const { rows } = await client.query<Row>({
      name: 'take-push-outbox',
      text: TAKE,
      values: [due.map(({ id }) => id)],
    });
    const told = rows.filter(({ what }) => what === 'message');
    if (told.length > 0) await client.query({ name: 'tell-targets', text: TELL, values: [JSON.stringify(told)] });
    const withdrawn = rows
      .filter(({ what }) => what !== 'message')
      .map(({ conversation, what, user }) => ({ conversation, user: what === 'read' ? user : null }));
    if (withdrawn.length > 0)
      await client.query({ name: 'withdraw-told', text: WITHDRAW, values: [JSON.stringify(withdrawn)] });
  });
  return due.length;
}
