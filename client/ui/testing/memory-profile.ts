/** One's profile and everybody's pictures in memory: without a connection changes wait for ever; see `memory-messenger.ts`. */
import type { Messenger, Observed, Pictures, Profile } from '../../conversation/conversation.ts';
import type { OwnProfile, ProfileChange, ProfileField, UntoldProfile } from '../../conversation/profile.ts';
import { createSource, type Source } from '../observed.ts';
import { paintedPicture } from './painted-picture.ts';

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
  readonly untold = createSource<UntoldProfile>({ waiting: [], refused: [] });
  readonly #of: Pick<Messenger, 'account' | 'connection'>;

  constructor(of: Pick<Messenger, 'account' | 'connection'>) {
    this.#of = of;
    this.own = createSource<OwnProfile>({ name: of.account.name, status: 'On the ferry until noon ⛴️' });
  }

  async change({ name, status, picture }: ProfileChange): Promise<void> {
    const { name: formerName, status: formerStatus, picture: formerPicture } = this.own.get();
    this.own.set({
      name: name ?? formerName,
      status: status === undefined ? formerStatus : (status ?? undefined),
      picture: picture === undefined ? formerPicture : picture ? 'new' : undefined,
    });
    if (this.#of.connection.get().is !== 'offline') return;
    const changed = Object.keys({
      ...(name && { name }),
      ...(status !== undefined && { status }),
      ...(picture !== undefined && { picture }),
    }) as ProfileField[];
    const { waiting, refused } = this.untold.get();
    this.untold.set({ waiting: [...new Set([...waiting, ...changed])], refused });
  }

  async dismiss(): Promise<void> {
    this.untold.set({ ...this.untold.get(), refused: [] });
  }
}
