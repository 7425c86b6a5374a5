/** The list of chats as screens show it, made from what is known of them, at most once a frame while that keeps changing. */
import type { ConversationId } from '../../schema/ids.ts';
import { coalesce } from '../conversation/coalesce.ts';
import type { ConversationSummary, Messenger } from '../conversation/conversation.ts';
import { Source } from '../conversation/source.ts';
import type { AccountDocument } from './account-document.ts';
import type { ConversationList } from './conversation-list.ts';
import type { GoneMessages } from './gone-messages.ts';
import type { OpenConversations } from './open-conversations.ts';
import type { OwnDevice } from './own-device.ts';
import type { LocalProfile } from './own-profile.ts';
import type { WaitingPins } from './pins.ts';
import { summarizeAll } from './summaries.ts';

type Shown = ReturnType<Messenger['conversations']['get']>;

export interface ShownConversationsOptions {
  readonly device: Pick<OwnDevice, 'me' | 'clock'>;
  readonly list: Pick<ConversationList, 'contents'>;
  readonly open: Pick<OpenConversations, 'get'>;
  readonly shared: Pick<AccountDocument, 'values'>;
  readonly pins: Pick<WaitingPins, 'wishes'>;
  readonly profile: Pick<LocalProfile, 'asWished'>;
  readonly gone: Pick<GoneMessages, 'has'>;
  /** It was looked at; what is shown may be the same. */
  readonly onShow: () => void;
}

export class ShownConversations implements Disposable {
  readonly contents = new Source<Shown>({ state: 'loading', items: [] });
  /** Something that it is made of has changed. */
  readonly changed: (() => void) & Disposable;
  readonly #options: ShownConversationsOptions;

  constructor(options: ShownConversationsOptions) {
    this.#options = options;
    this.changed = coalesce(options.device.clock, () => this.#show());
  }

  find(id: ConversationId): ConversationSummary | undefined {
    return this.contents.get().items.find((item) => item.id === id);
  }

  [Symbol.dispose](): void {
    this.changed[Symbol.dispose]();
  }

  #show(): void {
    const { device, list, open, shared, pins, profile, gone, onShow } = this.#options;
    const { isKnown, records } = list.contents.get();
    const before = this.contents.get();
    const items = summarizeAll({
      records: [...records.values()].map((record) => profile.asWished(record)),
      viewOf: (id) => open.get(id)?.view.get(),
      preferencesOf: (id) => shared.values.get().conversations.get(id),
      isHidden: (id, message) => gone.has(id, message),
      wishes: pins.wishes.get(),
      me: device.me,
      former: before.items,
    });
    const state = isKnown ? 'ready' : 'loading';
    if (items !== before.items || state !== before.state) this.contents.set({ state, items });
    onShow();
  }
}
