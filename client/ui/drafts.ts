/**
 * What was typed and not sent, per conversation, in localStorage: it survives reload and crash, and other tabs of this
 * browser see it. An edit in progress is kept beside the draft of a new message, so that neither overwrites the other; what the
 * new message replies to stays with it until it is sent or the reply is given up.
 */
import { useCallback, useSyncExternalStore } from 'react';
import type { ConversationId, MessageId, UserId } from '../../schema/ids.ts';

/** The text an edit replaces: a message, or a text that was refused. */
export type EditTarget =
  | { readonly is: 'message'; readonly id: MessageId; readonly hasFiles?: true }
  | { readonly is: 'failed'; readonly key: string };

export interface Draft {
  readonly text: string;
  /** The text that this person's devices share, as this one last knew it; see `shared-drafts.ts`. */
  readonly agreed?: string;
  /** What the new message replies to. */
  readonly re?: MessageId;
  readonly edit?: { readonly target: EditTarget; readonly text: string };
}

export const NO_DRAFT: Draft = { text: '' };

export interface Drafts {
  get(conversation: ConversationId): Draft;
  /** What is typed here. */
  set(conversation: ConversationId, draft: Pick<Draft, 'text' | 'edit'>): void;
  /** The new message replies to this one, or to none. */
  reply(conversation: ConversationId, re: MessageId | undefined): void;
  /** Replaces the new message by what was typed on another device. */
  adopt(conversation: ConversationId, draft: Pick<Draft, 'text' | 're'>): void;
  /** The shared text is known to be this one. */
  agree(conversation: ConversationId, text: string): void;
  /** Conversations with a draft on this device. */
  all(): readonly ConversationId[];
  /** Tells of every text that is typed here. */
  onTyped(listener: (conversation: ConversationId) => void): () => void;
  subscribe(listener: () => void): () => void;
  /** Whether anything typed would be lost with this device's data. */
  isAny(): boolean;
  clear(): void;
}

export function createDrafts({ user, storage }: { user: UserId; storage: Storage | undefined }): Drafts {
  const prefix = `tidewire.draft.${user}.`;
  const known = new Map<ConversationId, Draft>();
  const listeners = new Set<() => void>();
  const typingListeners = new Set<(conversation: ConversationId) => void>();
  const notify = () => {
    for (const listener of [...listeners]) listener();
  };

  const onStorage = (event: StorageEvent) => {
    if (event.key !== null && !event.key.startsWith(prefix)) return;
    if (event.key === null) known.clear();
    else known.delete(event.key.slice(prefix.length) as ConversationId);
    notify();
  };

  const storedKeys = () => (storage ? Object.keys(storage).filter((key) => key.startsWith(prefix)) : []);

  const store = (conversation: ConversationId, draft: Draft) => {
    known.set(conversation, draft);
    try {
      if (draft.text === '' && !draft.edit && !draft.agreed && !draft.re) storage?.removeItem(prefix + conversation);
      else storage?.setItem(prefix + conversation, JSON.stringify(draft));
    } catch {
      // Storage is full: the text stays in the composer, and sending it says what is wrong.
    }
    notify();
  };

  const find = (conversation: ConversationId): Draft => {
    const cached = known.get(conversation);
    if (cached) return cached;
    const draft = parseDraft(storage?.getItem(prefix + conversation));
    known.set(conversation, draft);
    return draft;
  };

  return {
    get: find,
    set(conversation, { text, edit }) {
      const { agreed, re, text: former } = find(conversation);
      store(conversation, { text, ...(edit && { edit }), ...(agreed !== undefined && { agreed }), ...(re && { re }) });
      if (text !== former) for (const listener of typingListeners) listener(conversation);
    },
    reply(conversation, re) {
      const { re: _, ...draft } = find(conversation);
      store(conversation, { ...draft, ...(re && { re }) });
    },
    adopt(conversation, { text, re }) {
      const { edit } = find(conversation);
      store(conversation, { text, agreed: text, ...(edit && { edit }), ...(re && { re }) });
    },
    agree: (conversation, text) => store(conversation, { ...find(conversation), agreed: text }),
    all: () => [
      ...new Set([...known.keys(), ...storedKeys().map((key) => key.slice(prefix.length) as ConversationId)]),
    ],
    onTyped(listener) {
      typingListeners.add(listener);
      return () => typingListeners.delete(listener);
    },
    subscribe(listener) {
      if (listeners.size === 0) globalThis.addEventListener?.('storage', onStorage);
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) globalThis.removeEventListener?.('storage', onStorage);
      };
    },
    isAny: () => storedKeys().length > 0,
    clear() {
      known.clear();
      for (const key of storedKeys()) storage?.removeItem(key);
      notify();
    },
  };
}

function parseDraft(stored: string | null | undefined): Draft {
  if (!stored) return NO_DRAFT;
  try {
    const draft: unknown = JSON.parse(stored);
    return typeof draft === 'object' && draft !== null && 'text' in draft && typeof draft.text === 'string'
      ? (draft as Draft)
      : NO_DRAFT;
  } catch {
    // Not written by this software, so there is no text of ours to lose.
    return NO_DRAFT;
  }
}

export function useDraft(drafts: Drafts, conversation: ConversationId): Draft {
  const subscribe = useCallback((listener: () => void) => drafts.subscribe(listener), [drafts]);
  return useSyncExternalStore(subscribe, () => drafts.get(conversation));
}

/** The browser's storage, unless it is forbidden. */
export function findLocalStorage(): Storage | undefined {
  try {
    return window.localStorage;
  } catch {
    // Drafts then last until the page is closed.
    return undefined;
  }
}
