/** Reads conversations as a member sees them, one statement however many they are. Whoever is no member finds nothing. */
import { type MessageFile, previewOf } from '../../schema/document/files.ts';
import type { ConversationListItem, Pin } from '../../schema/http/conversations.ts';
import { type ConversationId, documentId } from '../../schema/ids.ts';
import { pinsOf } from '../database/pins.ts';
import type { Pool } from '../database/pool.ts';
import { retentionOf } from '../database/retention.ts';
import { unreadIn } from '../database/unread.ts';

interface ConversationRow {
  readonly id: ConversationId;
  readonly kind: 'direct' | 'group';
  readonly title: string | null;
  readonly description: string | null;
  readonly picture: string | null;
  readonly epoch: number;
  readonly members: ConversationListItem['members'];
  readonly retention_days: number;
  readonly pins: Pin[] | null;
}

interface ListRow extends ConversationRow {
  readonly active: number;
  readonly unread: number;
  readonly erased: number;
  readonly last_id: string | null;
  readonly sender: string;
  readonly sent_at: Date;
  readonly body: string | null;
  readonly files: readonly MessageFile[] | null;
}

const MEMBERS = (conversation: string) => `(
  select json_agg(json_strip_nulls(json_build_object('id', u.id, 'name', u.name, 'role', m.role,
    'status', u.status, 'picture', p.id,
    'isDeleted', case when u.deleted_at is not null then true end,
    'isDeactivated', case when u.deactivated_at is not null then true end)) order by m.joined_at, u.id)
  from members m join users u on u.id = m."user" left join pictures p on p."user" = u.id where m.conversation = ${conversation}) as members`;

const PICTURE = '(select id from pictures where conversation = c.id) as picture';

const conversationOf = ({
  id,
  kind,
  title,
  description,
  picture,
  epoch,
  members,
  retention_days: retentionDays,
  pins,
}: ConversationRow) => ({
  id,
  title,
  ...(description !== null && { description }),
  ...(picture !== null && { picture }),
  kind,
  epoch,
  document: documentId(id, epoch),
  members,
  ...(retentionDays > 0 && { retentionDays }),
  ...(pins && { pins }),
});

export async function findConversation(pool: Pick<Pool, 'query'>, id: string, user: string) {
  const { rows } = await pool.query<ConversationRow>({
    name: 'conversation',
    text: `select id, kind, title, description, ${PICTURE}, epoch, ${retentionOf('c')} as retention_days, ${MEMBERS('c.id')}, ${pinsOf('c.id')} as pins from conversations c
           where id = $1 and exists (select from members where conversation = c.id and "user" = $2)`,
    values: [id, user],
  });
  return rows[0] && conversationOf(rows[0]);
}

export async function isMember(pool: Pick<Pool, 'query'>, conversation: string, user: string): Promise<boolean> {
  const { rowCount } = await pool.query({
    name: 'is-member',
    text: 'select from members where conversation = $1 and "user" = $2',
    values: [conversation, user],
  });
  return rowCount === 1;
}

/** Where a page of the list ended: the time of the last activity in microseconds, and the conversation. */
export type ListPosition = readonly [active: number, id: string];

interface Page {
  readonly items: ConversationListItem[];
  /** Where the page ended, when there is more. */
  readonly end: ListPosition | undefined;
}

/** A person's conversations, those with the latest activity first: a message became durable, or it was created. */
export async function listConversations(
  pool: Pick<Pool, 'query'>,
  { user, after, limit }: { user: string; after: ListPosition | undefined; limit: number },
): Promise<Page> {
  const { rows } = await pool.query<ListRow>({
    name: 'conversations',
    text: `
      with page as (
        select c.id, c.kind, c.title, c.description, ${PICTURE}, c.epoch, ${retentionOf('c')} as retention_days, last.*,
          (extract(epoch from coalesce(last.committed_at, c.created_at)) * 1000000)::bigint as active
        from members own join conversations c on c.id = own.conversation
        left join lateral (
          select x.id as last_id, sender, sent_at, body, files, committed_at from messages x where x.conversation = c.id
          order by x.epoch desc, seq desc, ordinal desc limit 1) last on true
        where own."user" = $1
      )
      select page.*, ${MEMBERS('page.id')}, ${pinsOf('page.id')} as pins, ${unreadIn('page.id', '$1')} as unread, (
        select coalesce(sum(erased), 0)::bigint from documents d where d.conversation = page.id and d.epoch < page.epoch
      ) as erased
      from page where $2::bigint is null or (active, id) < ($2::bigint, $3::text)
      order by active desc, id desc limit $4`,
    values: [user, after?.[0] ?? null, after?.[1] ?? null, limit + 1],
  });
  const page = rows.slice(0, limit);
  const end = page.at(-1);
  return {
    items: page.map((row) => ({
      ...conversationOf(row),
      unread: row.unread,
      erased: row.erased,
      ...(row.last_id !== null && {
        last: {
          id: row.last_id,
          from: row.sender,
          at: row.sent_at.getTime(),
          text: row.body === null ? null : previewOf({ text: row.body, ...(row.files && { files: row.files }) }),
        },
      }),
    })),
    end: rows.length > limit && end ? [end.active, end.id] : undefined,
  };
}
