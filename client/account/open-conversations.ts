/**
 * The conversations that are open on this device, looked at or not: opened once, told what the list and the other devices
 * know, and closed with the account or when everything of them is forgotten. Those that are wanted without anybody looking
 * are opened from the background.
 */
import type { ConversationId, UserId } from '../../schema/ids.ts';
import type { Connection } from '../connection/connection.ts';
import { LocalConversation } from '../conversation/local-conversation.ts';
import type { Device } from '../conversation/local-copy.ts';
import type { AccountDocument } from './account-document.ts';
import { Background } from './background.ts';
import type { ConversationList } from './conversation-list.ts';
import type { GoneMessages } from './gone-messages.ts';
import type { Request } from './http.ts';
import { Renewal } from './renewal.ts';
import { serverLocator } from './server-locator.ts';
import { withoutFormerText } from './summaries.ts';

export interface OpenConversationsOptions {
  readonly device: Device;
  readonly link: Connection;
  readonly list: ConversationList;
  readonly shared: Pick<AccountDocument, 'readingOf'>;
  readonly request: Request;
  readonly random: () => number;
  readonly isOffline: () => boolean;
  readonly gone: Pick<GoneMessages, 'goneIn' | 'hiddenIn' | 'forget'>;
  /** What is shown of this one has changed. */
  readonly onChange: (id: ConversationId) => void;
  readonly onSessionOver: () => void;
}

export class OpenConversations implements Disposable {
  readonly #options: OpenConversationsOptions;
  readonly #open = new Map<ConversationId, LocalConversation>();
  /** Those of them that somebody has asked for. */
  readonly #asked = new Set<ConversationId>();
  readonly #background: Background;
  readonly #renewal: Renewal;

  constructor(options: OpenConversationsOptions) {
    const { list, device } = options;
    this.#options = options;
    this.#background = new Background({
      ...{ list, outbox: device.outbox, clock: device.clock },
      isOpen: (id) => this.#open.has(id),
      isAwaited: () => this.#isAwaited(),
      open: (id) => void this.open(id),
    });
    this.#renewal = new Renewal({ list, renew: (id) => this.open(id).renew() });
  }

  /** Undefined while it is not open. */
  get(id: ConversationId): LocalConversation | undefined {
    return this.#open.get(id);
  }

  /** Opens it, unless it is open. */
  open(id: ConversationId): LocalConversation {
    const known = this.#open.get(id);
    if (known) {
      known.revive();
      return known;
    }
    const conversation = this.#create(id);
    this.#open.set(id, conversation);
    conversation.view.subscribe(() => this.#correct(conversation));
    conversation.view.subscribe(() => this.#options.onChange(id));
    return conversation;
  }

  /** Opens it for somebody who looks at it. */
  ask(id: ConversationId): LocalConversation {
    this.#asked.add(id);
    return this.open(id);
  }

  /** How many do not have all that the server has. */
  get unsynced(): number {
    return [...this.#open.values()].filter((conversation) => !conversation.isSynced).length;
  }

  close(id: ConversationId): void {
    this.#open.get(id)?.[Symbol.dispose]();
    this.#open.delete(id);
  }

  /** The list changed: newer epochs, other members, conversations to open or to bring up to date. */
  listed(): void {
    for (const conversation of this.#open.values()) {
      const record = this.#options.list.get(conversation.id);
      conversation.extend(record?.item.epoch ?? 0);
      if (record && !record.isFormer) conversation.revive();
      conversation.refresh();
      this.#correct(conversation);
    }
    this.#background.open();
    void this.#renewal.begin();
  }

  /** What waits in the outbox has changed: it is sent whatever conversation it is in. */
  waited(): void {
    this.#background.open();
  }

  /** What this person's devices share has changed. */
  readElsewhere(): void {
    for (const conversation of this.#open.values()) conversation.readElsewhere();
  }

  /** Whether there is a network has changed. */
  refresh(): void {
    for (const conversation of this.#open.values()) conversation.refresh();
  }

  [Symbol.dispose](): void {
    this.#background[Symbol.dispose]();
    for (const id of [...this.#open.keys()]) this.close(id);
  }

  /** Somebody looks at a conversation that is not there yet. */
  #isAwaited(): boolean {
    return [...this.#asked].some((id) => this.#open.get(id)?.view.get().state === 'loading');
  }

  #create(id: ConversationId): LocalConversation {
    const { device, link, list, shared, request, random, isOffline, gone, onSessionOver } = this.#options;
    const members = () => list.get(id)?.item.members ?? [];
    return new LocalConversation({
      ...{ id, device, random, isOffline, onSessionOver, connection: link },
      epoch: list.get(id)?.item.epoch ?? 0,
      members: () =>
        members().flatMap(({ id, isDeleted, isDeactivated }) => (isDeleted || isDeactivated ? [] : (id as UserId))),
      locator: serverLocator(id, (path) => request('GET', path)),
      reading: shared.readingOf(id),
      gone: () => gone.goneIn(id),
      hidden: () => gone.hiddenIn(id),
      onErased: (ids) => gone.forget(id, ids),
      onGone: () => void list.refresh(),
    });
  }

  /** The list keeps the last text for the next start: not one that was edited or deleted since. */
  #correct({ id, view, isInDoubt }: LocalConversation): void {
    if (isInDoubt) return;
    const { list } = this.#options;
    const record = list.get(id);
    const right = record && withoutFormerText(record, view.get());
    if (right && right !== record) void list.correct(right);
  }
}
