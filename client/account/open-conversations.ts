/**
 * The conversations that are open on this device, looked at or not: opened once, told what the list and the other devices
 * know, and closed with the account or when everything of them is forgotten.
 */
import type { ConversationId, UserId } from '../../schema/ids.ts';
import type { Connection } from '../connection/connection.ts';
import { type Gone, NO_MESSAGES } from '../conversation/deletions.ts';
import { LocalConversation } from '../conversation/local-conversation.ts';
import type { Device } from '../conversation/local-copy.ts';
import type { AccountDocument } from './account-document.ts';
import type { ConversationList } from './conversation-list.ts';
import type { Request } from './http.ts';
import { serverLocator } from './server-locator.ts';
import { withoutFormerText } from './summaries.ts';

export interface OpenConversationsOptions {
  readonly device: Device;
  readonly link: Connection;
  readonly list: ConversationList;
  readonly shared: AccountDocument;
  readonly request: Request;
  readonly random: () => number;
  readonly isOffline: () => boolean;
  readonly goneIn: (id: ConversationId) => Gone;
  /** What is shown of this one has changed. */
  readonly onChange: (id: ConversationId) => void;
  readonly onSessionOver: () => void;
}

export class OpenConversations implements Disposable {
  readonly #options: OpenConversationsOptions;
  readonly #open = new Map<ConversationId, LocalConversation>();
  /** Those of them that somebody has asked for. */
  readonly #asked = new Set<ConversationId>();

  constructor(options: OpenConversationsOptions) {
    this.#options = options;
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

  /** Somebody looks at a conversation that is not there yet. */
  isAwaited(): boolean {
    return [...this.#asked].some((id) => this.#open.get(id)?.view.get().state === 'loading');
  }

  /** How many do not have all that the server has. */
  get unsynced(): number {
    return [...this.#open.values()].filter((conversation) => !conversation.isSynced).length;
  }

  close(id: ConversationId): void {
    this.#open.get(id)?.[Symbol.dispose]();
    this.#open.delete(id);
  }

  /** The list changed: newer epochs, other members. */
  listed(): void {
    for (const conversation of this.#open.values()) {
      const record = this.#options.list.get(conversation.id);
      conversation.extend(record?.item.epoch ?? 0);
      if (record && !record.isFormer) conversation.revive();
      conversation.refresh();
      this.#correct(conversation);
    }
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
    for (const id of [...this.#open.keys()]) this.close(id);
  }

  #create(id: ConversationId): LocalConversation {
    const { device, link, list, shared, request, random, isOffline, goneIn, onSessionOver } = this.#options;
    const members = () => list.get(id)?.item.members ?? [];
    return new LocalConversation({
      ...{ id, device, random, isOffline, onSessionOver, connection: link },
      epoch: list.get(id)?.item.epoch ?? 0,
      members: () =>
        members().flatMap(({ id, isDeleted, isDeactivated }) => (isDeleted || isDeactivated ? [] : (id as UserId))),
      locator: serverLocator(id, (path) => request('GET', path)),
      reading: shared.readingOf(id),
      gone: () => goneIn(id),
      hidden: () => shared.values.get().hidden.get(id) ?? NO_MESSAGES,
      onErased: (ids) => shared.unhide(id, ids),
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
