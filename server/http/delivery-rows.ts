/** The log of what webhooks were told, and telling them once more. Whose webhook it is the caller has made sure. */
import type { DeliveryStatus, DeliveryType, WebhookDelivery } from '../../schema/http/webhooks.ts';
import type { Pool, PoolClient } from '../database/pool.ts';
import { inTransaction } from '../database/transaction.ts';
import { dueAt } from '../webhooks/expand.ts';

interface DeliveryRow {
  readonly id: string;
  readonly place: number;
  readonly type: DeliveryType;
  readonly conversation: string | null;
  readonly message: string | null;
  readonly user: string | null;
  readonly at: Date;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly due_at: Date;
  readonly ended_at: Date | null;
  readonly response_status: number | null;
  readonly duration_ms: number | null;
  readonly error: string | null;
}

const COLUMNS =
  'id, place, type, conversation, message, "user", at, status, attempts, due_at, ended_at, response_status, duration_ms, error';

const deliveryOf = (row: DeliveryRow): WebhookDelivery => ({
  id: row.id,
  type: row.type,
  ...(row.conversation !== null && { conversation: row.conversation }),
  ...(row.message !== null && { message: row.message }),
  ...(row.user !== null && { user: row.user }),
  at: row.at.getTime(),
  status: row.status,
  attempts: row.attempts,
  ...(row.status === 'waiting' && { nextAttemptAt: row.due_at.getTime() }),
  ...(row.ended_at && { endedAt: row.ended_at.getTime() }),
  ...(row.response_status !== null && { responseStatus: row.response_status }),
  ...(row.duration_ms !== null && { durationMs: row.duration_ms }),
  ...(row.error !== null && { error: row.error }),
});

/** Newest first; `end`: where the page ended, when there is more. */
export async function listDeliveries(
  pool: Pick<Pool, 'query'>,
  {
    webhook,
    status,
    before,
    limit,
  }: { webhook: string; status: DeliveryStatus | undefined; before: number | undefined; limit: number },
): Promise<{ items: WebhookDelivery[]; end: number | undefined }> {
  const { rows } = await pool.query<DeliveryRow>(
    `select ${COLUMNS} from webhook_deliveries
     where webhook = $1 and place < coalesce($2, 9223372036854775807) and ($3::text is null or status = $3)
     order by place desc limit $4`,
    [webhook, before ?? null, status ?? null, limit + 1],
  );
  const page = rows.slice(0, limit);
  return { items: page.map(deliveryOf), end: rows.length > limit ? page.at(-1)?.place : undefined };
}

/** A ping on its way. */
export function insertPing(pool: Pool, webhook: string): Promise<WebhookDelivery> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<DeliveryRow>(
      `insert into webhook_deliveries (webhook, type) values ($1, 'ping') returning ${COLUMNS}`,
      [webhook],
    );
    await wake(client, webhook);
    return deliveryOf(rows[0] as DeliveryRow);
  });
}

/** Sends it once more, under its id and with attempts anew; undefined: there is no such delivery. */
export function redeliver(
  pool: Pool,
  { webhook, delivery }: { webhook: string; delivery: string },
): Promise<WebhookDelivery | undefined> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<DeliveryRow>(
      `update webhook_deliveries set status = 'waiting', attempts = 0, due_at = now(), ended_at = null, error = null,
         response_status = null, duration_ms = null
       where id = $1 and webhook = $2 returning ${COLUMNS}`,
      [delivery, webhook],
    );
    await wake(client, webhook);
    return rows[0] && deliveryOf(rows[0]);
  });
}

async function wake(client: PoolClient, webhook: string): Promise<void> {
  await client.query(`update webhooks w set due_at = ${dueAt('now()')} where id = $1 and is_enabled`, [webhook]);
}
