/**
 * What the signed-in person is to others. What they change shows here at once and waits until the server has heard it
 * (`waiting-wishes.ts`), each of name, status and picture by itself; what the server refuses gives way to what the server has. Kept for
 * starting without a network is what the server said.
 */
import type { Me, Picture } from '../../schema/http/conversations.ts';
import type { Account, Answer, Profile } from '../conversation/conversation.ts';
import type { OwnProfile, ProfileChange, UntoldProfile } from '../conversation/profile.ts';
import { Source } from '../conversation/source.ts';
import type { ConversationRecord, ProfileWish } from '../storage/records.ts';
import type { ConversationList } from './conversation-list.ts';
import type { Request } from './http.ts';
import type { PictureCache } from './picture-cache.ts';
import { withPerson } from './summaries.ts';
import { WaitingWishes, type WishSurroundings } from './waiting-wishes.ts';

interface ProfileOptions extends WishSurroundings {
  readonly account: Account & OwnProfile;
  readonly request: Request;
  readonly pictures: Pick<PictureCache, 'lend' | 'takeBack' | 'put'>;
  readonly list: Pick<ConversationList, 'learn'>;
  /** Keeps it on this device. */
  readonly remember: (account: Account & OwnProfile) => void;
}

export class LocalProfile implements Profile, Disposable {
  readonly own: Source<OwnProfile>;
  readonly untold = new Source<UntoldProfile>({ waiting: [], refused: [] });
  readonly #options: ProfileOptions;
  readonly #wishes: WaitingWishes<ProfileWish>;
  /** What the server has. */
  #known: OwnProfile;
  /** The picture that waits is shown under this id. */
  #lent: string | undefined;
  /** Records of the list with what waits in them, so that the same ones stay the same. */
  #wished = new WeakMap<ConversationRecord, ConversationRecord>();
  #isDisposed = false;

  constructor(options: ProfileOptions) {
    this.#options = options;
    this.#known = profileOf(options.account);
    this.own = new Source(this.#known);
    this.#wishes = new WaitingWishes<ProfileWish>({
      ...options,
      of: 'profile',
      isSame: (a, b) => a.field === b.field,
      tell: (wish) => this.#tell(wish),
    });
    this.#wishes.all.subscribe(() => this.#show());
  }

  /** Reads what waits. */
  load(): Promise<void> {
    return this.#wishes.load();
  }

  /** The server can be asked, or may be by now. */
  send(): Promise<void> {
    return this.#wishes.send();
  }

  /** The server has told. */
  learn(said: OwnProfile): void {
    // Whoever signed out meanwhile is not to be remembered.
    if (this.#isDisposed) return;
    const next = profileOf(said);
    if (isSame(next, this.#known)) return;
    this.#known = next;
    const { id, email } = this.#options.account;
    this.#options.remember({ id, email, ...next });
    this.#show();
  }

  /** Nobody tells who was away that another device of theirs changed something; the list has it. */
  async compare(records: Iterable<ConversationRecord>): Promise<void> {
    const { account, request } = this.#options;
    for (const { item, isFormer } of records) {
      const me = isFormer ? undefined : item.members.find(({ id }) => id === account.id);
      if (!me) continue;
      if (isSame(me, this.#known)) return;
      // The list may have been read before what this device has told since.
      await this.send();
      const answer = await request<Me>('GET', '/api/me');
      return answer.ok ? this.learn(answer.value) : undefined;
    }
  }

  async change(change: ProfileChange): Promise<void> {
    const at = this.#options.clock.now();
    const { name, status, picture } = change;
    const wishes: ProfileWish[] = [];
    if (name !== undefined) wishes.push({ field: 'name', value: name, at });
    if (status !== undefined) wishes.push({ field: 'status', value: status, at });
    if (picture !== undefined) wishes.push({ field: 'picture', value: picture, at });
    await this.#wishes.add(...wishes);
  }

  dismiss(): Promise<void> {
    return this.#wishes.dismiss(() => true);
  }

  /** The record with this person in it as they want to be; the same record while nothing waits. */
  asWished(record: ConversationRecord): ConversationRecord {
    if (this.untold.get().waiting.length === 0) return record;
    const known = this.#wished.get(record);
    if (known) return known;
    const wished = withPerson(record, { t: 'person', id: this.#options.account.id, ...this.own.get() });
    this.#wished.set(record, wished);
    return wished;
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#wishes[Symbol.dispose]();
  }

  async #tell({ field, value }: ProfileWish): Promise<Answer<unknown>> {
    const { request, pictures } = this.#options;
    if (field !== 'picture') {
      const answer = await request<Me>('PATCH', '/api/me', { [field]: value });
      if (answer.ok) await this.#take(answer.value);
      return answer;
    }
    const answer = await (value
      ? request<Picture>('PUT', '/api/me/picture', value)
      : request<undefined>('DELETE', '/api/me/picture'));
    if (!answer.ok) return answer;
    // It is here: nobody has to fetch it.
    if (value && answer.value) pictures.put(answer.value.picture, value);
    await this.#take({ ...this.#known, picture: answer.value?.picture });
    return answer;
  }

  /** The server has it now. Lists say so before the wish is gone, or the former one would show for a moment. */
  async #take(said: OwnProfile): Promise<void> {
    this.learn(said);
    if (!this.#isDisposed)
      await this.#options.list.learn({ t: 'person', id: this.#options.account.id, ...this.#known });
  }

  #show(): void {
    const all = this.#wishes.all.get();
    const waiting = all.filter(({ refused }) => refused === undefined);
    const next: { -readonly [Field in keyof OwnProfile]: OwnProfile[Field] } = { ...this.#known };
    let lent: { readonly id: string; readonly blob: Blob } | undefined;
    for (const { field, value, at } of waiting) {
      if (field === 'name') next.name = value;
      else if (field === 'status') next.status = value ?? undefined;
      else {
        lent = value ? { id: `waiting-${at}`, blob: value } : undefined;
        next.picture = lent?.id;
      }
    }
    const former = this.#lent;
    this.#lent = lent?.id;
    if (lent && lent.id !== former) this.#options.pictures.lend(lent.id, lent.blob);
    this.#wished = new WeakMap();
    const fields = (wishes: readonly ProfileWish[]) => wishes.map(({ field }) => field);
    this.untold.set({ waiting: fields(waiting), refused: fields(all.filter((wish) => !waiting.includes(wish))) });
    if (!isSame(next, this.own.get())) this.own.set(profileOf(next));
    if (former !== undefined && former !== this.#lent) this.#options.pictures.takeBack(former);
  }
}

const isSame = (a: OwnProfile, b: OwnProfile): boolean =>
  a.name === b.name && a.status === b.status && a.picture === b.picture;

const profileOf = ({ name, status, picture }: OwnProfile): OwnProfile => ({
  name,
  ...(status !== undefined && { status }),
  ...(picture !== undefined && { picture }),
});
