/**
 * From what happened to who is told: rows of the outbox become deliveries, one for each webhook that wants them, in one transaction,
 * so that a row becomes deliveries once, whatever server dies.
 */
import type { Pool } from '../database/pool.ts';
import { inTransaction } from '../database/transaction.ts';

/** Some ten milliseconds of Postgres. */
const MAX_ROWS = 500;

// Rows that other servers are at are theirs.
const TAKE = `
  delete from webhook_outbox where id in (
    select id from webhook_outbox order by id limit ${MAX_ROWS} for update skip locked)
  returning id, what, conversation, message, "user", at`;

/** Of a user `u`: the account may be told of anything. */
export const IS_ACTIVE = 'u.deleted_at is null and u.deactivated_at is null';

// Whose members the person is at this moment; it is looked at again when its turn comes to be sent.
const TELL = `
  with told as (
    insert into webhook_deliveries (webhook, type, conversation, message, "user", at)
    select w.id, o.what, o.conversation, o.message, o."user", o.at
      from json_to_recordset($1) as o (id bigint, what text, conversation text, message text, "user" text, at timestamptz)
      join members m on m.conversation = o.conversation
      join users u on u.id = m."user" and ${IS_ACTIVE}
      join webhooks w on w."user" = m."user"
     where w.is_enabled and o.what = any(w.events) and (w.conversations is null or o.conversation = any(w.conversations))
       and w.created_at <= o.at
     order by o.id, w.id
    returning webhook
  )
  update webhooks w set due_at = ${dueAt('now()')}
    from (select distinct webhook from told) t where w.id = t.webhook`;

/** Of a webhook `w` that has something to send at `time`. */
export function dueAt(time: string): string {
  return `greatest(least(w.due_at, ${time}), w.paused_until)`;
}

/** Takes what is there; returns how many rows it were. Throws when Postgres fails: nothing has happened then. */
export function expand(pool: Pool): Promise<number> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query({ name: 'take-webhook-outbox', text: TAKE });
    if (rows.length > 0) await client.query({ name: 'tell-webhooks', text: TELL, values: [JSON.stringify(rows)] });
    return rows.length;
  });
}
