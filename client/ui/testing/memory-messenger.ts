/** Accounts and a messenger that live in memory; see `memory-conversation.ts`. */
import { isDeleted } from '../../../schema/document/message.ts';
import type { FoundMessage } from '../../../schema/http/search.ts';
import type { ConversationId, MessageId, UserId } from '../../../schema/ids.ts';
import { findMatches, isSearchable, makeExcerpt, parseQuery } from '../../../schema/search/query.ts';
import { systemClock } from '../../connection/clock.ts';
import type { Files } from '../../conversation/attachments.ts';
import type {
  Account,
  Accounts,
  Answer,
  ConnectionState,
  ConversationSummary,
  MessageSearch,
  Messenger,
  Pins,
  Presence,
  RefusedPin,
  SearchState,
  StorageFailure,
} from '../../conversation/conversation.ts';
import { UndoableDeletions } from '../../conversation/undoable-deletions.ts';
import { createSource } from '../observed.ts';
import { MemoryAccount, MemoryDevices, MemoryExports, MemoryKeys, MemoryPush, MemorySpace } from './memory-account.ts';
import { MemoryConversation } from './memory-conversation.ts';
import { MemoryGroups } from './memory-groups.ts';
import { MemoryPictures, MemoryProfile } from './memory-profile.ts';
import { MemoryTrays } from './memory-trays.ts';
import { paintedPicture } from './painted-picture.ts';

export class MemoryMessenger implements Messenger {
  readonly account: Account;
  readonly conversations;
  readonly connection = createSource<ConnectionState>({ is: 'connected' });
  readonly storage = createSource<StorageFailure | undefined>(undefined);
  readonly signedOut = createSource(false);
  readonly typists = createSource<ReadonlyMap<ConversationId, readonly UserId[]>>(new Map());
  readonly presence = createSource<ReadonlyMap<UserId, Presence>>(new Map());
  readonly devices = new MemoryDevices(this.connection);
  readonly keys = new MemoryKeys(this.connection);
  readonly shared = new MemoryAccount();
  readonly exports = new MemoryExports(this);
  readonly push = new MemoryPush();
  readonly space = new MemorySpace();
  readonly groups = new MemoryGroups(this);
  readonly refusedPins = createSource<readonly RefusedPin[]>([]);
  readonly pins: Pins = {
    wishes: createSource([]),
    refused: this.refusedPins,
    set: async (id, message, isPinned) => this.#pin(id, message, isPinned),
    dismiss: async (seen) => this.refusedPins.set(this.refusedPins.get().filter((each) => each !== seen)),
  };
  readonly trays = new MemoryTrays();
  readonly deletions: UndoableDeletions;
  readonly pictures = new MemoryPictures();
  readonly profile: MemoryProfile;
  readonly prepared: ConversationId[] = [];
  /** What was before somebody's eyes, one after the other. */
  readonly looks: (ConversationId | undefined)[] = [];
  readonly #people: readonly { id: UserId; name: string }[];
  readonly #opened: ReadonlyMap<ConversationId, MemoryConversation>;

  constructor({
    account,
    people,
    summaries,
    conversations,
    state = 'ready',
  }: {
    account: Account;
    people: readonly { id: UserId; name: string }[];
    summaries: readonly ConversationSummary[];
    conversations: readonly MemoryConversation[];
    state?: 'loading' | 'ready';
  }) {
    this.account = account;
    this.deletions = new UndoableDeletions({
      me: account.id,
      clock: systemClock,
      notes: sessionStorage,
      name: 'deleting',
      objection: () => undefined,
      carryOut: async ({ conversation, ids, whom }) => {
        if (whom === 'me') return this.open(conversation).hide(ids);
        for (const id of ids) await this.open(conversation).delete(id);
      },
      onChange: (id) => this.open(id).veil(this.deletions.goneIn(id)),
    });
    this.#people = people;
    this.conversations = createSource({ state, items: summaries });
    this.profile = new MemoryProfile(this);
    this.#opened = new Map(conversations.map((conversation) => [conversation.id, conversation]));
  }

  watch(): () => void {
    return () => {};
  }

  readonly uploads = createSource<ReadonlyMap<string, number>>(new Map([['half', 700_000]]));
  readonly files: Files = {
    open: async (_message, { name }) => (name.startsWith('absent') ? 'absent' : paintedPicture()),
    openUnsent: async () => paintedPicture(),
  };

  look(conversation: ConversationId | undefined): void {
    this.looks.push(conversation);
  }

  open(id: ConversationId): MemoryConversation {
    const conversation = this.#opened.get(id);
    return (
      conversation ??
      new MemoryConversation({ id, me: this.account.id, timeline: { state: 'ready', rows: [], failed: [], unread: 0 } })
    );
  }

  prepare(id: ConversationId): void {
    this.prepared.push(id);
  }

  async createConversation({
    title,
    memberIds,
  }: {
    title?: string;
    memberIds: readonly UserId[];
  }): Promise<Answer<ConversationId>> {
    const id = `new-${this.conversations.get().items.length}` as ConversationId;
    const members = this.#people.filter((person) => memberIds.includes(person.id));
    const summary: ConversationSummary = {
      id,
      kind: title ? 'group' : 'direct',
      title: title ?? members[0]?.name ?? '',
      members: [
        { id: this.account.id, name: this.account.name, role: 'owner' },
        ...members.map((person) => ({ ...person, role: 'member' as const })),
      ],
      unread: 0,
    };
    this.conversations.set({ state: 'ready', items: [summary, ...this.conversations.get().items] });
    return { ok: true, value: id };
  }

  async findPeople(query: string): Promise<Answer<readonly { id: UserId; name: string }[]>> {
    if (query === 'offline') return { ok: false, failure: { is: 'network' } };
    const wanted = query.toLowerCase();
    return { ok: true, value: this.#people.filter(({ name }) => name.toLowerCase().includes(wanted)) };
  }

  /** As if this device held everything; the server finds the same. */
  search(query: string, within?: ConversationId): MessageSearch {
    const terms = parseQuery(query);
    const items = [...this.#opened.values()].flatMap(({ id: conversation, timeline }) =>
      (within && conversation !== within ? [] : timeline.get().rows).flatMap(({ message }): FoundMessage[] => {
        const matches = isDeleted(message) ? undefined : findMatches(message.text, terms);
        if (isDeleted(message) || !matches || !isSearchable(terms)) return [];
        const { id, from, at, text } = message;
        return [{ conversation, id, epoch: 0, from, at, excerpt: makeExcerpt(text, matches) }];
      }),
    );
    const newest = items.sort((a, b) => b.at - a.at).slice(0, 20);
    const isOffline = this.connection.get().is === 'offline';
    const server = query === 'failing' ? 'failed' : query === 'slow' ? 'searching' : isOffline ? 'offline' : 'done';
    const state = { items: newest, device: 'done', server, hasMore: items.length > newest.length } as const;
    return { state: createSource<SearchState>(state), more: () => {}, retry: () => {}, [Symbol.dispose]: () => {} };
  }

  async leave(id: ConversationId): Promise<Answer<void>> {
    const { state, items } = this.conversations.get();
    this.conversations.set({ state, items: items.filter((item) => item.id !== id) });
    return { ok: true, value: undefined };
  }

  async deleteAccount({ password }: { password: string }): Promise<Answer<void>> {
    if (password === 'wrong password')
      return { ok: false, failure: { is: 'problem', status: 403, detail: 'The password is wrong' } };
    this.signedOut.set(true);
    return { ok: true, value: undefined };
  }

  async signOut(): Promise<void> {
    this.signedOut.set(true);
  }

  #pin(id: ConversationId, message: MessageId, isPinned: boolean): void {
    const { state, items } = this.conversations.get();
    const pin = { message, by: this.account.id };
    const change = ({ pins = [], ...summary }: ConversationSummary) => {
      const others = pins.filter((other) => other.message !== message);
      const next = isPinned ? [pin, ...others] : others;
      return { ...summary, ...(next.length > 0 && { pins: next }) };
    };
    this.conversations.set({ state, items: items.map((item) => (item.id === id ? change(item) : item)) });
  }

  [Symbol.dispose](): void {
    // Nothing is held.
  }
}

/** Refuses one known password, accepts every other. */
export class MemoryAccounts implements Accounts {
  readonly current;

  constructor(current: ReturnType<Accounts['current']['get']>) {
    this.current = createSource(current);
  }

  async signIn({ password }: { email: string; password: string }): Promise<Answer<void>> {
    return password === 'wrong password'
      ? { ok: false, failure: { is: 'problem', status: 401, detail: 'The email or the password is wrong.' } }
      : { ok: true, value: undefined };
  }

  async signUp({ email }: { name: string; email: string; password: string }): Promise<Answer<void>> {
    return email.startsWith('taken')
      ? { ok: false, failure: { is: 'problem', status: 422, detail: 'There is already an account with this email.' } }
      : { ok: true, value: undefined };
  }

  async resetPassword({ token }: { token: string }): Promise<Answer<void>> {
    return token === 'void'
      ? { ok: false, failure: { is: 'problem', status: 400, detail: 'Invalid token' } }
      : { ok: true, value: undefined };
  }
}
