/** Asks the server where a message stands, through its HTTP API. */
import type { Message } from '../../schema/document/message.ts';
import type { ProjectedMessage } from '../../schema/http/messages.ts';
import type { ConversationId, MessageId, UserId } from '../../schema/ids.ts';
import type { Answer } from '../conversation/conversation.ts';
import type { Located, Locator } from '../conversation/whereabouts.ts';

export function serverLocator(
  conversation: ConversationId,
  get: <Value>(path: string) => Promise<Answer<Value>>,
): Locator {
  const ask = async (path: string): Promise<Located> => {
    const answer = await get<ProjectedMessage>(`/api/conversations/${conversation}/messages/${path}`);
    if (answer.ok) return { is: 'found', message: messageOf(answer.value), epoch: answer.value.epoch };
    const isNowhere = answer.failure.is === 'problem' && answer.failure.status === 404;
    return { is: isNowhere ? 'nowhere' : 'unreachable' };
  };
  return {
    message: (id) => ask(id),
    at: (time) => ask(`at?time=${encodeURIComponent(new Date(time).toISOString())}`),
  };
}

function messageOf({ id, from, at, text, editedAt, deletedAt, by, re }: ProjectedMessage): Message {
  const base = { id: id as MessageId, from: from as UserId, at };
  if (text === null) return { ...base, deletedAt: deletedAt ?? at, by: (by ?? from) as UserId };
  return { ...base, text, ...(re && { re: re as MessageId }), ...(editedAt !== undefined && { editedAt }) };
}
