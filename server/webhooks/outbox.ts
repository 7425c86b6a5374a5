/**
 * Noting for webhooks what happened to messages, in the transaction that writes their rows: what is in the rows is noted, what is
 * noted is in the rows, and rows that are written again and do not change say nothing. What is noted names messages and holds no
 * text. Conversations that no webhook could care about leave nothing here.
 */
import type { WebhookEvent } from '../../schema/http/webhooks.ts';
import type { ConversationId, MessageId } from '../../schema/ids.ts';
import type { PoolClient } from '../database/pool.ts';

/** A row that was written and says something new. */
export interface ChangedMessage {
  readonly conversation: ConversationId;
  readonly id: MessageId;
  readonly isNew: boolean;
  readonly isEdited: boolean;
  readonly isDeleted: boolean;
}

/**
 * Of `written`, the conversations in which somebody has a webhook. One look into an empty table where nobody has one; else for each
 * conversation of the batch one by one, as `limit 1` keeps the planner from listing the conversations of all who have one.
 */
export const CONCERNED = `
  select w.conversation from (select distinct conversation from written) w
  cross join lateral (
    select from members m join webhooks h on h."user" = m."user" where m.conversation = w.conversation and h.is_enabled limit 1
  ) h
  where exists (select from webhooks where is_enabled)`;

/** What came and was edited or deleted within the same moment is told as all of that. */
function eventsOf({ isNew, isEdited, isDeleted }: ChangedMessage): WebhookEvent[] {
  const created: WebhookEvent[] = isNew ? ['message.created'] : [];
  if (isDeleted) return [...created, 'message.deleted'];
  return isEdited ? [...created, 'message.edited'] : created;
}

export async function noteChanges(client: PoolClient, changes: readonly ChangedMessage[]): Promise<void> {
  const events = changes.flatMap((change) =>
    eventsOf(change).map((what) => ({ what, conversation: change.conversation, message: change.id })),
  );
  if (events.length === 0) return;
  await client.query({
    name: 'note-for-webhooks',
    text: `insert into webhook_outbox (what, conversation, message)
           select what, conversation, message from json_to_recordset($1) as e (what text, conversation text, message text)`,
    values: [JSON.stringify(events)],
  });
}
