/**
 * The signed-in app: joins the parts of an account (its connection, its store, the list, the open conversations), tells each what it
 * needs to hear of the others, and offers them to the screens. It decides nothing about messages.
 */

import { CLOSE } from '../../schema/close-codes.ts';
import type { Conversation as ConversationShape } from '../../schema/http/conversations.ts';
import { type ConversationId, parseDocumentId, type UserId } from '../../schema/ids.ts';
import type { Connection } from '../connection/connection.ts';
import { openConnection } from '../connection/open-connection.ts';
import type { Files } from '../conversation/attachments.ts';
import type {
  Account,
  Answer,
  ApiKeys,
  Conversation,
  DeviceSessions,
  DeviceSpace,
  Groups,
  MessageSearch,
  Messenger,
} from '../conversation/conversation.ts';
import { openConversation } from '../conversation/open-conversation.ts';
import type { OwnProfile } from '../conversation/profile.ts';
import { LocalExports } from '../export/exports.ts';
import { deviceFiles } from '../files/device-files.ts';
import { Uploader } from '../files/uploader.ts';
import { DevicePush } from '../push/device-push.ts';
import { DeviceSearch } from '../search/device-search.ts';
import { AccountDocument } from './account-document.ts';
import { apiKeys } from './api-keys.ts';
import { ConversationList } from './conversation-list.ts';
import { deviceSessions } from './device-sessions.ts';
import { deviceSpace } from './device-space.ts';
import type { Environment } from './environment.ts';
import { GoneMessages } from './gone-messages.ts';
import { localGroups } from './groups.ts';
import type { Http } from './http.ts';
import { RunningSearch } from './message-search.ts';
import { OpenConversations } from './open-conversations.ts';
import { OwnDevice } from './own-device.ts';
import { LocalProfile } from './own-profile.ts';
import { People } from './people.ts';
import { WaitingPins } from './pins.ts';
import { Session } from './session.ts';
import { ShownConnection } from './shown-connection.ts';
import { ShownConversations } from './shown-conversations.ts';
import { Signals } from './signals.ts';

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

export class LocalMessenger implements Messenger {
  readonly account: Account;
  readonly conversations: ShownConversations['contents'];
  readonly connection: ShownConnection['state'];
  readonly storage: OwnDevice['store']['failure'];
  readonly signedOut: Session['isOver'];
  readonly typists: Signals['typing'];
  readonly presence: Signals['presence'];
  readonly shared: AccountDocument;
  readonly deletions: GoneMessages['deletions'];
  readonly push: DevicePush;
  readonly exports: LocalExports;
  readonly devices: DeviceSessions;
  readonly keys: ApiKeys;
  readonly files: Files;
  readonly uploads: Uploader['progress'];
  readonly trays: OwnDevice['trays'];
  readonly groups: Groups;
  readonly pins: WaitingPins;
  readonly space: DeviceSpace;
  readonly profile: LocalProfile;
  readonly pictures: OwnDevice['pictures'];
  readonly #options: MessengerOptions;
  readonly #session: Session;
  readonly #device: OwnDevice;
  readonly #link: Connection;
  readonly #list: ConversationList;
  readonly #gone: GoneMessages;
  readonly #open: OpenConversations;
  readonly #shownConnection: ShownConnection;
  readonly #shown: ShownConversations;
  readonly #signals: Signals;
  readonly #people: People;
  readonly #search: DeviceSearch;
  readonly #uploader: Uploader;
  readonly #stopListening: (() => void)[];
  #wasConnected = false;
  #hasAskedToKeep = false;

  private constructor(options: MessengerOptions, device: OwnDevice) {
    const { account, remember, environment, http } = options;
    const { clock, wake, random, locks, notes, createBus, createSocket, origin, pushBrowser } = environment;
    const { me, name, store, tabs, unsent, pictures } = device;
    this.#options = options;
    this.account = account;
    this.#device = device;
    this.storage = store.failure;
    this.trays = device.trays;
    this.pictures = pictures;
    this.space = deviceSpace({ storage: environment.storage, cache: device.files, unsent });
    this.files = deviceFiles({ unsent, cache: device.files });

    const session = new Session({ http, onOver: () => this.#disconnect() });
    this.#session = session;
    this.signedOut = session.isOver;
    const { request, over: onSessionOver } = session;
    const isOffline = () => this.#shownConnection.isOffline();

    const link = openConnection({
      ...{ url: `${origin.replace(/^http/, 'ws')}/sync`, createSocket, clock, wake, random },
      ...{ locks, createBus, name },
      // A tab that died may have stored a text and told nobody.
      onLead: () => void device.outbox.load(),
    });
    this.#link = link;
    const list = new ConversationList({
      ...{ me, store, tabs, http, clock, random },
      isHeld: (id) => device.holds(id),
    });
    this.#list = list;
    const shared = new AccountDocument({ device, connection: link, random, onSessionOver });
    this.shared = shared;
    const gone = new GoneMessages({
      ...{ me, clock, notes, name, shared },
      erase: async (id, messages) => {
        const { writing } = open.open(id);
        for (const message of messages) await writing.delete(message);
      },
      onChange: (id) => open.get(id)?.goneChanged(),
    });
    this.#gone = gone;
    this.deletions = gone.deletions;
    const open = new OpenConversations({
      ...{ device, link, list, shared, gone, request, random, isOffline, onSessionOver },
      onChange: (id) => {
        this.#shown.changed();
        this.#signals.changed(id);
      },
    });
    this.#open = open;
    this.pins = new WaitingPins({
      ...{ store, tabs, clock, random, locks, name, request },
      take: (conversation) => list.take(conversation),
    });
    this.profile = new LocalProfile({
      ...{ account, remember, request, list, pictures },
      ...{ store, tabs, clock, random, locks, name },
    });

    this.#shownConnection = new ShownConnection({ link, wake, device, list, open });
    this.connection = this.#shownConnection.state;
    this.#shown = new ShownConversations({
      ...{ device, list, open, shared, gone, pins: this.pins, profile: this.profile },
      onShow: () => this.#shownConnection.changed(),
    });
    this.conversations = this.#shown.contents;
    this.#signals = new Signals({ clock, link, list, open, onPerson: (person) => void this.#people.learn(person) });
    this.typists = this.#signals.typing;
    this.presence = this.#signals.presence;

    this.#uploader = new Uploader({
      ...{ unsent, connection: this.connection, locks, name, clock, random, onSessionOver },
      load: async () => (await import('../files/upload-file.ts')).uploadFile,
      send: (record) => open.open(record.conversation).writing.sendUploaded(record),
    });
    this.uploads = this.#uploader.progress;
    this.devices = deviceSessions(request);
    this.keys = apiKeys(request);
    this.groups = localGroups(request, list);
    this.#people = new People({ me, request, list, pictures, profile: this.profile });
    this.exports = new LocalExports({
      ...{ environment, isOffline, onSessionOver, account: name },
      hiddenIn: (id) => gone.hiddenIn(id),
      summaryOf: (id) => this.#shown.find(id),
    });
    this.#search = new DeviceSearch({ account: name, createWorker: environment.createSearchWorker });
    this.push = new DevicePush({ clock, createBus, notes, name, request, browser: pushBrowser });

    this.#stopListening = [
      environment.onHidden(() => void this.deletions.finish()),
      link.onState(() => this.#linked()),
      link.onControl((message) => void this.#signals.heard(message)),
      link.onStir((document) => this.#stirred(document)),
      list.contents.subscribe(() => this.#listed()),
      shared.values.subscribe(() => this.#sharedElsewhere()),
      device.outbox.contents.subscribe(() => this.#waited()),
      unsent.contents.subscribe(() => this.#waited()),
      this.pins.wishes.subscribe(() => this.#shown.changed()),
      this.profile.own.subscribe(() => this.#shown.changed()),
      // The tab that has the store now sends what is in it.
      store.failure.subscribe(() => store.failure.get()?.reason === 'outdated' && this.#uploader[Symbol.dispose]()),
    ];
  }

  /** Reads what this device has of the account, then connects. */
  static async start(options: MessengerOptions): Promise<LocalMessenger> {
    const { environment, account } = options;
    const device = await OwnDevice.open({ me: account.id, environment });
    const messenger = new LocalMessenger(options, device);
    const { pins, profile } = messenger;
    await Promise.all([device.load(), pins.load(), profile.load(), messenger.#list.load()]);
    // Nobody may see for a moment what they have deleted for themselves.
    await Promise.race([
      messenger.shared.loaded,
      new Promise<void>((resolve) => environment.clock.after(SHARED_WITHIN_MS, resolve)),
    ]);
    void device.trays.load();
    device.decide();
    const first = environment.firstConversation();
    // Read while the screens are being made.
    if (first && messenger.#list.get(first)) messenger.#open.ask(first);
    messenger.#link.request();
    void messenger.push.refresh();
    void messenger.deletions.resume();
    return messenger;
  }

  open(id: ConversationId): Conversation {
    return openConversation(this.#open.ask(id), this.#signals.typingIn(id));
  }

  prepare(id: ConversationId): void {
    this.#open.open(id);
  }

  watch(people: readonly UserId[]): () => void {
    return this.#signals.watch(people);
  }

  look(conversation: ConversationId | undefined): void {
    this.#signals.look(conversation);
    if (conversation) this.push.seen(conversation);
  }

  async createConversation(input: { title?: string; memberIds: readonly UserId[] }): Promise<Answer<ConversationId>> {
    const answer = await this.#session.request<ConversationShape>('POST', '/api/conversations', input);
    if (!answer.ok) return answer;
    await this.#list.take(answer.value);
    return { ok: true, value: answer.value.id as ConversationId };
  }

  findPeople(query: string): ReturnType<Messenger['findPeople']> {
    return this.#people.find(query);
  }

  search(query: string, conversation?: ConversationId): MessageSearch {
    return new RunningSearch(query, {
      ...{ conversation, device: this.#search, connection: this.connection, hidden: this.#gone },
      clock: this.#device.clock,
      ask: (path) => this.#session.request('GET', path),
    });
  }

  async leave(id: ConversationId, { erase }: { erase: boolean }): Promise<Answer<void>> {
    const path = `/api/conversations/${id}/members/${this.#device.me}${erase ? '?erase=true' : ''}`;
    const answer = await this.#session.request<void>('DELETE', path);
    if (!answer.ok) return answer;
    await this.#list.refresh();
    this.#gone.forget(id);
    if (erase) {
      this.#open.close(id);
      await this.#device.forget(id);
      await this.#list.refresh();
    }
    return answer;
  }

  async deleteAccount(options: { password: string; erase: boolean }): Promise<Answer<void>> {
    const answer = await this.#session.request<void>('DELETE', '/api/me', options);
    if (answer.ok) await this.signOut({ data: 'remove' });
    return answer;
  }

  async signOut({ data }: Parameters<Messenger['signOut']>[0]): Promise<void> {
    await this.deletions.finish();
    const isUntold = this.pins.wishes.get().length + this.profile.untold.get().waiting.length > 0;
    const isKept = data === 'keep' || (data === 'remove-if-sent' && (isUntold || this.#device.hasUnsent()));
    await this.push.signOut();
    this.#stop();
    if (isKept) this.#device[Symbol.dispose]();
    else await this.#device.erase();
    await this.#options.onSignedOut();
  }

  /** The session is over; everything local stays as it is. */
  sessionOver(): void {
    this.#session.over();
  }

  /** The same person has signed in again. */
  resume(): void {
    this.#session.resume();
    this.#link.request();
    void this.push.refresh();
  }

  [Symbol.dispose](): void {
    this.#stop();
    this.#device[Symbol.dispose]();
  }

  /** Everything but the device, which either stays or is erased. */
  #stop(): void {
    for (const stop of this.#stopListening) stop();
    this.#gone[Symbol.dispose]();
    this.#uploader[Symbol.dispose]();
    this.pins[Symbol.dispose]();
    this.profile[Symbol.dispose]();
    this.#search[Symbol.dispose]();
    this.#shown[Symbol.dispose]();
    this.#signals[Symbol.dispose]();
    this.#open[Symbol.dispose]();
    this.#list[Symbol.dispose]();
    this.shared[Symbol.dispose]();
    this.push[Symbol.dispose]();
    this.#link[Symbol.dispose]();
  }

  #disconnect(): void {
    this.push.sessionOver();
    this.#link.stop();
  }

  #linked(): void {
    const { state } = this.#link;
    if (state.is === 'stopped' && state.code === CLOSE.signIn) this.#session.over();
    this.#signals.linked(state.is === 'open' ? 'open' : 'lost');
    const isConnected = state.is === 'open' && state.isProven;
    if (isConnected && !this.#wasConnected) {
      void this.pins.send();
      void this.profile.send();
      this.pictures.retry();
      void this.#list.refresh().then(() => {
        this.#people.dropPictures();
        return this.profile.compare(this.#list.contents.get().records.values());
      });
    }
    this.#wasConnected = isConnected;
    this.#shownConnection.changed();
  }

  /** A conversation that another tab has open is lively, and this tab hears of it only by having it open too. */
  #stirred(document: string): void {
    const id = parseDocumentId(document)?.conversation;
    if (id && this.#list.get(id)) this.#open.open(id);
  }

  #listed(): void {
    this.#open.listed();
    this.#shown.changed();
  }

  /** What this person's devices share has changed. */
  #sharedElsewhere(): void {
    this.#open.readElsewhere();
    this.#shown.changed();
  }

  /** What waits to be sent has changed. */
  #waited(): void {
    if (this.#device.isWaiting() && !this.#hasAskedToKeep) {
      this.#hasAskedToKeep = true;
      // Refused: the store works the same, it may only be evicted earlier.
      void this.space.persist();
      this.push.offer();
    }
    this.#open.waited();
    this.#shownConnection.changed();
  }
}
