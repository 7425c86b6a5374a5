/** One's profile and everybody's pictures in memory: changes succeed with a connection, and not without; see `memory-messenger.ts`. */
import type { ConversationId } from '../../../schema/ids.ts';
import type { Answer, Messenger, Observed, Pictures, Profile } from '../../conversation/conversation.ts';
import type { OwnProfile } from '../../conversation/profile.ts';
import { createSource, type Source } from '../observed.ts';
import { paintedPicture } from './painted-picture.ts';

type Conversations = ReturnType<Messenger['conversations']['get']>;
type Surroundings = Pick<Messenger, 'account' | 'connection'> & { readonly conversations: Source<Conversations> };

/** Whatever the id, the same painted one. */
export class MemoryPictures implements Pictures {
  #shown: Source<string | undefined> | undefined;

  of(): Observed<string | undefined> {
    if (this.#shown) return this.#shown;
    const shown = createSource<string | undefined>(undefined);
    this.#shown = shown;
    void paintedPicture().then((blob) => blob && shown.set(URL.createObjectURL(blob)));
    return shown;
  }
}

export class MemoryProfile implements Profile {
  readonly own: Source<OwnProfile>;
  readonly #of: Surroundings;

  constructor(of: Surroundings) {
    this.#of = of;
    this.own = createSource<OwnProfile>({ name: of.account.name, status: 'On the ferry until noon ⛴️' });
  }

  async change({ name, status }: Parameters<Profile['change']>[0]): Promise<Answer<void>> {
    const { name: formerName, status: formerStatus, ...kept } = this.own.get();
    const next = status === null ? undefined : (status ?? formerStatus);
    return this.#answer(() =>
      this.own.set({ ...kept, name: name ?? formerName, ...(next !== undefined && { status: next }) }),
    );
  }

  async setPicture(picture: Blob | null, group?: ConversationId): Promise<Answer<void>> {
    const worn = picture ? { picture: 'new' } : {};
    return this.#answer(() => {
      if (!group) {
        const { picture: _, ...kept } = this.own.get();
        return this.own.set({ ...kept, ...worn });
      }
      const { state, items } = this.#of.conversations.get();
      const change = ({ picture: _, ...kept }: (typeof items)[number]) => ({ ...kept, ...worn });
      this.#of.conversations.set({ state, items: items.map((item) => (item.id === group ? change(item) : item)) });
    });
  }

  #answer(change: () => void): Answer<void> {
    if (this.#of.connection.get().is === 'offline') return { ok: false, failure: { is: 'network' } };
    change();
    return { ok: true, value: undefined };
  }
}
