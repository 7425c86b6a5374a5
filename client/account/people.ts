/** Other people: finding them, and what they are called and look like wherever this device shows them. */
import type { UserId } from '../../schema/ids.ts';
import type { ServerControl } from '../../schema/wire/control.ts';
import type { Answer } from '../conversation/conversation.ts';
import type { FoundPerson } from '../conversation/profile.ts';
import type { ConversationList } from './conversation-list.ts';
import type { Request } from './http.ts';
import type { LocalProfile } from './own-profile.ts';
import type { PictureCache } from './picture-cache.ts';
import { wornPictures } from './summaries.ts';

export interface PeopleOptions {
  readonly me: UserId;
  readonly request: Request;
  readonly list: Pick<ConversationList, 'contents' | 'learn'>;
  readonly profile: Pick<LocalProfile, 'own' | 'learn'>;
  readonly pictures: Pick<PictureCache, 'keepOnly'>;
}

export class People {
  readonly #options: PeopleOptions;

  constructor(options: PeopleOptions) {
    this.#options = options;
  }

  async find(query: string): Promise<Answer<readonly FoundPerson[]>> {
    const path = `/api/users?query=${encodeURIComponent(query)}`;
    const answer = await this.#options.request<{ items: FoundPerson[] }>('GET', path);
    return answer.ok ? { ok: true, value: answer.value.items } : answer;
  }

  /** Somebody, or this person on another device, is called so now. */
  async learn(person: ServerControl & { t: 'person' }): Promise<void> {
    const { me, list, profile } = this.#options;
    if (person.id === me) profile.learn(person);
    await list.learn(person);
    this.dropPictures();
  }

  /** Pictures that nobody wears any more leave this device. */
  dropPictures(): void {
    const { list, profile, pictures } = this.#options;
    const worn = wornPictures(list.contents.get().records.values());
    const { picture } = profile.own.get();
    if (picture !== undefined) worn.add(picture);
    void pictures.keepOnly(worn);
  }
}
