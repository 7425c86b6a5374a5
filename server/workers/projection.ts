/**
 * The relational rows of a conversation as values, and the statements that write them. Writing is idempotent and monotone: a
 * tombstone stays, an edit yields only to a later one, a message keeps its first place, a receipt its first time. So
 * entries may be projected twice, by two servers at once, and never take anything back.
 */
import type { MessageFile } from '../../schema/document/files.ts';
import { isDeleted, type Message } from '../../schema/document/message.ts';
import { type ConversationId, type MessageId, parseMessageId, type UserId } from '../../schema/ids.ts';
import { erasePinsOf } from '../database/pins.ts';
import type { PoolClient } from '../database/pool.ts';
import { eraseFilesOf } from '../files/file-rows.ts';
import { type ChangedMessage, CONCERNED } from '../webhooks/outbox.ts';
import type { EntryContents } from './read-entry.ts';

/** Which entry it was. */
export interface EntryPlace {
  readonly conversation: ConversationId;
  readonly epoch: number;
  readonly seq: number;
  /** As Postgres wrote it, microseconds included. */
  readonly committedAt: string;
}

/** A row of `messages`; times of devices in ms since 1970. */
export interface MessageRow {
  readonly conversation: ConversationId;
  readonly id: MessageId;
  readonly epoch: number;
  readonly writer: number;
  readonly clock: number;
  readonly seq: number;
  readonly ordinal: number;
  readonly sender: UserId;
  readonly body: string | null;
  readonly re: MessageId | null;
  readonly files: readonly MessageFile[] | null;
  readonly sent_at: number;
  readonly committed_at: string;
  readonly edited_at: number | null;
  readonly deleted_at: number | null;
  readonly deleted_by: UserId | null;
}

/** "`user` has read what `writer` wrote, after `after` and up to `clock`", as an entry said it. */
export interface ReceiptRow {
  readonly conversation: ConversationId;
  readonly epoch: number;
  readonly seq: number;
  readonly user: UserId;
  readonly writer: number;
  /** What an earlier row of the same batch covers; −1 when there is none and only the table knows. */
  readonly after: number;
  readonly clock: number;
  readonly read_at: string;
}

/** What people now give a message: user id → emoji. Who is not in it gives what they gave before. */
interface ReactionRow {
  readonly conversation: ConversationId;
  readonly message: MessageId;
  readonly given: Record<UserId, readonly string[]>;
}

/** Collects what many entries say and folds it, so that a batch writes each row once. */
export class Projection {
  readonly #messages = new Map<string, MessageRow>();
  readonly #receipts = new Map<string, ReceiptRow[]>();
  readonly #reactions = new Map<string, ReactionRow>();

  /** Entries of one document must come in order. */
  add(place: EntryPlace, contents: EntryContents): void {
    contents.messages.forEach((message, ordinal) => {
      const row = messageRow(place, ordinal, message);
      if (!row) return;
      const key = `${row.conversation} ${row.id}`;
      const known = this.#messages.get(key);
      this.#messages.set(key, known ? fold(known, row) : row);
    });
    for (const { user, on, emoji } of contents.reactions) {
      const { conversation } = place;
      const key = `${conversation} ${on}`;
      const known = this.#reactions.get(key);
      if (known) known.given[user] = emoji;
      else this.#reactions.set(key, { conversation, message: on, given: { [user]: emoji } as ReactionRow['given'] });
    }
    for (const { user, shown } of contents.receipts) {
      for (const [writer, clock] of Object.entries(shown)) this.#addReceipt(place, user, writer, clock);
    }
  }

  messages(): MessageRow[] {
    return [...this.#messages.values()];
  }

  receipts(): ReceiptRow[] {
    return [...this.#receipts.values()].flat();
  }

  reactions(): ReactionRow[] {
    return [...this.#reactions.values()];
  }

  /** A receipt repeats the whole vector each time: only what rises says something new. */
  #addReceipt(place: EntryPlace, user: UserId, writer: string, clock: number): void {
    const { conversation, epoch, seq, committedAt } = place;
    const key = `${conversation} ${epoch} ${user} ${writer}`;
    const known = this.#receipts.get(key);
    const after = known?.at(-1)?.clock ?? -1;
    if (after >= clock) return;
    const row = {
      conversation,
      epoch,
      seq,
      user,
      writer: Number.parseInt(writer, 36),
      after,
      clock,
      read_at: committedAt,
    };
    if (known) known.push(row);
    else this.#receipts.set(key, [row]);
  }
}

function messageRow(place: EntryPlace, ordinal: number, message: Message): MessageRow | undefined {
  const id = parseMessageId(message.id);
  if (!id) return undefined;
  const isGone = isDeleted(message);
  return {
    conversation: place.conversation,
    id: message.id,
    epoch: place.epoch,
    writer: id.writer,
    clock: id.clock,
    seq: place.seq,
    ordinal,
    sender: message.from,
    body: isGone ? null : message.text,
    re: isGone ? null : (message.re ?? null),
    files: isGone ? null : (message.files ?? null),
    sent_at: message.at,
    committed_at: place.committedAt,
    edited_at: isGone ? null : (message.editedAt ?? null),
    deleted_at: isGone ? message.deletedAt : null,
    deleted_by: isGone ? message.by : null,
  };
}

/** The same rule as in `WRITE_MESSAGES` and in the timeline: deleted wins, then the later edit; the first place stays. */
function fold(known: MessageRow, next: MessageRow): MessageRow {
  const isNewer =
    known.deleted_at === null && (next.deleted_at !== null || (next.edited_at ?? 0) > (known.edited_at ?? 0));
  if (!isNewer) return known;
  const { epoch, seq, ordinal, committed_at } = known;
  return { ...next, epoch, seq, ordinal, committed_at };
}

// One parameter of JSON, not one of arrays a column: names stand beside types, and `JSON.stringify` beats quoting by hand.
const WRITE_MESSAGES = `
  with written as (
  insert into messages as m (conversation, id, epoch, writer, clock, seq, ordinal, sender, body, re, files,
    sent_at, committed_at, edited_at, deleted_at, deleted_by)
  select conversation, id, epoch, writer, clock, seq, ordinal, sender, body, re, files,
    to_timestamp(sent_at / 1000), committed_at, to_timestamp(edited_at / 1000), to_timestamp(deleted_at / 1000), deleted_by
  from json_to_recordset($1) as new (conversation text, id text, epoch integer, writer bigint, clock bigint, seq bigint,
    ordinal integer, sender text, body text, re text, files jsonb, sent_at float8, committed_at timestamptz, edited_at float8,
    deleted_at float8, deleted_by text)
  order by conversation, id -- two servers lock rows in the same order
  on conflict (conversation, id) do update set body = excluded.body, re = excluded.re, files = excluded.files, sent_at = excluded.sent_at,
    edited_at = excluded.edited_at, deleted_at = excluded.deleted_at, deleted_by = excluded.deleted_by,
    reactions = case when excluded.deleted_at is null then m.reactions end,
    changed = excluded.changed, changed_at = excluded.changed_at
  where m.deleted_at is null
    and (excluded.deleted_at is not null or excluded.edited_at > coalesce(m.edited_at, '-infinity'))
  returning conversation, id, xmax = 0 as "isNew", edited_at is not null as "isEdited", deleted_at is not null as "isDeleted"
  ), concerned as materialized (${CONCERNED})
  select written.* from written join concerned using (conversation)`;

/** Erases the files of messages that are deleted, and their pins. Returns what changed in conversations of which somebody has a webhook. */
export async function writeMessages(client: PoolClient, rows: readonly MessageRow[]): Promise<ChangedMessage[]> {
  if (rows.length === 0) return [];
  const { rows: changed } = await client.query<ChangedMessage>({
    name: 'write-messages',
    text: WRITE_MESSAGES,
    values: [JSON.stringify(rows)],
  });
  const deleted = rows.filter(({ deleted_at }) => deleted_at !== null);
  await eraseFilesOf(client, deleted);
  await erasePinsOf(client, deleted);
  return changed;
}

// A vector covers everything below its clock, and `read_clocks` says what it covered before: the cost is that of what was newly
// read. A receipt speaks of its own document and of what was in it then. Look-ups one by one (`offset 0` keeps them apart):
// without fresh statistics the planner would rather join whole tables, 20 s for an epoch that ten people have read.
const WRITE_RECEIPTS = `
  with fresh as materialized (
    select r.*, case when r.after >= 0 then r.after else coalesce((
      select k.clock from read_clocks k
      where k.conversation = r.conversation and k."user" = r."user" and k.epoch = r.epoch and k.writer = r.writer
        and not k.is_private -- nobody was told of it
    ), -1) end as known
    from json_to_recordset($1) as r (conversation text, epoch integer, seq bigint, "user" text, writer bigint,
      after bigint, clock bigint, read_at timestamptz)
    join users u on u.id = r."user"
  ), clocks as (
    insert into read_clocks as k (conversation, "user", epoch, writer, clock)
    select conversation, "user", epoch, writer, max(clock) from fresh group by conversation, "user", epoch, writer
    on conflict (conversation, "user", epoch, writer) do update set clock = excluded.clock, is_private = false
      where excluded.clock > k.clock or excluded.clock = k.clock and k.is_private
  )
  insert into read_receipts (conversation, message, "user", read_at)
  select r.conversation, m.id, r."user", r.read_at
  from fresh r
  cross join lateral (
    select id, sender, seq from messages
    where conversation = r.conversation and epoch = r.epoch and writer = r.writer and clock > r.known and clock <= r.clock
    offset 0
  ) m
  where m.seq <= r.seq and m.sender <> r."user"
  order by r.conversation, m.id, r."user", r.read_at -- of two receipts for one message the earlier is the row
  on conflict do nothing`;

export async function writeReceipts(client: PoolClient, rows: readonly ReceiptRow[]): Promise<void> {
  if (rows.length > 0)
    await client.query({ name: 'write-receipts', text: WRITE_RECEIPTS, values: [JSON.stringify(rows)] });
}

// The row is read in the statement that writes it, and only one projector is at a document. What changes nothing is not written, so
// that whoever asks what has changed does not get it again.
const WRITE_REACTIONS = `
  update messages m set reactions = new.reactions, changed = pg_current_xact_id(), changed_at = now()
  from (
    select known.conversation, known.id, (
      select jsonb_object_agg(key, value) from jsonb_each(coalesce(known.reactions, '{}') || given) where value <> '[]'
    ) as reactions
    from json_to_recordset($1) as r (conversation text, message text, given jsonb)
    join messages known on known.conversation = r.conversation and known.id = r.message and known.deleted_at is null
    order by known.conversation, known.id
  ) new
  where m.conversation = new.conversation and m.id = new.id and m.reactions is distinct from new.reactions`;

/** After the messages. A reaction is a change of its message. */
export async function writeReactions(client: PoolClient, rows: readonly ReactionRow[]): Promise<void> {
  if (rows.length > 0)
    await client.query({ name: 'write-reactions', text: WRITE_REACTIONS, values: [JSON.stringify(rows)] });
}
