/** Accounts and a messenger that live in memory; see `memory-conversation.ts`. */
import {
  type DraftValue,
  OPEN_PRIVACY,
  OPEN_PUSH,
  type PrivacySettings,
  type QuietHours,
  type Theme,
} from '../../../schema/document/account.ts';
import { isDeleted } from '../../../schema/document/message.ts';
import type { FoundMessage } from '../../../schema/http/search.ts';
import type { DeviceSession } from '../../../schema/http/sessions.ts';
import type { ConversationId, UserId } from '../../../schema/ids.ts';
import { findMatches, isSearchable, makeExcerpt, parseQuery } from '../../../schema/search/query.ts';
import type {
  Account,
  Accounts,
  Answer,
  ConnectionState,
  ConversationSummary,
  Export,
  ExportFormat,
  ExportState,
  MessageSearch,
  Messenger,
  Presence,
  PushSwitch,
  PushView,
  SearchState,
  SharedAccount,
  SharedValues,
  StorageFailure,
} from '../../conversation/conversation.ts';
import { createSource } from '../observed.ts';
import { devices } from './content.ts';
import { MemoryConversation } from './memory-conversation.ts';

export class MemoryMessenger implements Messenger {
  readonly account: Account;
  readonly conversations;
  readonly connection = createSource<ConnectionState>({ is: 'connected' });
  readonly storage = createSource<StorageFailure | undefined>(undefined);
  readonly signedOut = createSource(false);
  readonly typists = createSource<ReadonlyMap<ConversationId, readonly UserId[]>>(new Map());
  readonly presence = createSource<ReadonlyMap<UserId, Presence>>(new Map());
  /** `unknown`: the server takes its time. */
  devices: readonly DeviceSession[] | 'unknown' = devices();
  readonly shared = new MemoryAccount();
  /** The export of the account was ended. */
  hasGivenUp = false;
  /** Stays where it is until the test says otherwise. */
  readonly archive = createSource<ExportState>({ is: 'running', bytes: 4_200_000, messages: 34_120, of: 100_000 });
  readonly push = new MemoryPush();
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
    this.#people = people;
    this.conversations = createSource({ state, items: summaries });
    this.#opened = new Map(conversations.map((conversation) => [conversation.id, conversation]));
  }

  watch(): () => void {
    return () => {};
  }

  look(): void {
    // No notifications stand here.
  }

  open(id: ConversationId): MemoryConversation {
    const conversation = this.#opened.get(id);
    return (
      conversation ??
      new MemoryConversation({ id, me: this.account.id, timeline: { state: 'ready', rows: [], failed: [], unread: 0 } })
    );
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

  /** Done at once; without a connection, from this device. */
  exportConversation(id: ConversationId, format: ExportFormat): Export {
    const covers = this.connection.get().is === 'offline' ? 'device' : 'all';
    const title = this.conversations.get().items.find((item) => item.id === id)?.title ?? '';
    const state = { is: 'done', file: new Blob([title]), name: `${title} 2026-03-01.${format}`, covers } as const;
    return { state: createSource<ExportState>(state), [Symbol.dispose]: () => {} };
  }

  exportAccount(): Export {
    return {
      state: this.archive,
      [Symbol.dispose]: () => {
        this.hasGivenUp = true;
      },
    };
  }

  async listDevices(): Promise<Answer<readonly DeviceSession[]>> {
    if (this.devices === 'unknown') return new Promise(() => {});
    if (this.connection.get().is === 'offline') return { ok: false, failure: { is: 'network' } };
    return { ok: true, value: this.devices };
  }

  async signOutDevice(id: string): Promise<Answer<void>> {
    return this.#keepDevices((device) => device.id !== id);
  }

  async signOutOthers(): Promise<Answer<void>> {
    return this.#keepDevices(({ isCurrent }) => isCurrent);
  }

  #keepDevices(isKept: (device: DeviceSession) => boolean): Answer<void> {
    if (this.connection.get().is === 'offline') return { ok: false, failure: { is: 'network' } };
    if (this.devices !== 'unknown') this.devices = this.devices.filter(isKept);
    return { ok: true, value: undefined };
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

  [Symbol.dispose](): void {
    // Nothing is held.
  }
}

class MemoryAccount implements SharedAccount {
  readonly values = createSource<SharedValues>({
    isComplete: true,
    theme: 'system',
    privacy: OPEN_PRIVACY,
    notices: OPEN_PUSH,
    drafts: new Map(),
    conversations: new Map(),
  });

  setTheme(theme: Theme): void {
    this.values.set({ ...this.values.get(), theme });
  }

  setPrivacy(change: Partial<PrivacySettings>): void {
    const values = this.values.get();
    this.values.set({ ...values, privacy: { ...values.privacy, ...change } });
  }

  setPreview(pushPreview: boolean): void {
    const values = this.values.get();
    this.values.set({ ...values, notices: { ...values.notices, pushPreview } });
  }

  setQuiet(quiet: QuietHours | undefined): void {
    const values = this.values.get();
    this.values.set({ ...values, notices: { ...values.notices, quiet } });
  }

  async setDraft(conversation: ConversationId, draft: DraftValue | undefined): Promise<boolean> {
    const drafts = new Map(this.values.get().drafts);
    if (draft) drafts.set(conversation, draft);
    else drafts.delete(conversation);
    this.values.set({ ...this.values.get(), drafts });
    return false;
  }

  keep(): void {
    // The scenes say how their conversations are kept.
  }
}

/** The browser allows it, the server may fail. */
class MemoryPush implements PushSwitch {
  readonly view = createSource<PushView>({ is: 'off', isOffered: false });
  answer: Awaited<ReturnType<PushSwitch['turnOn']>> = 'on';

  look(): void {
    // The scenes say what there is.
  }

  async turnOn(): Promise<'on' | 'denied' | 'failed'> {
    if (this.answer !== 'failed') this.view.set({ is: this.answer === 'on' ? 'on' : 'blocked', isOffered: false });
    return this.answer;
  }

  async turnOff(): Promise<void> {
    this.view.set({ is: 'off', isOffered: false });
  }

  decline(): void {
    this.view.set({ ...this.view.get(), isOffered: false });
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
}
