/** The keys by which programs act as this person, asked of the server. */
import type { ApiKey } from '../../schema/http/keys.ts';
import type { ApiKeys } from '../conversation/conversation.ts';
import type { Request } from './http.ts';

export function apiKeys(request: Request): ApiKeys {
  return {
    async list() {
      const answer = await request<{ items: readonly ApiKey[] }>('GET', '/api/keys');
      return answer.ok ? { ok: true, value: answer.value.items } : answer;
    },
    create: (input) => request('POST', '/api/keys', input),
    revoke: (id) => request('DELETE', `/api/keys/${encodeURIComponent(id)}`),
  };
}
