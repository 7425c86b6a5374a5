/**
 * What was typed and not sent, per conversation, in localStorage: it survives reload and crash, and other tabs of this
 * browser see it, some time later. What a tab writes that has not seen the last letter yet is taken back by the one that
 * has. An edit in progress is kept beside the draft of a new message, so that neither overwrites the other; what the new
 * message replies to stays with it until it is sent or the reply is given up.
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
  /** When somebody last typed, sent or cleared it, in any tab of this browser; a tab of an earlier version does not say. */
  readonly at?: number;
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

interface DraftsOptions {
  readonly user: UserId;
  readonly storage: Storage | undefined;
  readonly now?: () => number;
}

export function createDrafts({ user, storage, now = Date.now }: DraftsOptions): Drafts {
  const prefix = `tidewire.draft.${user}.`;
  const known = new Map<ConversationId, Draft>();
  /** What was typed last was typed in this tab. */
  const typedHere = new Set<ConversationId>();
  const listeners = new Set<() => void>();
  const typingListeners = new Set<(conversation: ConversationId) => void>();
  const notify = () => {
    for (const listener of [...listeners]) listener();
  };

  const onStorage = ({ key, newValue }: StorageEvent) => {
    if (key === null) known.clear();
    // An empty one has said so before it went.
    else if (!key.startsWith(prefix) || newValue === null) return;
    else {
      const conversation = key.slice(prefix.length) as ConversationId;
      const [mine, theirs] = [known.get(conversation), parseDraft(newValue)];
      if (mine?.at && theirs.at !== undefined && theirs.at < mine.at) {
        // One tab says so again; if all that know better did, they would answer each other without end.
        if (typedHere.has(conversation)) write(key, mine);
        return;
      }
      typedHere.delete(conversation);
      known.set(conversation, theirs);
    }
    notify();
  };

  const write = (key: string, draft: Draft) => {
    try {
      storage?.setItem(key, JSON.stringify(draft));
      if (isEmpty(draft)) storage?.removeItem(key);
    } catch {
      // Storage is full: the text stays in the composer, and sending it says what is wrong.
    }
  };

  const storedKeys = () => (storage ? Object.keys(storage).filter((key) => key.startsWith(prefix)) : []);

  const store = (conversation: ConversationId, draft: Draft) => {
    known.set(conversation, draft);
    write(prefix + conversation, draft);
    notify();
  };

  const find = (conversation: ConversationId): Draft => {
    const cached = known.get(conversation);
    if (cached) return cached;
    const draft = parseDraft(storage?.getItem(prefix + conversation));
    known.set(conversation, draft);
    return draft;
  };

  /** Now, but later than what is known, also when the clock was set back. */
  const typedAt = (conversation: ConversationId): number => {
    typedHere.add(conversation);
    return Math.max(now(), (find(conversation).at ?? 0) + 1);
  };

  return {
    get: find,
    set(conversation, { text, edit }) {
      const { agreed, re, text: former } = find(conversation);
      const shared = agreed !== undefined && { agreed };
      store(conversation, { text, at: typedAt(conversation), ...(edit && { edit }), ...shared, ...(re && { re }) });
      if (text !== former) for (const listener of typingListeners) listener(conversation);
    },
    reply(conversation, re) {
      const { re: _, ...draft } = find(conversation);
      store(conversation, { ...draft, at: typedAt(conversation), ...(re && { re }) });
    },
    adopt(conversation, { text, re }) {
      const { edit, at = 0 } = find(conversation);
      store(conversation, { text, agreed: text, at, ...(edit && { edit }), ...(re && { re }) });
    },
    agree(conversation, text) {
      const draft = find(conversation);
      store(conversation, { ...draft, agreed: text, at: draft.at ?? 0 });
    },
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
      for (const key of storedKeys()) write(key, { text: '', at: typedAt(key.slice(prefix.length) as ConversationId) });
      known.clear();
      typedHere.clear();
      notify();
    },
  };
}

const isEmpty = ({ text, edit, agreed, re }: Draft): boolean => text === '' && !edit && !agreed && !re;

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
