/**
 * A chunk of deliveries in the database: claimed by one server for a while, looked at with everything that decides whether and what
 * to send, and settled in one statement afterwards. Whoever dies in between leaves a claim that lapses; the chunk is then sent
 * once more, and nothing else is.
 */

import { randomUUID } from 'node:crypto';
import { type MessageFile, previewOf } from '../../schema/document/files.ts';
import { mentions } from '../../schema/document/plain-text.ts';
import type { ConversationId, UserId } from '../../schema/ids.ts';
import type { Pool } from '../database/pool.ts';
import { unreadIn } from '../database/unread.ts';
import { HAS_READ } from './expand.ts';
import type { Circumstances } from './reasons.ts';
import { MAX_CHUNK } from './transport.ts';

export type Lane = 'fcm' | 'webpush';

/** A dead server's chunk is taken up after this; a living one renews it. */
export const LEASE_MS = 20_000;

export interface Claim {
  readonly id: string;
  readonly deliveries: readonly { readonly id: number; readonly conversation: ConversationId }[];
}

const CLAIM = `
  with free as (
    select id from push_deliveries where transport = $1 and sent_at is null and due_at <= now()
     order by due_at, id limit ${MAX_CHUNK} for update skip locked
  )
  update push_deliveries d set claim = $2, attempts = attempts + 1, due_at = now() + make_interval(secs => $3)
    from free where d.id = free.id
  returning d.id, d.conversation`;

/** What is due on a lane, as far as a chunk holds it; undefined when there is nothing. */
export async function claimChunk(pool: Pool, lane: Lane, leaseMs: number): Promise<Claim | undefined> {
  const claim = randomUUID();
  const { rows } = await pool.query<Claim['deliveries'][number]>({
    name: 'claim-push-chunk',
    text: CLAIM,
    values: [lane, claim, leaseMs / 1000],
  });
  return rows.length > 0 ? { id: claim, deliveries: rows } : undefined;
}

/** Says that this server is still at it. */
export async function renewClaim(pool: Pool, { id }: Claim, leaseMs: number): Promise<void> {
  await pool.query({
    name: 'renew-push-claim',
    text: 'update push_deliveries set due_at = now() + make_interval(secs => $2) where claim = $1',
    values: [id, leaseMs / 1000],
  });
}

/** A delivery with all that is known at this moment. */
export interface Delivery extends Circumstances {
  readonly id: number;
  readonly conversation: ConversationId;
  readonly target: string;
  readonly token: string;
  readonly platform: string;
  readonly attempts: number;
  readonly createdAtMs: number;
  /** Undefined: a withdrawal. */
  readonly message: Told | undefined;
  readonly withdrawn: readonly string[];
  /** Whether the device shows anything else of the conversation, as far as is known. */
  readonly hasOthers: boolean;
  /** Unread messages in all conversations of the person. */
  readonly badge: number;
}

export interface Told {
  readonly id: string;
  readonly from: UserId;
  readonly senderName: string;
  readonly kind: 'direct' | 'group';
  readonly title: string | null;
  readonly text: string;
  readonly at: number;
  readonly canPreview: boolean;
}

const READ = `
  with mine as (
    select * from push_deliveries where claim = $1 and sent_at is null
  ), people as (
    select u."user", (select coalesce(sum(${unreadIn('own.conversation', 'u."user"')}), 0)::int
                        from members own where own."user" = u."user") as badge
      from (select distinct "user" from mine) u
  )
  select d.id, d.target, d."user", d.conversation, d.message, d.withdrawn, d.attempts, d.created_at, t.token, t.platform, p.badge,
    m.sender, m.body, m.files, m.sent_at as written_at, m.deleted_at is not null or m.id is null as is_deleted,
    ${HAS_READ} as has_read, sender.name as sender_name, c.kind, c.title,
    exists (select from members b where b.conversation = d.conversation and b."user" = d."user") as is_member,
    exists (select from muted_conversations x where x.conversation = d.conversation and x."user" = d."user") as is_muted,
    exists (select from push_deliveries o where o.conversation = d.conversation and o."user" = d."user" and o.target = d.target
       and o.message is not null and o.id <> d.id) as has_others,
    coalesce(s.push_preview, true) as can_preview, s.quiet_from, s.quiet_to, s.quiet_zone
  from mine d
  join push_targets t on t.id = d.target
  join people p on p."user" = d."user"
  join conversations c on c.id = d.conversation
  left join messages m on m.conversation = d.conversation and m.id = d.message
  left join users sender on sender.id = m.sender
  left join user_settings s on s."user" = d."user"
  order by d.id`;

interface Row {
  readonly id: number;
  readonly target: string;
  readonly user: UserId;
  readonly conversation: ConversationId;
  readonly message: string | null;
  readonly withdrawn: string[] | null;
  readonly attempts: number;
  readonly created_at: Date;
  readonly token: string;
  readonly platform: string;
  readonly badge: number;
  readonly sender: UserId | null;
  readonly body: string | null;
  readonly files: readonly MessageFile[] | null;
  readonly written_at: Date | null;
  readonly is_deleted: boolean;
  readonly has_read: boolean;
  readonly sender_name: string | null;
  readonly kind: 'direct' | 'group';
  readonly title: string | null;
  readonly is_member: boolean;
  readonly is_muted: boolean;
  readonly has_others: boolean;
  readonly can_preview: boolean;
  readonly quiet_from: number | null;
  readonly quiet_to: number | null;
  readonly quiet_zone: string | null;
}

/** The chunk as the rows are now; what was projected since the claim is in it. */
export async function readChunk(pool: Pool, { id }: Claim): Promise<Delivery[]> {
  const { rows } = await pool.query<Row>({ name: 'read-push-chunk', text: READ, values: [id] });
  return rows.map((row) => ({
    id: row.id,
    target: row.target,
    user: row.user,
    conversation: row.conversation,
    token: row.token,
    platform: row.platform,
    attempts: row.attempts,
    createdAtMs: row.created_at.getTime(),
    message: row.message === null ? undefined : toldOf(row, row.message),
    withdrawn: row.withdrawn ?? [],
    hasOthers: row.has_others,
    badge: row.badge,
    isDeleted: row.is_deleted,
    isMember: row.is_member,
    isSender: row.sender === row.user,
    hasRead: row.has_read,
    isMuted: row.is_muted,
    isMentioned: row.body !== null && mentions(row.body, row.user),
    quiet:
      row.quiet_from === null || row.quiet_to === null || row.quiet_zone === null
        ? undefined
        : { from: row.quiet_from, to: row.quiet_to, zone: row.quiet_zone },
  }));
}

const toldOf = (row: Row, id: string): Told => ({
  id,
  from: row.sender ?? ('' as UserId),
  senderName: row.sender_name ?? '',
  kind: row.kind,
  title: row.title,
  text: previewOf({ text: row.body ?? '', ...(row.files && { files: row.files }) }),
  at: row.written_at?.getTime() ?? 0,
  canPreview: row.can_preview,
});

/** What became of a chunk, by delivery. */
export interface Settlement {
  readonly sent: readonly number[];
  /** Never to be sent, or withdrawals that are done. */
  readonly done: readonly number[];
  readonly again: readonly { readonly id: number; readonly inMs: number }[];
  /** Targets that do not exist any more, with the token that was tried: it may have been replaced meanwhile. */
  readonly gone: readonly { readonly target: string; readonly token: string }[];
}

// A claim that lapsed belongs to somebody else: their word counts.
const SETTLE = `
  with gone as (
    delete from push_targets t using json_to_recordset($5) as g (target text, token text)
     where t.id = g.target and t.token = g.token
  ), done as (
    delete from push_deliveries where claim = $1 and id = any($3::bigint[])
  ), again as (
    update push_deliveries d set claim = null, due_at = now() + make_interval(secs => a."inMs" / 1000.0)
      from json_to_recordset($4) as a (id bigint, "inMs" float8) where d.claim = $1 and d.id = a.id
  )
  update push_deliveries set sent_at = now(), claim = null where claim = $1 and id = any($2::bigint[])`;

export async function settleChunk(pool: Pool, { id }: Claim, settlement: Settlement): Promise<void> {
  const { sent, done, again, gone } = settlement;
  await pool.query({
    name: 'settle-push-chunk',
    text: SETTLE,
    values: [id, sent, done, JSON.stringify(again), JSON.stringify(gone)],
  });
}
