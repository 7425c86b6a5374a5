/** What people do with a group beside writing in it, asked of the server; what it answers stands in the list at once. */
import type { Conversation, Picture } from '../../schema/http/conversations.ts';
import type { Invite } from '../../schema/http/invites.ts';
import type { ConversationId } from '../../schema/ids.ts';
import type { Answer, Groups } from '../conversation/conversation.ts';
import type { ConversationList } from './conversation-list.ts';
import type { Request } from './http.ts';

const DONE = { ok: true, value: undefined } as const;

export function localGroups(request: Request, list: Pick<ConversationList, 'take' | 'renew'>): Groups {
  const take = async (answer: Answer<Conversation>): Promise<Answer<void>> => {
    if (answer.ok) await list.take(answer.value);
    return answer.ok ? DONE : answer;
  };
  return {
    change: async (id, change) => take(await request('PATCH', groupPath(id), change)),
    put: async (id, person, role) => take(await request('PUT', memberPath(id, person), { role })),
    async remove(id, person) {
      const answer = await request<void>('DELETE', memberPath(id, person));
      if (answer.ok) await list.renew(id);
      return answer;
    },
    async setPicture(id, picture) {
      const path = `${groupPath(id)}/picture`;
      const answer = await (picture ? request<Picture>('PUT', path, picture) : request<undefined>('DELETE', path));
      if (!answer.ok) return answer;
      await list.renew(id);
      return DONE;
    },
    async invites(id) {
      const answer = await request<{ items: readonly Invite[] }>('GET', `${groupPath(id)}/invites`);
      return answer.ok ? { ok: true, value: answer.value.items } : answer;
    },
    invite: (id, wanted) => request('POST', `${groupPath(id)}/invites`, wanted),
    withdraw: (id, invite) => request('DELETE', `${groupPath(id)}/invites/${encodeURIComponent(invite)}`),
    look: (token) => request('GET', invitePath(token)),
    async join(token) {
      const answer = await request<Conversation>('POST', invitePath(token));
      if (!answer.ok) return answer;
      await list.take(answer.value);
      return { ok: true, value: answer.value.id as ConversationId };
    },
  };
}

const groupPath = (id: ConversationId): string => `/api/conversations/${id}`;
const memberPath = (id: ConversationId, person: string): string =>
  `${groupPath(id)}/members/${encodeURIComponent(person)}`;
const invitePath = (token: string): string => `/api/invites/${encodeURIComponent(token)}`;
