/** Rows of pinned messages, for whoever reads conversations, deletes messages or takes in an archive. */
import type { ConversationId, MessageId } from '../../schema/ids.ts';
import type { PoolClient } from './pool.ts';

/** The pins of a conversation as JSON, the newest first; null when it has none. `conversation` is SQL for its id. */
export const pinsOf = (conversation: string): string => `(
  select json_agg(json_build_object('message', p.message, 'by', p."user",
    'at', floor(extract(epoch from p.pinned_at) * 1000)::bigint) order by p.pinned_at desc, p.message)
  from pins p where p.conversation = ${conversation})`;

/** What is deleted is held up no more. Whoever pins locks the message, so a pin comes before this or not at all. */
export async function erasePinsOf(
  client: Pick<PoolClient, 'query'>,
  messages: readonly { readonly conversation: ConversationId; readonly id: MessageId }[],
): Promise<void> {
  if (messages.length === 0) return;
  await client.query({
    name: 'erase-pins',
    text: `delete from pins p using unnest($1::text[], $2::text[]) as m (conversation, message)
            where p.conversation = m.conversation and p.message = m.message`,
    values: [messages.map(({ conversation }) => conversation), messages.map(({ id }) => id)],
  });
}
