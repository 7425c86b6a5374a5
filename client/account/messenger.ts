/**
 * The signed-in app: joins the shared connection, the store of the account, the list and the open conversations, and says
 * what the screens are to show of them. It decides nothing about messages.
 */

import { CLOSE } from '../../schema/close-codes.ts';
import type { Conversation as ConversationShape } from '../../schema/http/conversations.ts';
import { type ConversationId, type MessageId, parseDocumentId, type UserId } from '../../schema/ids.ts';
import { MAX_HIDDEN, MAX_TYPING_MEMBERS } from '../../schema/limits.ts';
import type { ServerControl } from '../../schema/wire/control.ts';
import type { Connection } from '../connection/connection.ts';
import { SharedConnection } from '../connection/shared-connection.ts';
import { SocketConnection } from '../connection/socket-connection.ts';
import type { Files } from '../conversation/attachments.ts';
import { coalesce } from '../conversation/coalesce.ts';
import type {
  Account,
  Answer,
  ApiKeys,
  ConnectionState,
  Conversation,
  ConversationSummary,
  DeviceSessions,
  DeviceSpace,
  Groups,
  MessageSearch,
  Messenger,
} from '../conversation/conversation.ts';
import { type Deletion, NO_MESSAGES, TooManyHidden } from '../conversation/deletions.ts';
import type { Device } from '../conversation/local-copy.ts';
import { openConversation } from '../conversation/open-conversation.ts';
import { Outbox } from '../conversation/outbox.ts';
import type { FoundPerson, OwnProfile } from '../conversation/profile.ts';
import { Source } from '../conversation/source.ts';
import { UndoableDeletions } from '../conversation/undoable-deletions.ts';
import { LocalExports } from '../export/exports.ts';
import { deviceFiles } from '../files/device-files.ts';
import { FileCache } from '../files/file-cache.ts';
import { DeviceTrays } from '../files/trays.ts';
import { Unsent } from '../files/unsent.ts';
import { Uploader } from '../files/uploader.ts';
import { DevicePush } from '../push/device-push.ts';
import { DeviceSearch } from '../search/device-search.ts';
import { INBOX } from '../share/inbox.ts';
import { AccountStore } from '../storage/account-store.ts';
import { Tabs } from '../storage/tabs.ts';
import { AccountDocument } from './account-document.ts';
import { apiKeys } from './api-keys.ts';
import { Background } from './background.ts';
import { connectionState, isSameConnection } from './connection-state.ts';
import { ConversationList } from './conversation-list.ts';
import { deviceSessions } from './device-sessions.ts';
import { deviceSpace } from './device-space.ts';
import type { Environment } from './environment.ts';
import { localGroups } from './groups.ts';
import { countHidden } from './hidden-messages.ts';
import type { Http, Request } from './http.ts';
import { Looking } from './looking.ts';
import { RunningSearch } from './message-search.ts';
import { OpenConversations } from './open-conversations.ts';
import { LocalProfile } from './own-profile.ts';
import { PeopleOnScreen } from './people-on-screen.ts';
import { PictureCache } from './picture-cache.ts';
import { WaitingPins } from './pins.ts';
import { Renewal } from './renewal.ts';
import { summarizeAll, wornPictures } from './summaries.ts';
import { TypingSignal } from './typing-signal.ts';
import { Typists } from './typists.ts';

/** A store that does not answer for so long will not: what is here is shown all the same. */
export const SHARED_WITHIN_MS = 1_000;

export interface MessengerOptions {
  /** As this device last knew it. */
  readonly account: Account & OwnProfile;
  readonly environment: Environment;
  readonly http: Http;
  /** Keeps what the account is called now for the next start. */
  readonly remember: (account: Account & OwnProfile) => void;
  /** The person signed out here and local data are dealt with: the session can end. */
  readonly onSignedOut: () => Promise<void>;
}

/** What this account has on this device. */
type OwnDevice = Device & {
  readonly unsent: Unsent;
  readonly files: FileCache;
  readonly trays: DeviceTrays;
  readonly pictures: PictureCache;
};

export class LocalMessenger implements Messenger {
  readonly account: Account;
  readonly conversations = new Source<{ state: 'loading' | 'ready'; items: readonly ConversationSummary[] }>({
    state: 'loading',
    items: [],
  });
  readonly connection: Source<ConnectionState>;
  readonly storage: AccountStore['failure'];
  readonly signedOut = new Source(false);
  readonly typists: Typists['typing'];
  readonly presence: PeopleOnScreen['presence'];
  readonly shared: AccountDocument;
  readonly deletions: UndoableDeletions;
  readonly push: DevicePush;
  readonly exports: LocalExports;
  readonly devices: DeviceSessions;
  readonly keys: ApiKeys;
  readonly files: Files;
  readonly uploads: Uploader['progress'];
  readonly trays: DeviceTrays;
  readonly groups: Groups;
  readonly pins: WaitingPins;
  readonly space: DeviceSpace;
  readonly profile: LocalProfile;
  readonly pictures: PictureCache;
  readonly #options: MessengerOptions;
  readonly #link: Connection;
  readonly #device: OwnDevice;
  readonly #list: ConversationList;
  readonly #background: Background;
  readonly #renewal: Renewal;
  readonly #search: DeviceSearch;
  readonly #people: PeopleOnScreen;
  readonly #looking: Looking;
  readonly #typists: Typists;
  readonly #open: OpenConversations;
  readonly #uploader: Uploader;
  readonly #invalidate: (() => void) & Disposable;
  readonly #stopListening: (() => void)[];
  /** As this person, whose session may turn out to be over. */
  readonly #request: Request = async <Value>(...what: Parameters<Request>) => {
    const answer = await this.#options.http.request<Value>(...what);
    if (!answer.ok && answer.failure.is === 'problem' && answer.failure.status === 401) this.sessionOver();
    return answer;
  };
  #wasConnected = false;
  #hasAskedToKeep = false;

  private constructor(options: MessengerOptions, device: OwnDevice) {
    const { environment, http } = options;
    const { clock, wake, random, locks, createBus, createSocket, storagePrefix, origin } = environment;
    this.#options = options;
    this.#device = device;
    this.account = options.account;
    const { me, store, tabs, outbox, unsent } = device;
    // What this account has on this device is kept under this name.
    const copies = `${storagePrefix}/${me}`;
    this.storage = store.failure;
    const socket = { url: `${origin.replace(/^http/, 'ws')}/sync`, createSocket, clock, wake, random };
    this.#link = locks
      ? new SharedConnection({
          ...{ ...socket, locks, createBus, name: copies },
          // A tab that died may have stored a text and told nobody.
          onLead: () => void device.outbox.load(),
        })
      : new SocketConnection(socket);
    this.#list = new ConversationList({
      me,
      store,
      tabs,
      http,
      clock,
      random,
      isHeld: (id) => outbox.holds(id) || unsent.of(id).length > 0,
    });
    this.#background = new Background({
      list: this.#list,
      outbox: device.outbox,
      clock,
      isOpen: (id) => this.#open.get(id) !== undefined,
      isAwaited: () => this.#open.isAwaited(),
      open: (id) => void this.#open.open(id),
    });
    const onSessionOver = () => this.sessionOver();
    const isOffline = () => this.connection.get().is === 'offline';
    this.shared = new AccountDocument({ device, connection: this.#link, random, onSessionOver });
    this.deletions = new UndoableDeletions({
      ...{ me, clock, notes: environment.notes, name: `${copies}/deleting` },
      objection: (deletion) => (this.#hasRoomFor(deletion) ? undefined : new TooManyHidden()),
      carryOut: async ({ conversation, ids, whom }) => {
        if (whom === 'me') return this.shared.hide(conversation, ids);
        const open = this.#open.open(conversation);
        for (const id of ids) await open.delete(id);
      },
      onChange: (id) => this.#open.get(id)?.goneChanged(),
    });
    this.#open = new OpenConversations({
      ...{ device, link: this.#link, list: this.#list, shared: this.shared, request: this.#request },
      ...{ random, isOffline, onSessionOver },
      goneIn: (id) => this.deletions.goneIn(id),
      onChange: (id) => {
        this.#invalidate();
        this.#typists.changed(id);
      },
    });
    this.connection = new Source<ConnectionState>(this.#connectionState());
    this.space = deviceSpace({ storage: environment.storage, cache: device.files, unsent });
    this.files = deviceFiles({ unsent, cache: device.files });
    this.#uploader = new Uploader({
      ...{ unsent, connection: this.connection, locks, name: copies, clock, random, onSessionOver },
      load: async () => (await import('../files/upload-file.ts')).uploadFile,
      send: (record) => this.#open.open(record.conversation).sendUploaded(record),
    });
    this.uploads = this.#uploader.progress;
    this.trays = device.trays;
    this.devices = deviceSessions(this.#request);
    this.keys = apiKeys(this.#request);
    this.groups = localGroups(this.#request, this.#list);
    this.pins = new WaitingPins({
      ...{ store, tabs, clock, random, locks, name: copies, request: this.#request },
      take: (conversation) => this.#list.take(conversation),
    });
    this.pictures = device.pictures;
    this.profile = new LocalProfile({
      ...{ account: options.account, remember: options.remember },
      ...{ request: this.#request, list: this.#list },
    });
    this.exports = new LocalExports({
      ...{ environment, isOffline, onSessionOver, account: copies },
      hiddenIn: (id) => this.shared.values.get().hidden.get(id) ?? NO_MESSAGES,
      summaryOf: (id) => this.conversations.get().items.find((item) => item.id === id),
    });
    this.#search = new DeviceSearch({ account: copies, createWorker: environment.createSearchWorker });
    this.#people = new PeopleOnScreen({ clock, send: (message) => this.#link.send(message) });
    this.presence = this.#people.presence;
    this.#looking = new Looking({ clock, send: (message) => this.#link.send(message) });
    this.#typists = new Typists({ clock, lastOf: (id) => this.#open.get(id)?.view.get().last?.message });
    this.typists = this.#typists.typing;
    this.push = new DevicePush({
      ...{ clock, createBus },
      browser: environment.pushBrowser,
      notes: environment.notes,
      name: copies,
      request: this.#request,
    });
    this.#renewal = new Renewal({ list: this.#list, renew: (id) => this.#open.open(id).renew() });
    this.#invalidate = coalesce(clock, () => this.#show());
    this.#stopListening = [
      environment.onHidden(() => void this.deletions.finish()),
      this.#link.onState(() => this.#linked()),
      this.#link.onControl((message) => void this.#heard(message)),
      this.#link.onStir((document) => this.#stirred(document)),
      this.#list.contents.subscribe(() => this.#listed()),
      this.shared.values.subscribe(() => this.#shared()),
      device.outbox.contents.subscribe(() => this.#waited()),
      // A failure is shown by the store, and the next change looks again.
      device.outbox.contents.subscribe(() => void unsent.decide().catch(() => undefined)),
      unsent.contents.subscribe(() => this.#waited()),
      this.pins.wishes.subscribe(() => this.#invalidate()),
      // The tab that has the store now sends what is in it.
      store.failure.subscribe(() => store.failure.get()?.reason === 'outdated' && this.#uploader[Symbol.dispose]()),
    ];
  }

  /** Reads what this device has of the account, then connects. */
  static async start(options: MessengerOptions): Promise<LocalMessenger> {
    const { environment, account } = options;
    const { storagePrefix: prefix, notes: stamps, clock } = environment;
    const store = await AccountStore.open({ prefix, user: account.id, stamps });
    const tabs = new Tabs(environment.createBus(`${prefix}/${account.id}`));
    const outbox = new Outbox({ store, tabs });
    const { caches, fetch, origin } = environment;
    const files = new FileCache({ name: `${prefix}/${account.id}/files`, caches, fetch, origin });
    const pictures = new PictureCache({ name: `${prefix}/${account.id}/pictures`, caches, fetch, origin });
    const unsent = new Unsent({ store, tabs, onArrived: (message, file, blob) => files.put(message, file, blob) });
    const trays = new DeviceTrays({ store, tabs, clock });
    const device = { me: account.id, store, outbox, tabs, clock, unsent, files, trays, pictures };
    const messenger = new LocalMessenger(options, device);
    await Promise.all([outbox.load(), unsent.load(), messenger.#list.load(), messenger.pins.load()]);
    // Nobody may see for a moment what they have deleted for themselves.
    await Promise.race([
      messenger.shared.loaded,
      new Promise<void>((resolve) => clock.after(SHARED_WITHIN_MS, resolve)),
    ]);
    void trays.load();
    void unsent.decide().catch(() => undefined);
    const first = environment.firstConversation();
    // Read while the screens are being made.
    if (first && messenger.#list.get(first)) messenger.#open.ask(first);
    messenger.#link.request();
    void messenger.push.refresh();
    void messenger.deletions.resume();
    return messenger;
  }

  open(id: ConversationId): Conversation {
    const clock = this.#device.clock;
    return openConversation(this.#open.ask(id), new TypingSignal({ clock, send: () => this.#sayTyping(id) }));
  }

  prepare(id: ConversationId): void {
    this.#open.open(id);
  }

  watch(people: readonly UserId[]): () => void {
    return this.#people.watch(people);
  }

  look(conversation: ConversationId | undefined): void {
    this.#looking.set(conversation);
    if (conversation) this.push.seen(conversation);
  }

  async createConversation(input: { title?: string; memberIds: readonly UserId[] }): Promise<Answer<ConversationId>> {
    const answer = await this.#request<ConversationShape>('POST', '/api/conversations', input);
    if (!answer.ok) return answer;
    await this.#list.take(answer.value);
    return { ok: true, value: answer.value.id as ConversationId };
  }

  async findPeople(query: string): ReturnType<Messenger['findPeople']> {
    const path = `/api/users?query=${encodeURIComponent(query)}`;
    const answer = await this.#request<{ items: FoundPerson[] }>('GET', path);
    return answer.ok ? { ok: true, value: answer.value.items } : answer;
  }

  search(query: string, conversation?: ConversationId): MessageSearch {
    return new RunningSearch(query, {
      conversation,
      device: this.#search,
      connection: this.connection,
      hidden: { has: (id, message) => this.#isHidden(id, message), subscribe: this.shared.values.subscribe },
      clock: this.#device.clock,
      ask: (path) => this.#request('GET', path),
    });
  }

  async leave(id: ConversationId, { erase }: { erase: boolean }): Promise<Answer<void>> {
    const { me, store, outbox, unsent } = this.#device;
    const path = `/api/conversations/${id}/members/${me}${erase ? '?erase=true' : ''}`;
    const answer = await this.#request<void>('DELETE', path);
    if (!answer.ok) return answer;
    await this.#list.refresh();
    this.shared.unhide(id, this.shared.values.get().hidden.get(id) ?? NO_MESSAGES);
    if (erase) {
      this.#open.close(id);
      // A failure is shown by the store.
      await store.forget(id).catch(() => undefined);
      await Promise.all([outbox.load(), unsent.load(), this.trays.load()]);
      await this.#list.refresh();
    }
    return answer;
  }

  async deleteAccount(options: { password: string; erase: boolean }): Promise<Answer<void>> {
    const answer = await this.#request<void>('DELETE', '/api/me', options);
    if (answer.ok) await this.signOut({ data: 'remove' });
    return answer;
  }

  async signOut({ data }: Parameters<Messenger['signOut']>[0]): Promise<void> {
    const { store, outbox, unsent, files, pictures } = this.#device;
    await this.deletions.finish();
    const { records, failed } = outbox.contents.get();
    const hasUnsent = records.length + failed.length + unsent.contents.get().length > 0 || this.trays.isAny();
    await this.push.signOut();
    this.#stop();
    if (data === 'keep' || (data === 'remove-if-sent' && hasUnsent)) store[Symbol.dispose]();
    else {
      const shared = this.#options.environment.caches?.delete(INBOX);
      await Promise.all([store.erase(), files.clear(), pictures.clear(), shared]);
    }
    await this.#options.onSignedOut();
  }

  /** The session is over; everything local stays as it is. */
  sessionOver(): void {
    if (this.signedOut.get()) return;
    this.signedOut.set(true);
    this.push.sessionOver();
    this.#link.stop();
  }

  /** The same person has signed in again. */
  resume(): void {
    this.signedOut.set(false);
    this.#link.request();
    void this.push.refresh();
  }

  [Symbol.dispose](): void {
    this.#stop();
    this.#device.store[Symbol.dispose]();
  }

  #stop(): void {
    for (const stop of this.#stopListening) stop();
    this.deletions[Symbol.dispose]();
    this.#uploader[Symbol.dispose]();
    this.#device.unsent[Symbol.dispose]();
    this.trays[Symbol.dispose]();
    this.pins[Symbol.dispose]();
    this.pictures[Symbol.dispose]();
    this.#background[Symbol.dispose]();
    this.#search[Symbol.dispose]();
    this.#invalidate[Symbol.dispose]();
    this.#people[Symbol.dispose]();
    this.#looking[Symbol.dispose]();
    this.#typists[Symbol.dispose]();
    this.#open[Symbol.dispose]();
    this.#list[Symbol.dispose]();
    this.shared[Symbol.dispose]();
    this.push[Symbol.dispose]();
    this.#link[Symbol.dispose]();
    this.#device.outbox[Symbol.dispose]();
    this.#device.tabs[Symbol.dispose]();
  }

  #hasRoomFor({ ids, whom }: Deletion): boolean {
    return whom === 'everyone' || countHidden(this.shared.values.get().hidden) + ids.length <= MAX_HIDDEN;
  }

  #isHidden(conversation: ConversationId, message: MessageId): boolean {
    const { hidden, markers } = this.deletions.goneIn(conversation);
    const isHidden = hidden.has(message) || this.shared.values.get().hidden.get(conversation)?.has(message);
    return isHidden || markers.some(({ del }) => del === message);
  }

  /** What this person's devices share has changed. */
  #shared(): void {
    this.#open.readElsewhere();
    this.#invalidate();
  }

  #linked(): void {
    const { state } = this.#link;
    if (state.is === 'stopped' && state.code === CLOSE.signIn) this.sessionOver();
    this.#people.linked(state.is === 'open' ? 'open' : 'lost');
    this.#looking.linked(state.is === 'open' ? 'open' : 'lost');
    if (state.is !== 'open') this.#typists.clear();
    const isConnected = state.is === 'open' && state.isProven;
    if (isConnected && !this.#wasConnected) {
      void this.pins.send();
      this.pictures.retry();
      void this.#list.refresh().then(() => this.#wear());
    }
    this.#wasConnected = isConnected;
    this.#showConnection();
  }

  async #heard(message: ServerControl): Promise<void> {
    if (message.t === 'presence') return this.#people.heard(message);
    if (message.t === 'typing')
      return this.#typists.heard(message.conversation as ConversationId, message.user as UserId);
    if (message.t === 'missed') return void this.#list.refresh();
    if (message.t === 'changed') return this.#list.renew(message.conversation as ConversationId);
    if (message.t === 'person') return this.#learn(message);
    if (message.t !== 'head') return;
    if (message.preview) this.#typists.wrote(message.conversation as ConversationId, message.from as UserId);
    if (await this.#list.heard(message)) this.#open.open(message.conversation as ConversationId);
    else await this.#list.refresh();
  }

  /** Somebody, or this person, is called so now. */
  async #learn(person: ServerControl & { t: 'person' }): Promise<void> {
    if (person.id === this.account.id) this.profile.learn(person);
    await this.#list.learn(person);
    this.#wear();
  }

  /** Pictures that nobody wears any more leave this device. */
  #wear(): void {
    const worn = wornPictures(this.#list.contents.get().records.values());
    const { picture } = this.profile.own.get();
    if (picture !== undefined) worn.add(picture);
    void this.pictures.keepOnly(worn);
  }

  /** A conversation that another tab has open is lively, and this tab hears of it only by having it open too. */
  #stirred(document: string): void {
    const id = parseDocumentId(document)?.conversation;
    if (id && this.#list.get(id)) this.#open.open(id);
  }

  #sayTyping(conversation: ConversationId): void {
    // The server tells nobody in larger groups.
    const members = this.#list.get(conversation)?.item.members.length ?? 0;
    if (members <= MAX_TYPING_MEMBERS) this.#link.send({ t: 'typing', conversation });
  }

  /** The list changed: newer epochs, other members, conversations to open. */
  #listed(): void {
    this.#open.listed();
    this.#background.open();
    void this.#renewal.begin();
    this.#invalidate();
  }

  /** What waits in the outbox is sent from the background too, whatever conversation it is in. */
  #waited(): void {
    const { outbox, unsent } = this.#device;
    const isWaiting = outbox.contents.get().records.length + unsent.contents.get().length > 0;
    if (isWaiting && !this.#hasAskedToKeep) {
      this.#hasAskedToKeep = true;
      // Refused: the store works the same, it may only be evicted earlier.
      void this.space.persist();
      this.push.offer();
    }
    this.#background.open();
    this.#showConnection();
  }

  #show(): void {
    const { isKnown, records } = this.#list.contents.get();
    const before = this.conversations.get();
    const items = summarizeAll({
      records: records.values(),
      viewOf: (id) => this.#open.get(id)?.view.get(),
      preferencesOf: (id) => this.shared.values.get().conversations.get(id),
      isHidden: (id, message) => this.#isHidden(id, message),
      wishes: this.pins.wishes.get(),
      me: this.#device.me,
      former: before.items,
    });
    const state = isKnown ? 'ready' : 'loading';
    if (items !== before.items || state !== before.state) this.conversations.set({ state, items });
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
    this.#open.refresh();
  }

  /** Messages that wait for a network to send their files; while they go they show it themselves. */
  #waitingFiles(): number {
    return this.#device.unsent.contents.get().filter(({ failure, sent }) => !failure && !sent).length;
  }

  #connectionState(): ConnectionState {
    return connectionState({
      link: this.#link.state,
      isOnline: this.#options.environment.wake.isOnline(),
      waiting:
        this.#device.outbox.contents.get().records.length + (this.#link.state.is === 'open' ? 0 : this.#waitingFiles()),
      unsynced: this.#open.unsynced,
    });
  }
}
