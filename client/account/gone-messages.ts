/**
 * Which messages are gone for this person: what they have deleted for themself on any of their devices, and what deletions that
 * can still be undone take from view. Those are carried out from here.
 */
import type { ConversationId, MessageId, UserId } from '../../schema/ids.ts';
import { MAX_HIDDEN } from '../../schema/limits.ts';
import type { Clock } from '../connection/clock.ts';
import { type Deletion, type Gone, NO_MESSAGES, TooManyHidden } from '../conversation/deletions.ts';
import { UndoableDeletions } from '../conversation/undoable-deletions.ts';
import type { AccountDocument } from './account-document.ts';
import type { Notes } from './environment.ts';
import { countHidden } from './hidden-messages.ts';

export interface GoneMessagesOptions {
  readonly me: UserId;
  readonly clock: Clock;
  readonly notes: Notes;
  /** Of the account on this device. */
  readonly name: string;
  readonly shared: Pick<AccountDocument, 'values' | 'hide' | 'unhide'>;
  /** Deletes them for everyone; resolves when this device will not forget it. */
  readonly erase: (conversation: ConversationId, ids: readonly MessageId[]) => Promise<void>;
  /** `goneIn` of this conversation is another object. */
  readonly onChange: (conversation: ConversationId) => void;
}

export class GoneMessages implements Disposable {
  readonly deletions: UndoableDeletions;
  readonly #shared: GoneMessagesOptions['shared'];

  constructor({ me, clock, notes, name, shared, erase, onChange }: GoneMessagesOptions) {
    this.#shared = shared;
    this.deletions = new UndoableDeletions({
      ...{ me, clock, notes, onChange, name: `${name}/deleting` },
      objection: (deletion) => (this.#hasRoomFor(deletion) ? undefined : new TooManyHidden()),
      carryOut: ({ conversation, ids, whom }) =>
        whom === 'me' ? shared.hide(conversation, ids) : erase(conversation, ids),
    });
  }

  /** What deletions under way take from view. */
  goneIn(conversation: ConversationId): Gone {
    return this.deletions.goneIn(conversation);
  }

  /** What this person has deleted for themself, for good. */
  hiddenIn(conversation: ConversationId): ReadonlySet<MessageId> {
    return this.#shared.values.get().hidden.get(conversation) ?? NO_MESSAGES;
  }

  has(conversation: ConversationId, message: MessageId): boolean {
    const { hidden, markers } = this.goneIn(conversation);
    return (
      hidden.has(message) || this.hiddenIn(conversation).has(message) || markers.some(({ del }) => del === message)
    );
  }

  /** Tells when this person's devices share other values; deletions under way are told by `onChange`. */
  subscribe(listener: () => void): () => void {
    return this.#shared.values.subscribe(listener);
  }

  /** Nobody can read these any more: they need not be hidden. Without `ids`, none of the conversation. */
  forget(conversation: ConversationId, ids: Iterable<MessageId> = this.hiddenIn(conversation)): void {
    this.#shared.unhide(conversation, ids);
  }

  [Symbol.dispose](): void {
    this.deletions[Symbol.dispose]();
  }

  #hasRoomFor({ ids, whom }: Deletion): boolean {
    return whom === 'everyone' || countHidden(this.#shared.values.get().hidden) + ids.length <= MAX_HIDDEN;
  }
}
