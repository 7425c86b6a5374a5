/** What the signed-in person says of themselves: kept for starting without a network, changed by the server's word only. */
import type { Me, Picture } from '../../schema/http/conversations.ts';
import type { ConversationId } from '../../schema/ids.ts';
import type { Account, Answer, Profile } from '../conversation/conversation.ts';
import type { OwnProfile } from '../conversation/profile.ts';
import { Source } from '../conversation/source.ts';
import type { ConversationList } from './conversation-list.ts';
import type { Request } from './http.ts';

const DONE = { ok: true, value: undefined } as const;

interface ProfileOptions {
  readonly account: Account & OwnProfile;
  readonly request: Request;
  readonly list: Pick<ConversationList, 'renew'>;
  /** Keeps it on this device. */
  readonly remember: (account: Account & OwnProfile) => void;
}

export class LocalProfile implements Profile {
  readonly own: Source<OwnProfile>;
  readonly #options: ProfileOptions;

  constructor(options: ProfileOptions) {
    this.#options = options;
    this.own = new Source(profileOf(options.account));
  }

  /** The server has told. */
  learn(said: OwnProfile): void {
    const next = profileOf(said);
    const { name, status, picture } = this.own.get();
    if (next.name === name && next.status === status && next.picture === picture) return;
    this.own.set(next);
    const { id, email } = this.#options.account;
    this.#options.remember({ id, email, ...next });
  }

  async change(change: Parameters<Profile['change']>[0]): Promise<Answer<void>> {
    const answer = await this.#options.request<Me>('PATCH', '/api/me', change);
    if (!answer.ok) return answer;
    this.learn(answer.value);
    return DONE;
  }

  async setPicture(picture: Blob | null, group?: ConversationId): Promise<Answer<void>> {
    const { request, list } = this.#options;
    const path = `/api/${group ? `conversations/${group}` : 'me'}/picture`;
    const answer = picture ? await request<Picture>('PUT', path, picture) : await request<undefined>('DELETE', path);
    if (!answer.ok) return answer;
    if (group) await list.renew(group);
    else this.learn({ ...this.own.get(), picture: answer.value?.picture });
    return DONE;
  }
}

const profileOf = ({ name, status, picture }: OwnProfile): OwnProfile => ({
  name,
  ...(status !== undefined && { status }),
  ...(picture !== undefined && { picture }),
});
