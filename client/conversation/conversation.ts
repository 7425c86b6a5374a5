/**
 * What the user interface sees of a conversation, a session and the list: plain immutable values and intentions. Nothing
 * here names Yjs, IndexedDB or sockets; `open-conversation.ts` and its neighbours implement it.
 */
import {
  type ConversationPreferences,
  type DraftValue,
  type LanguageChoice,
  OPEN_PRIVACY,
  OPEN_PUSH,
  type PrivacySettings,
  type PushSettings,
  type QuietHours,
  type Theme,
} from '../../schema/document/account.ts';
import type { Message } from '../../schema/document/message.ts';
import type { ReactionCount } from '../../schema/document/reactions.ts';
import type { Role } from '../../schema/http/conversations.ts';
import type { CreateInvite, Invitation, Invite } from '../../schema/http/invites.ts';
import type { ApiKey, CreateApiKey } from '../../schema/http/keys.ts';
import type { FoundMessage } from '../../schema/http/search.ts';
import type { DeviceSession } from '../../schema/http/sessions.ts';
import type { ConversationId, MessageId, UserId } from '../../schema/ids.ts';
import type { RefusalKind } from '../../schema/refusals.ts';
import type { Files, OutgoingFile, Tray, TrayFile, UnsentMessage } from './attachments.ts';
import type { Deletion, DeletionState } from './deletions.ts';
import type { FoundPerson, OwnProfile, ProfileChange, UntoldProfile } from './profile.ts';

/** A value that changes over time, for `useSyncExternalStore`: `get` answers the same object until it changes. */
export interface Observed<Value> {
  get(): Value;
  subscribe(listener: () => void): () => void;
}

/** How far one's own message has come; never goes backwards. `failed` only when the server refused it. */
export type Delivery = 'sending' | 'sent' | 'delivered' | 'read' | 'failed';

/**
 * The message that another one replies to, as it is now; `looking`: not known yet; `absent`: neither on this device nor to be
 * had without a network; `unknown`: not in this conversation; `hidden`: deleted by this person for themself.
 */
export type Quoted = Message | 'looking' | 'absent' | 'unknown' | 'hidden';

export interface TimelineRow {
  readonly message: Message;
  /** Replies only. */
  readonly quoted?: Quoted;
  /** None is absent. */
  readonly reactions?: readonly ReactionCount[];
  /** Where in the chain it stands: rows of one epoch come and go together. */
  readonly epoch: number;
  readonly own: boolean;
  /** Own messages only. */
  readonly delivery?: Delivery;
  /** An own edit or deletion of this row waits for the server. */
  readonly pending: boolean;
}

/** A text the server refused (a message or an edit), kept on this device until the person decides. */
export interface FailedText {
  /** Names it on this device; for a refused message the id it had. */
  readonly key: string;
  readonly text: string;
  readonly at: number;
  readonly kind: RefusalKind | 'rejected';
  readonly re?: MessageId;
  /** Set when this was an edit of a message. */
  readonly edit?: MessageId;
}

/** What lies beyond an end of the rows; `absent`: more, but neither on this device nor to be had without a network. */
export type Edge = 'none' | 'more' | 'loading' | 'absent';

export interface Timeline {
  /** `loading` until the local store was read; `absent` when this device has nothing and is offline. */
  readonly state: 'loading' | 'absent' | 'ready';
  /** A contiguous part of the conversation, normally its end. */
  readonly rows: readonly TimelineRow[];
  readonly older: Edge;
  /** Other than `none`: the rows do not reach the latest message. */
  readonly newer: Edge;
  /** Messages that wait for their files, after the rows, oldest first; those that failed are among them. */
  readonly unsent?: readonly UnsentMessage[];
  /** Shown after the rows, oldest first. */
  readonly failed: readonly FailedText[];
  /** The first message not yet read when the conversation was opened. */
  readonly firstUnread?: MessageId;
  readonly unread: number;
}

/** `date` is in ms since 1970, `epoch` where a message is known to stand. */
export type JumpTarget =
  | 'latest'
  | 'first-unread'
  | { readonly message: MessageId; readonly epoch?: number }
  | { readonly date: number };

/** The row to show, none in an empty conversation; or why there is nothing to show. */
export type Jumped =
  | { readonly ok: true; readonly row?: MessageId }
  | { readonly ok: false; readonly why: 'unknown' | 'offline' };

export interface Conversation extends Disposable {
  readonly id: ConversationId;
  readonly timeline: Observed<Timeline>;
  /** Resolves when the message is in this browser's durable store: only then may the composer clear. Rejects with a `StorageFailure`. */
  send(text: string, re?: MessageId): Promise<void>;
  /** The same for a message with files: text, files and all are in the durable store when it resolves. */
  sendFiles(text: string, files: readonly OutgoingFile[], re?: MessageId): Promise<void>;
  /** Tries the files of an unsent message once more, or deletes it. */
  retryFiles(key: string): Promise<void>;
  discardFiles(key: string): Promise<void>;
  edit(id: MessageId, text: string): Promise<void>;
  delete(id: MessageId): Promise<void>;
  /** Gives the message this emoji, or takes it back. */
  react(id: MessageId, emoji: string): Promise<void>;
  retry(key: string, text?: string): Promise<void>;
  discard(key: string): Promise<void>;
  /** The rows are on screen, the tab visible and focused: they count as read. */
  shown(ids: readonly MessageId[]): void;
  /** Who has read an own message, for "Read by 3 of 5". */
  readBy(id: MessageId): readonly UserId[];
  /** Adds what comes before (after) the rows and resolves when it is there, or known not to be. Far rows may go at the other end. */
  loadOlder(): Promise<void>;
  loadNewer(): Promise<void>;
  /** A message of this conversation, shown or not. */
  lookUp(id: MessageId): Promise<Quoted>;
  /** Brings the target into the rows: a message, the first at or after a date (else the last), the end, or the first unread. */
  jump(target: JumpTarget): Promise<Jumped>;
  /** Lets the others see that somebody writes: `on` with every change of the text, `off` when it was sent, cleared or left. */
  typing(state: 'on' | 'off'): void;
}

/** What was chosen for messages and not sent yet: it stays on this device until it is sent or taken out. */
export interface Trays {
  of(conversation: ConversationId): Observed<Tray>;
  isAny(): boolean;
  add(conversation: ConversationId, files: readonly OutgoingFile[]): Promise<void>;
  /** They are sent, or not wanted any more. Rejects with a `StorageFailure`: they are back after a reload. */
  remove(conversation: ConversationId, files: readonly TrayFile[]): Promise<void>;
}

/** Of people about whom something is known and may be told. */
export interface Presence {
  readonly online: boolean;
  /** ms since 1970 */
  readonly lastSeen: number;
}

/** A message that is held up for all members. */
export interface PinnedMessage {
  readonly message: MessageId;
  /** Who pinned it. */
  readonly by: UserId;
}

/** A line of the conversation list; known offline too. */
export interface ConversationSummary {
  readonly id: ConversationId;
  readonly kind: 'direct' | 'group';
  /** The group's title, or the other person's name. */
  readonly title: string;
  /** What the group is for. */
  readonly description?: string;
  /** The id of the group's, or of the other person's. */
  readonly picture?: string;
  readonly members: readonly {
    readonly id: UserId;
    readonly name: string;
    readonly status?: string | undefined;
    readonly picture?: string | undefined;
    readonly role: Role;
    readonly isDeleted?: true | undefined;
    readonly isDeactivated?: true | undefined;
  }[];
  readonly unread: number;
  /** An unread message that is on this device names this person. */
  readonly isMentioned?: boolean;
  /** The other person's account was deleted: it can be read and not be written in. */
  readonly isOver?: boolean;
  /** Stands before all others. */
  readonly isPinned?: boolean;
  readonly isMuted?: boolean;
  readonly isArchived?: boolean;
  /** Its owner wants to come back to it; until it is opened. */
  readonly isMarkedUnread?: boolean;
  /** The newest first, also what waits to be pinned; absent: none. */
  readonly pins?: readonly PinnedMessage[];
  readonly last?: {
    readonly id?: MessageId;
    readonly from: UserId;
    readonly at: number;
    /** null: deleted */
    readonly text: string | null;
    readonly delivery?: Delivery;
  };
}

export type ConnectionState =
  | { readonly is: 'connected' }
  | { readonly is: 'connecting'; readonly since: number }
  | { readonly is: 'offline'; readonly since: number; readonly waiting: number }
  | { readonly is: 'syncing'; readonly waiting: number };

/** Why something could not be kept on this device. */
export class StorageFailure extends Error {
  /** `outdated`: a newer version of the app has the store; whoever loads the page again has it, too. */
  readonly reason: 'quota' | 'blocked' | 'outdated' | 'unavailable' | 'wiped' | 'unknown';
  constructor(reason: StorageFailure['reason'], options?: ErrorOptions) {
    super(`This device cannot store messages: ${reason}`, options);
    this.name = 'StorageFailure';
    this.reason = reason;
  }
}

export interface Account {
  readonly id: UserId;
  readonly name: string;
  readonly email: string;
}

/** A failed request: `problem` for what the server said, `network` when it could not be reached. */
export type RequestFailure =
  | { readonly is: 'network' }
  | { readonly is: 'problem'; readonly status: number; readonly detail: string };
export type Answer<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failure: RequestFailure };

/** A search under way; dispose of it when another one begins. */
export interface MessageSearch extends Disposable {
  readonly state: Observed<SearchState>;
  /** Asks the server for further matches. */
  more(): void;
  /** Asks the server once more after it failed. */
  retry(): void;
}

export interface SearchState {
  /** Newest first. */
  readonly items: readonly FoundMessage[];
  readonly device: 'searching' | 'done';
  readonly server: 'searching' | 'done' | 'offline' | 'failed';
  /** The server has further matches. */
  readonly hasMore: boolean;
}

export type ExportFormat = 'html' | 'ndjson' | 'json' | 'yjs';

/** A file under way; dispose of it to give it up. */
export interface Export extends Disposable {
  readonly state: Observed<ExportState>;
}

/** `messages` of `of` have come; `covers`: everything the server has, or what is on this device. */
export type ExportState =
  | { readonly is: 'running'; readonly bytes: number; readonly messages?: number; readonly of?: number }
  | { readonly is: 'done'; readonly file: Blob; readonly name: string; readonly covers: 'all' | 'device' }
  | { readonly is: 'failed'; readonly failure: RequestFailure };

/** Messages that this person wants to find again, with when they were starred, in ms since 1970. */
export type Stars = ReadonlyMap<ConversationId, ReadonlyMap<MessageId, number>>;

/** What this person's devices share with each other, known offline too. Absent values are the defaults. */
export interface SharedValues {
  /** This device has had all of it once: what is not in it was deleted, and is not merely unknown here. */
  readonly isComplete: boolean;
  readonly theme: Theme;
  readonly language: LanguageChoice;
  readonly privacy: PrivacySettings;
  readonly notices: PushSettings;
  readonly drafts: ReadonlyMap<string, DraftValue>;
  readonly conversations: ReadonlyMap<string, ConversationPreferences>;
  readonly stars: Stars;
  /** What this person has deleted for themself. */
  readonly hidden: ReadonlyMap<ConversationId, ReadonlySet<MessageId>>;
}

/** What is so before anything was read. */
export const NOTHING_SHARED: SharedValues = {
  isComplete: false,
  theme: 'system',
  language: 'system',
  privacy: OPEN_PRIVACY,
  notices: OPEN_PUSH,
  drafts: new Map(),
  conversations: new Map(),
  stars: new Map(),
  hidden: new Map(),
};

export interface SharedAccount {
  readonly values: Observed<SharedValues>;
  setTheme(theme: Theme): void;
  setLanguage(language: LanguageChoice): void;
  setPrivacy(change: Partial<PrivacySettings>): void;
  setPreview(isOn: boolean): void;
  /** Undefined: never quiet. */
  setQuiet(hours: QuietHours | undefined): void;
  /** Undefined when there is none any more. True once this device has stored it; a draft too large to be shared stays where it was typed. */
  setDraft(conversation: ConversationId, draft: DraftValue | undefined): Promise<boolean>;
  star(conversation: ConversationId, message: MessageId, isStarred: boolean): void;
  keep(conversation: ConversationId, change: { [Key in 'pinned' | 'muted' | 'archived' | 'unread']?: boolean }): void;
}

/** Deletions are asked for, gone from view at once, and done a few seconds later unless undone. */
export interface Deletions {
  /** The latest one, while there is something to say of it. */
  readonly state: Observed<DeletionState | undefined>;
  /** The messages are gone from view; the deletion before it is done now. */
  begin(deletion: Deletion): void;
  /** It never was. */
  undo(): void;
  /** Does it now. Resolves when it is in this browser's durable store. */
  finish(): Promise<void>;
  /** Somebody is about to decide: no time passes until `release`. */
  hold(): void;
  release(): void;
}

export type PushStatus = 'checking' | 'unsupported' | 'server-off' | 'ios-not-installed' | 'blocked' | 'off' | 'on';

export interface PushView {
  readonly is: PushStatus;
  /** It is off, something was sent from here, and the person has not said "not now". */
  readonly isOffered: boolean;
}

/** Whether this device is told of messages while the app is closed. */
export interface PushSwitch {
  readonly view: Observed<PushView>;
  /** Somebody wants to know: `checking` turns into what the server says. */
  look(): void;
  /** To be called while a click is handled, as the browser asks the person. */
  turnOn(): Promise<'on' | 'denied' | 'failed'>;
  turnOff(): Promise<void>;
  /** Never offered on this device again. */
  decline(): void;
}

/** The signed-in app. One per page. */
export interface Exports {
  /** `html` and `ndjson` are written from this device when the server is away; `note` is said on the page then. */
  ofConversation(id: ConversationId, format: ExportFormat, note: string): Export;
  /** Everything of the account, as one archive. */
  ofAccount(): Export;
}

/** Where this person is signed in. */
export interface DeviceSessions {
  /** This device first. */
  list(): Promise<Answer<readonly DeviceSession[]>>;
  signOut(id: string): Promise<Answer<void>>;
  signOutOthers(): Promise<Answer<void>>;
}

/** Bytes on this device, of this account unless said otherwise. */
export interface SpaceUse {
  readonly messages: number;
  /** Kept to be shown without a network; the server has them too. */
  readonly files: number;
  /** Files that wait to be sent. */
  readonly unsent: number;
  /** The app itself, and what other accounts have here. */
  readonly rest: number;
  /** How much there may be. */
  readonly available: number;
  /** The browser does not remove it by itself. */
  readonly isPersisted: boolean;
}

export interface DeviceSpace {
  /** Undefined where the browser does not say. */
  measure(): Promise<SpaceUse | undefined>;
  /** Asks the browser never to remove it by itself: whether it agrees. */
  persist(): Promise<boolean>;
  /** Removes kept files, and nothing that the server has not. */
  clearFiles(): Promise<void>;
}

/** Keys by which programs act as this person. */
export interface ApiKeys {
  /** The newest first, also those that have expired. */
  list(): Promise<Answer<readonly ApiKey[]>>;
  /** `key` is answered this once. */
  create(input: CreateApiKey): Promise<Answer<ApiKey & { readonly key: string }>>;
  revoke(id: string): Promise<Answer<void>>;
}

/** What people do with a group beside writing in it. Only the server knows who may, so all of it needs the network. */
export interface Groups {
  /** `description` null: none any more. */
  change(id: ConversationId, change: { title?: string; description?: string | null }): Promise<Answer<void>>;
  /** Adds a member, or changes the role of one. */
  put(id: ConversationId, person: UserId, role: Role): Promise<Answer<void>>;
  remove(id: ConversationId, person: UserId): Promise<Answer<void>>;
  /** Links that let others in, the newest first. */
  invites(id: ConversationId): Promise<Answer<readonly Invite[]>>;
  invite(id: ConversationId, wanted: CreateInvite): Promise<Answer<Invite>>;
  withdraw(id: ConversationId, invite: string): Promise<Answer<void>>;
  /** Null: none any more. */
  setPicture(id: ConversationId, picture: Blob | null): Promise<Answer<void>>;
  /** Where a link leads that this person was given. */
  look(token: string): Promise<Answer<Invitation>>;
  join(token: string): Promise<Answer<ConversationId>>;
}

/** A message that was not pinned or unpinned: there are too many, one may not (any more), it is gone, or the server did not say why. */
export interface RefusedPin {
  readonly conversation: ConversationId;
  readonly message: MessageId;
  readonly reason: 'full' | 'role' | 'gone' | 'rejected';
}

/** Messages that are held up for all members of a conversation. */
export interface Pins {
  /** What waits to be told to the server. */
  readonly wishes: Observed<readonly unknown[]>;
  /** What the server refused, until the person has seen it. */
  readonly refused: Observed<readonly RefusedPin[]>;
  /** Resolves when this device will not forget it; it is told to the server when there is a network. Rejects with a `StorageFailure`. */
  set(conversation: ConversationId, message: MessageId, isPinned: boolean): Promise<void>;
  /** The person has seen it. */
  dismiss(refused: RefusedPin): Promise<void>;
}

/** What this person is to others. Changes show at once; the server, and with it everybody else, hears of them when there is a network. */
export interface Profile {
  /** As this person wants it. */
  readonly own: Observed<OwnProfile>;
  readonly untold: Observed<UntoldProfile>;
  /** Null: none any more. Resolves when this device will not forget it. Rejects with a `StorageFailure`. */
  change(change: ProfileChange): Promise<void>;
  /** The person has seen what was refused. */
  dismiss(): Promise<void>;
}

/** Pictures by id, each asked for once and kept on this device. */
export interface Pictures {
  /** An address to show it from; undefined while it is not here. */
  of(picture: string): Observed<string | undefined>;
}

export interface Messenger extends Disposable {
  readonly account: Account;
  readonly conversations: Observed<{
    readonly state: 'loading' | 'ready';
    readonly items: readonly ConversationSummary[];
  }>;
  readonly connection: Observed<ConnectionState>;
  /** Undefined while this device stores everything. */
  readonly storage: Observed<StorageFailure | undefined>;
  /** The session is over (expired or revoked elsewhere); local data stay until the person signs in again or out. */
  readonly signedOut: Observed<boolean>;
  /** Who writes at this moment, others only, the longest at it first. Empty without a connection, like `presence`. */
  readonly typists: Observed<ReadonlyMap<ConversationId, readonly UserId[]>>;
  readonly presence: Observed<ReadonlyMap<UserId, Presence>>;
  /** These people are on screen, until the returned function is called: `presence` tells of them. */
  watch(people: readonly UserId[]): () => void;
  readonly shared: SharedAccount;
  readonly deletions: Deletions;
  readonly files: Files;
  readonly trays: Trays;
  /** Key of an unsent message → bytes of it that have gone, while they go. */
  readonly uploads: Observed<ReadonlyMap<string, number>>;
  readonly space: DeviceSpace;
  readonly profile: Profile;
  readonly pictures: Pictures;
  readonly push: PushSwitch;
  readonly exports: Exports;
  readonly devices: DeviceSessions;
  readonly keys: ApiKeys;
  readonly groups: Groups;
  readonly pins: Pins;
  /** This conversation, or none, is on screen, visible and focused. */
  look(conversation: ConversationId | undefined): void;
  open(id: ConversationId): Conversation;
  /** It will probably be opened in a moment: this device begins to read it. */
  prepare(id: ConversationId): void;
  createConversation(input: { title?: string; memberIds: readonly UserId[] }): Promise<Answer<ConversationId>>;
  findPeople(query: string): Promise<Answer<readonly FoundPerson[]>>;
  /** In one conversation, or in all. */
  search(query: string, conversation?: ConversationId): MessageSearch;
  /** Leaves a group; with `erase` everything this person wrote there is erased, here at once and from everybody within seconds. */
  leave(id: ConversationId, options: { erase: boolean }): Promise<Answer<void>>;
  /** Deletes the account, and everything of it on this device; with `erase` also what this person wrote anywhere. */
  deleteAccount(options: { password: string; erase: boolean }): Promise<Answer<void>>;
  /** Ends the session. `remove-if-sent` removes this account's data from this device unless something is unsent. */
  signOut(options: { data: 'keep' | 'remove-if-sent' | 'remove' }): Promise<void>;
}

/** Who is signed in, known offline from the last visit. */
export interface Accounts {
  readonly current: Observed<
    | { readonly is: 'loading' }
    | { readonly is: 'signed-out' }
    | { readonly is: 'signed-in'; readonly messenger: Messenger }
  >;
  signIn(input: { email: string; password: string }): Promise<Answer<void>>;
  signUp(input: { name: string; email: string; password: string }): Promise<Answer<void>>;
  /** With the token of a link that an administrator gave; signs nobody in. */
  resetPassword(input: { token: string; newPassword: string }): Promise<Answer<void>>;
}
