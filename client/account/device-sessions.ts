/** Where this person is signed in, asked of the server. */
import type { DeviceSession } from '../../schema/http/sessions.ts';
import type { DeviceSessions } from '../conversation/conversation.ts';
import type { Request } from './http.ts';

export function deviceSessions(request: Request): DeviceSessions {
  return {
    async list() {
      const answer = await request<{ items: readonly DeviceSession[] }>('GET', '/api/sessions');
      return answer.ok ? { ok: true, value: answer.value.items } : answer;
    },
    signOut: (id) => request('DELETE', `/api/sessions/${encodeURIComponent(id)}`),
    signOutOthers: () => request('DELETE', '/api/sessions'),
  };
}
