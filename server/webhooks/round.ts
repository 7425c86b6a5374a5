/**
 * A webhook's turn in the database: claimed by one server for a while, with a few of its deliveries and everything that decides
 * whether they are sent, and settled in one transaction afterwards. Whoever dies in between leaves a claim that lapses; those few
 * are then sent once more, under the same ids.
 */
import { randomUUID } from 'node:crypto';
import type { DeliveryStatus, DeliveryType, WebhookEvent } from '../../schema/http/webhooks.ts';
import type { ConversationId, UserId } from '../../schema/ids.ts';
import { COLUMNS, type MessageRow } from '../database/message-row.ts';
import type { Pool } from '../database/pool.ts';
import { IS_ACTIVE } from './expand.ts';

/** Webhooks whose last turn went well, and those whose did not: neither keeps the other waiting. */
export type Lane = 'brisk' | 'slow';

/** At once to one receiver, and what a server that is killed repeats to it. */
export const MAX_CHUNK = 10;

export interface ClaimedWebhook {
  readonly id: string;
  readonly claim: string;
  readonly user: UserId;
  readonly url: string;
  readonly events: readonly WebhookEvent[];
  readonly conversations: readonly string[] | null;
  /** The present one, and the former one while it signs, too. */
  readonly secrets: readonly string[];
  /** The account may be told of anything. */
  readonly is_active: boolean;
}

// Who was served longest ago comes first, so that a long queue delays nobody but itself.
const CLAIM = `
  with free as (
    select id from webhooks
     where due_at <= now() and is_enabled and is_slow = $1 and (claimed_until is null or claimed_until <= now())
     order by claimed_until nulls first, due_at limit $2 for no key update skip locked
  )
  update webhooks w set claim = $3, claimed_until = now() + make_interval(secs => $4)
    from free, users u where w.id = free.id and u.id = w."user"
  returning w.id, w.claim, w."user", w.url, w.events, w.conversations, ${IS_ACTIVE} as is_active,
    array[w.secret] || case when w.former_until > now() then array[w.former_secret] else '{}' end as secrets`;

export async function claimWebhooks(
  pool: Pool,
  { lane, limit, leaseMs }: { lane: Lane; limit: number; leaseMs: number },
): Promise<ClaimedWebhook[]> {
  const { rows } = await pool.query<ClaimedWebhook>({
    name: 'claim-webhooks',
    text: CLAIM,
    values: [lane === 'slow', limit, randomUUID(), leaseMs / 1000],
  });
  return rows;
}

/** Where what is due happened: those rows must be up to date before they are read. */
export async function findDue(
  pool: Pool,
  webhook: ClaimedWebhook,
): Promise<{ id: string; conversation: ConversationId | null }[]> {
  const { rows } = await pool.query<{ id: string; conversation: ConversationId | null }>({
    name: 'find-due-deliveries',
    text: `select id, conversation from webhook_deliveries where webhook = $1 and status = 'waiting' and due_at <= now()
           order by due_at, place limit ${MAX_CHUNK}`,
    values: [webhook.id],
  });
  return rows;
}

export type Delivery = {
  readonly delivery: string;
  readonly type: DeliveryType;
  readonly conversation: ConversationId | null;
  readonly user: UserId | null;
  readonly at: Date;
  readonly attempts: number;
  readonly is_member: boolean;
} & (MessageRow | { readonly id: null });

const READ = `
  select d.id as delivery, d.type, d.conversation, d."user", d.at, d.attempts,
    exists (select from members x where x.conversation = d.conversation and x."user" = $2) as is_member,
    ${COLUMNS.split(', ')
      .map((column) => `m.${column}`)
      .join(', ')}
  from webhook_deliveries d left join messages m on m.conversation = d.conversation and m.id = d.message
  where d.id = any($1) and d.status = 'waiting' order by d.place`;

/** With messages as they are now. */
export async function readDeliveries(
  pool: Pool,
  { user }: ClaimedWebhook,
  ids: readonly string[],
): Promise<Delivery[]> {
  const { rows } = await pool.query<Delivery>({ name: 'read-deliveries', text: READ, values: [ids, user] });
  return rows;
}

/** What became of a delivery in this turn. */
export interface Settled {
  readonly id: string;
  readonly status: DeliveryStatus;
  /** Made in this turn: 0 or 1. */
  readonly attempts: number;
  /** When it is tried again. */
  readonly inMs?: number | undefined;
  readonly responseStatus?: number | undefined;
  readonly durationMs?: number | undefined;
  readonly error?: string | undefined;
}
