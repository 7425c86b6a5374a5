/** The end of a webhook's turn: what became of its deliveries, when its next turn is, and whether there is one. */
import { WEBHOOK_FAILING_MS } from '../../schema/limits.ts';
import type { Pool, PoolClient } from '../database/pool.ts';
import { inTransaction } from '../database/transaction.ts';
import type { ClaimedWebhook, Settled } from './round.ts';

export type DisabledWhy = 'gone' | 'failing';

export interface Turn {
  readonly settled: readonly Settled[];
  /** Undefined: nothing was tried. */
  readonly went: 'well' | 'badly' | undefined;
  readonly isSlow: boolean | undefined;
  /** The receiver wants to be left alone for so long. */
  readonly pauseMs: number | undefined;
  /** The receiver said that it is there no more. */
  readonly isGone: boolean;
}

const SETTLE = `
  update webhook_deliveries d
     set status = s.status, attempts = d.attempts + s.attempts,
         due_at = case when s.status = 'waiting' then now() + make_interval(secs => s."inMs" / 1000) else d.due_at end,
         ended_at = case when s.status = 'waiting' then null else now() end,
         response_status = case when s.attempts = 0 then d.response_status else s."responseStatus" end,
         duration_ms = case when s.attempts = 0 then d.duration_ms else s."durationMs" end,
         error = case when s.attempts = 0 then coalesce(s.error, d.error) else s.error end
    from json_to_recordset($2) as s (id text, status text, attempts smallint, "inMs" float8, "responseStatus" smallint,
      "durationMs" integer, error text)
   where d.id = s.id and d.webhook = $1 and d.status = 'waiting'`;

// What waits next is looked for while the row is locked: whoever adds a delivery wakes the webhook by the same row.
const RELEASE = `
  update webhooks w
     set claim = null, claimed_until = now(), is_slow = coalesce($2, is_slow),
         failing_since = case $3 when 'well' then null when 'badly' then coalesce(failing_since, now()) else failing_since end,
         paused_until = next.paused_until, due_at = greatest(next.due_at, next.paused_until)
    from (select now() + make_interval(secs => $4::float8 / 1000) as paused_until,
            (select min(due_at) from webhook_deliveries where webhook = $1 and status = 'waiting') as due_at) next
   where id = $1
  returning failing_since <= now() - make_interval(secs => ${WEBHOOK_FAILING_MS / 1000}) as "isFailing"`;

/** Returns why the webhook was disabled, if it was. A claim that lapsed belongs to somebody else, and nothing is noted. */
export function settleTurn(pool: Pool, webhook: ClaimedWebhook, turn: Turn): Promise<DisabledWhy | undefined> {
  return inTransaction(pool, async (client) => {
    const { rowCount } = await client.query('select from webhooks where id = $1 and claim = $2 for no key update', [
      webhook.id,
      webhook.claim,
    ]);
    if (rowCount === 0) return undefined;
    if (turn.settled.length > 0)
      await client.query({
        name: 'settle-deliveries',
        text: SETTLE,
        values: [webhook.id, JSON.stringify(turn.settled)],
      });
    const { rows } = await client.query<{ isFailing: boolean | null }>({
      name: 'release-webhook',
      text: RELEASE,
      values: [webhook.id, turn.isSlow ?? null, turn.went ?? '', turn.pauseMs ?? null],
    });
    const why = turn.isGone ? 'gone' : turn.went === 'badly' && rows[0]?.isFailing ? 'failing' : undefined;
    if (why) await disable(client, webhook.id, why);
    return why;
  });
}

/** What waits is given up: later it would be no news. Its owner may have it sent again. `why`: null when the owner wants it so. */
export async function disable(client: PoolClient, id: string, why: DisabledWhy | null): Promise<void> {
  await client.query(
    'update webhooks set is_enabled = false, disabled_why = $2, due_at = null, paused_until = null where id = $1',
    [id, why],
  );
  await client.query(
    `update webhook_deliveries set status = 'dropped', error = 'DISABLED', ended_at = now()
     where webhook = $1 and status = 'waiting'`,
    [id],
  );
}
