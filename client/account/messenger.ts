/**
 * The signed-in app: the shared connection, the store of the account, the list and the open conversations. It keeps the
 * documents of recent conversations open in the background, so that history is here before anybody asks and delivery is
 * reported without opening them.
 */

import { CLOSE } from '../../schema/close-codes.ts';
import type { Conversation as ConversationShape } from '../../schema/http/conversations.ts';
import type { ConversationId, UserId } from '../../schema/ids.ts';
import { parseDocumentId } from '../../schema/ids.ts';
import type { ServerControl } from '../../schema/wire/control.ts';
import { Connection } from '../connection/connection.ts';
import { coalesce } from '../conversation/coalesce.ts';
import type {
  Account,
  Answer,
  ConnectionState,
  Conversation,
  ConversationSummary,
  Messenger,
} from '../conversation/conversation.ts';
import { LocalConversation } from '../conversation/local-conversation.ts';
import type { Device } from '../conversation/local-copy.ts';
import { openConversation } from '../conversation/open-conversation.ts';
import { Outbox } from '../conversation/outbox.ts';
import { Source } from '../conversation/source.ts';
import { AccountStore } from '../storage/account-store.ts';
import { Tabs } from '../storage/tabs.ts';
import { connectionState, isSameConnection } from './connection-state.ts';
import { ConversationList } from './conversation-list.ts';
import type { Environment } from './environment.ts';
import type { Http } from './http.ts';
import { activityAt, isSameSummary, summarize } from './summaries.ts';

/** Documents kept open: more than anybody talks in at a time, and few enough to load and sync within a second or two. */
const MAX_BACKGROUND = 50;
/** Loading a few at a time leaves the thread to the conversation that is being looked at. */
const OPEN_AT_ONCE = 5;
const OPEN_EVERY_MS = 50;

export interface MessengerOptions {
  readonly account: Account;
  readonly environment: Environment;
  readonly http: Http;
  /** The person signed out here and local data are dealt with: the session can end. */
  readonly onSignedOut: () => Promise<void>;
}

export class LocalMessenger implements Messenger {
  readonly account: Account;
  readonly conversations = new Source<{ state: 'loading' | 'ready'; items: readonly ConversationSummary[] }>({
    state: 'loading',
    items: [],
  });
  readonly connection: Source<ConnectionState>;
  readonly storage: AccountStore['failure'];
  readonly signedOut = new Source(false);
  readonly #options: MessengerOptions;
  readonly #link: Connection;
  readonly #device: Device;
  readonly #list: ConversationList;
  readonly #open = new Map<ConversationId, LocalConversation>();
  readonly #invalidate: (() => void) & Disposable;
  readonly #stopListening: (() => void)[];
  #cancelOpening: (() => void) | undefined;
  #wasConnected = false;
  #hasAskedToKeep = false;

  private constructor(options: MessengerOptions, device: Device) {
    const { environment, http } = options;
    const { clock, wake, random } = environment;
    this.#options = options;
    this.#device = device;
    this.account = options.account;
    this.storage = device.store.failure;
    this.#link = new Connection({
      url: `${environment.origin.replace(/^http/, 'ws')}/sync`,
      createSocket: environment.createSocket,
      clock,
      wake,
      random,
    });
    this.connection = new Source<ConnectionState>(this.#connectionState());
    this.#list = new ConversationList({ me: device.me, store: device.store, tabs: device.tabs, http, clock });
    this.#invalidate = coalesce(clock, () => this.#show());
    this.#stopListening = [
      this.#link.onState(() => this.#linked()),
      this.#link.onControl((message) => void this.#heard(message)),
      this.#list.contents.subscribe(() => this.#listed()),
      device.outbox.contents.subscribe(() => this.#waited()),
    ];
  }

  /** Reads what this device has of the account, then connects. */
  static async start(options: MessengerOptions): Promise<LocalMessenger> {
    const { environment, account } = options;
    const { storagePrefix: prefix, notes: stamps, clock } = environment;
    const store = await AccountStore.open({ prefix, user: account.id, stamps });
    const tabs = new Tabs(environment.createBus(`${prefix}/${account.id}`));
    const outbox = new Outbox({ store, tabs });
    const messenger = new LocalMessenger(options, { me: account.id, store, outbox, tabs, clock });
    await outbox.load();
    await messenger.#list.load();
    messenger.#link.request();
    return messenger;
  }

  open(id: ConversationId): Conversation {
    return openConversation(this.#conversation(id));
  }

  async createConversation(input: { title?: string; memberIds: readonly UserId[] }): Promise<Answer<ConversationId>> {
    const answer = await this.#request<ConversationShape>('POST', '/api/conversations', input);
    if (!answer.ok) return answer;
    await this.#list.add(answer.value);
    return { ok: true, value: answer.value.id as ConversationId };
  }

  async findPeople(query: string): Promise<Answer<readonly { readonly id: UserId; readonly name: string }[]>> {
    const path = `/api/users?query=${encodeURIComponent(query)}`;
    const answer = await this.#request<{ items: { id: UserId; name: string }[] }>('GET', path);
    return answer.ok ? { ok: true, value: answer.value.items } : answer;
  }

  async signOut({ keepLocal }: { keepLocal: boolean }): Promise<void> {
    const { store, outbox } = this.#device;
    const { records, failed } = outbox.contents.get();
    const hasUnsent = records.length > 0 || failed.length > 0;
    this.#stop();
    if (keepLocal || hasUnsent) store[Symbol.dispose]();
    else await store.erase();
    await this.#options.onSignedOut();
  }

  /** The session is over; everything local stays as it is. */
  sessionOver(): void {
    if (this.signedOut.get()) return;
    this.signedOut.set(true);
    this.#link.stop();
  }

  /** The same person has signed in again. */
  resume(): void {
    this.signedOut.set(false);
    this.#link.request();
  }

  [Symbol.dispose](): void {
    this.#stop();
    this.#device.store[Symbol.dispose]();
  }

  #stop(): void {
    for (const stop of this.#stopListening) stop();
    this.#cancelOpening?.();
    this.#invalidate[Symbol.dispose]();
    for (const conversation of this.#open.values()) conversation[Symbol.dispose]();
    this.#open.clear();
    this.#list[Symbol.dispose]();
    this.#link[Symbol.dispose]();
    this.#device.outbox[Symbol.dispose]();
    this.#device.tabs[Symbol.dispose]();
  }

  async #request<Value>(method: 'GET' | 'POST', path: string, body?: object): Promise<Answer<Value>> {
    const answer = await this.#options.http.request<Value>(method, path, body);
    if (!answer.ok && answer.failure.is === 'problem' && answer.failure.status === 401) this.sessionOver();
    return answer;
  }

  #conversation(id: ConversationId): LocalConversation {
    const known = this.#open.get(id);
    if (known) {
      known.revive();
      return known;
    }
    const conversation = new LocalConversation({
      id,
      epoch: this.#list.get(id)?.item.epoch ?? 0,
      members: () => (this.#list.get(id)?.item.members ?? []).map((member) => member.id as UserId),
      isOffline: () => this.connection.get().is === 'offline',
      device: this.#device,
      connection: this.#link,
      random: this.#options.environment.random,
      onSessionOver: () => this.sessionOver(),
      onGone: () => void this.#list.refresh(),
    });
    this.#open.set(id, conversation);
    conversation.view.subscribe(this.#invalidate);
    return conversation;
  }

  #linked(): void {
    const { state } = this.#link;
    if (state.is === 'stopped' && state.code === CLOSE.signIn) this.sessionOver();
    const isConnected = state.is === 'open' && state.isProven;
    if (isConnected && !this.#wasConnected) void this.#list.refresh();
    this.#wasConnected = isConnected;
    this.#showConnection();
  }

  async #heard(message: ServerControl): Promise<void> {
    if (message.t !== 'head') return;
    if (await this.#list.heard(message)) this.#conversation(message.conversation as ConversationId);
    else await this.#list.refresh();
  }

  /** The list changed: newer epochs, other members, conversations to open. */
  #listed(): void {
    for (const conversation of this.#open.values()) {
      conversation.extend(this.#list.get(conversation.id)?.item.epoch ?? 0);
      conversation.refresh();
    }
    this.#openSome();
    this.#invalidate();
  }

  /** What waits in the outbox is sent from the background too, whatever conversation it is in. */
  #waited(): void {
    const { records } = this.#device.outbox.contents.get();
    if (records.length > 0 && !this.#hasAskedToKeep) {
      this.#hasAskedToKeep = true;
      this.#options.environment.keepStorage();
    }
    this.#openSome();
    this.#showConnection();
  }

  #wanted(): ConversationId[] {
    const { records } = this.#list.contents.get();
    const recent = [...records.values()]
      .sort((a, b) => (b.last?.at ?? b.since) - (a.last?.at ?? a.since))
      .slice(0, MAX_BACKGROUND)
      .map((record) => record.item.id as ConversationId);
    const waiting = this.#device.outbox.contents
      .get()
      .records.flatMap((record) => parseDocumentId(record.document)?.conversation ?? []);
    return [...new Set([...waiting, ...recent])].filter((id) => !this.#open.has(id));
  }

  #openSome(): void {
    if (this.#cancelOpening) return;
    const wanted = this.#wanted();
    for (const id of wanted.slice(0, OPEN_AT_ONCE)) this.#conversation(id);
    if (wanted.length <= OPEN_AT_ONCE) return;
    this.#cancelOpening = this.#device.clock.after(OPEN_EVERY_MS, () => {
      this.#cancelOpening = undefined;
      this.#openSome();
    });
  }

  #show(): void {
    const { isKnown, records } = this.#list.contents.get();
    const former = new Map(this.conversations.get().items.map((item) => [item.id, item]));
    const lines = [...records.values()].map((record) => {
      const id = record.item.id as ConversationId;
      const summary = summarize(record, this.#open.get(id)?.view.get(), this.#device.me);
      const before = former.get(id);
      return { at: activityAt(record, summary), summary: before && isSameSummary(before, summary) ? before : summary };
    });
    const items = lines.sort((a, b) => b.at - a.at).map((line) => line.summary);
    const before = this.conversations.get();
    const isSame = items.length === before.items.length && items.every((item, index) => item === before.items[index]);
    const state = isKnown ? 'ready' : 'loading';
    if (!isSame || state !== before.state) this.conversations.set({ state, items });
    this.#showConnection();
  }

  #showConnection(): void {
    const state = this.#connectionState();
    const before = this.connection.get();
    if (isSameConnection(before, state)) return;
    this.connection.set(state);
    // A list or a conversation of which nothing is here turns from "loading" into "nothing".
    if ((state.is === 'offline') === (before.is === 'offline')) return;
    if (state.is === 'offline') this.#list.settle();
    for (const conversation of this.#open.values()) conversation.refresh();
  }

  #connectionState(): ConnectionState {
    return connectionState({
      link: this.#link.state,
      isOnline: this.#options.environment.wake.isOnline(),
      waiting: this.#device.outbox.contents.get().records.length,
      unsynced: [...this.#open.values()].filter((conversation) => !conversation.isSynced).length,
    });
  }
}
