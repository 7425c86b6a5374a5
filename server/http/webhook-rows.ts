/** Webhooks as their owners see and change them. Nobody finds a webhook of somebody else. */
import type { CreateWebhook, PatchWebhook, Webhook, WebhookEvent } from '../../schema/http/webhooks.ts';
import { MAX_WEBHOOKS, WEBHOOK_ROTATION_MS } from '../../schema/limits.ts';
import { randomId } from '../auth/auth.ts';
import type { Pool, PoolClient } from '../database/pool.ts';
import { inTransaction } from '../database/transaction.ts';
import { disable } from '../webhooks/settle.ts';

export interface Owned {
  readonly id: string;
  readonly user: string;
}

interface WebhookRow {
  readonly id: string;
  readonly url: string;
  readonly events: WebhookEvent[];
  readonly conversations: string[] | null;
  readonly description: string | null;
  readonly is_enabled: boolean;
  readonly disabled_why: Exclude<Webhook['disabledBecause'], undefined> | null;
  readonly failing_since: Date | null;
  readonly created_at: Date;
}

const COLUMNS = 'id, url, events, conversations, description, is_enabled, disabled_why, failing_since, created_at';

const webhookOf = (row: WebhookRow): Webhook => ({
  id: row.id,
  url: row.url,
  events: row.events,
  ...(row.conversations && { conversations: row.conversations }),
  ...(row.description !== null && { description: row.description }),
  isEnabled: row.is_enabled,
  ...(row.disabled_why && { disabledBecause: row.disabled_why }),
  ...(row.failing_since && { failingSince: row.failing_since.getTime() }),
  createdAt: row.created_at.getTime(),
});

/** Undefined: the account has as many as it may. */
export function insertWebhook(
  pool: Pool,
  { user, secret, ...wanted }: CreateWebhook & { user: string; secret: string },
): Promise<Webhook | undefined> {
  return inTransaction(pool, async (client) => {
    // Two requests at once must not both find one place left.
    await client.query('select from users where id = $1 for no key update', [user]);
    const { rows } = await client.query<WebhookRow>(
      `insert into webhooks (id, "user", url, events, conversations, description, secret)
       select $1, $2, $3, $4, $5, $6, $7 where (select count(*) from webhooks where "user" = $2) < ${MAX_WEBHOOKS}
       returning ${COLUMNS}`,
      [randomId(), user, wanted.url, wanted.events, wanted.conversations ?? null, wanted.description ?? null, secret],
    );
    return rows[0] && webhookOf(rows[0]);
  });
}

export async function listWebhooks(pool: Pick<Pool, 'query'>, user: string): Promise<Webhook[]> {
  const { rows } = await pool.query<WebhookRow>(
    `select ${COLUMNS} from webhooks where "user" = $1 order by created_at desc, id`,
    [user],
  );
  return rows.map(webhookOf);
}

export async function findWebhook(
  client: Pick<PoolClient, 'query'>,
  { id, user }: Owned,
): Promise<Webhook | undefined> {
  const { rows } = await client.query<WebhookRow>(`select ${COLUMNS} from webhooks where id = $1 and "user" = $2`, [
    id,
    user,
  ]);
  return rows[0] && webhookOf(rows[0]);
}

/** Undefined: there is none. */
export function patchWebhook(pool: Pool, { id, user, ...wanted }: PatchWebhook & Owned): Promise<Webhook | undefined> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ url: string; is_enabled: boolean }>(
      'select url, is_enabled from webhooks where id = $1 and "user" = $2 for no key update',
      [id, user],
    );
    const [before] = rows;
    if (!before) return undefined;
    const isNamed = (name: keyof PatchWebhook) => wanted[name] !== undefined;
    await client.query(
      `update webhooks set url = coalesce($2, url), events = coalesce($3, events),
         conversations = case when $4 then $5 else conversations end, description = case when $6 then $7 else description end
       where id = $1`,
      [
        id,
        wanted.url ?? null,
        wanted.events ?? null,
        ...[isNamed('conversations'), wanted.conversations ?? null],
        ...[isNamed('description'), wanted.description ?? null],
      ],
    );
    if (wanted.isEnabled === false) await disable(client, id, null);
    else if (wanted.isEnabled || (wanted.url !== undefined && wanted.url !== before.url))
      await startAnew(client, id, wanted.isEnabled ?? before.is_enabled);
    return findWebhook(client, { id, user });
  });
}

/** It is mended, or another receiver: what waits is tried at once. */
async function startAnew(client: PoolClient, id: string, isEnabled: boolean): Promise<void> {
  await client.query(
    `update webhook_deliveries set due_at = now() where webhook = $1 and status = 'waiting' and due_at > now()`,
    [id],
  );
  await client.query(
    `update webhooks set is_enabled = $2, disabled_why = case when not $2 then disabled_why end,
       failing_since = null, paused_until = null, is_slow = false,
       due_at = (select min(due_at) from webhook_deliveries where webhook = $1 and status = 'waiting')
     where id = $1`,
    [id, isEnabled],
  );
}

/** The former secret signs for a while, too. False: there is no such webhook. */
export async function rotateSecret(
  pool: Pick<Pool, 'query'>,
  { id, user, secret }: Owned & { secret: string },
): Promise<boolean> {
  const { rowCount } = await pool.query(
    `update webhooks set secret = $3, former_secret = secret, former_until = now() + make_interval(secs => $4)
     where id = $1 and "user" = $2`,
    [id, user, secret, WEBHOOK_ROTATION_MS / 1_000],
  );
  return rowCount === 1;
}

export async function deleteWebhook(pool: Pick<Pool, 'query'>, { id, user }: Owned): Promise<boolean> {
  const { rowCount } = await pool.query('delete from webhooks where id = $1 and "user" = $2', [id, user]);
  return rowCount === 1;
}
