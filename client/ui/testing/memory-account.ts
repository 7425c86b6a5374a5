/** What a messenger consists of beside conversations, in memory; see `memory-messenger.ts`. */
import type {
  DraftValue,
  LanguageChoice,
  PrivacySettings,
  QuietHours,
  Theme,
} from '../../../schema/document/account.ts';
import type { ApiKey, CreateApiKey } from '../../../schema/http/keys.ts';
import type { DeviceSession } from '../../../schema/http/sessions.ts';
import type { ConversationId, MessageId } from '../../../schema/ids.ts';
import {
  type Answer,
  type ApiKeys,
  type ConnectionState,
  type DeviceSessions,
  type DeviceSpace,
  type Export,
  type ExportFormat,
  type ExportState,
  type Exports,
  type Messenger,
  NOTHING_SHARED,
  type Observed,
  type PushSwitch,
  type PushView,
  type SharedAccount,
  type SharedValues,
  type SpaceUse,
} from '../../conversation/conversation.ts';
import { createSource } from '../observed.ts';
import { apiKeys, devices } from './content.ts';

export class MemoryAccount implements SharedAccount {
  readonly values = createSource<SharedValues>({ ...NOTHING_SHARED, isComplete: true });

  setTheme(theme: Theme): void {
    this.values.set({ ...this.values.get(), theme });
  }

  setLanguage(language: LanguageChoice): void {
    this.values.set({ ...this.values.get(), language });
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

  star(conversation: ConversationId, message: MessageId, isStarred: boolean): void {
    const values = this.values.get();
    const own = new Map(values.stars.get(conversation));
    if (isStarred) own.set(message, Date.now());
    else own.delete(message);
    this.values.set({ ...values, stars: new Map(values.stars).set(conversation, own) });
  }

  keep(): void {
    // The scenes say how their conversations are kept.
  }
}

/** The browser allows it, the server may fail. */
export class MemoryPush implements PushSwitch {
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

export class MemorySpace implements DeviceSpace {
  use: SpaceUse = {
    ...{ messages: 48_200_000, files: 131_000_000, unsent: 3_400_000, rest: 2_900_000 },
    ...{ available: 24_000_000_000, isPersisted: false },
  };

  async measure(): Promise<SpaceUse> {
    return this.use;
  }

  async persist(): Promise<boolean> {
    this.use = { ...this.use, isPersisted: true };
    return true;
  }

  async clearFiles(): Promise<void> {
    this.use = { ...this.use, files: 0 };
  }
}

export class MemoryDevices implements DeviceSessions {
  /** `unknown`: the server takes its time. */
  items: readonly DeviceSession[] | 'unknown' = devices();
  readonly #connection: Observed<ConnectionState>;

  constructor(connection: Observed<ConnectionState>) {
    this.#connection = connection;
  }

  async list(): Promise<Answer<readonly DeviceSession[]>> {
    if (this.items === 'unknown') return new Promise(() => {});
    if (this.#connection.get().is === 'offline') return { ok: false, failure: { is: 'network' } };
    return { ok: true, value: this.items };
  }

  async signOut(id: string): Promise<Answer<void>> {
    return this.#keep((device) => device.id !== id);
  }

  async signOutOthers(): Promise<Answer<void>> {
    return this.#keep(({ isCurrent }) => isCurrent);
  }

  #keep(isKept: (device: DeviceSession) => boolean): Answer<void> {
    if (this.#connection.get().is === 'offline') return { ok: false, failure: { is: 'network' } };
    if (this.items !== 'unknown') this.items = this.items.filter(isKept);
    return { ok: true, value: undefined };
  }
}

export class MemoryKeys implements ApiKeys {
  items: readonly ApiKey[] = apiKeys();
  readonly #connection: Observed<ConnectionState>;

  constructor(connection: Observed<ConnectionState>) {
    this.#connection = connection;
  }

  async list(): Promise<Answer<readonly ApiKey[]>> {
    return this.#answer(this.items);
  }

  async create(input: CreateApiKey): Promise<Answer<ApiKey & { key: string }>> {
    if (input.name === 'One too many')
      return { ok: false, failure: { is: 'problem', status: 409, detail: 'An account has at most 100 API keys' } };
    const made = { ...input, id: `k-${this.items.length}`, start: 'tw_Ab3d', createdAt: Date.now() };
    this.items = [made, ...this.items];
    return this.#answer({ ...made, key: 'tw_Ab3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hI6kL9nO' });
  }

  async revoke(id: string): Promise<Answer<void>> {
    this.items = this.items.filter((each) => each.id !== id);
    return this.#answer(undefined);
  }

  #answer<Value>(value: Value): Answer<Value> {
    return this.#connection.get().is === 'offline' ? { ok: false, failure: { is: 'network' } } : { ok: true, value };
  }
}

/** That of a conversation is done at once; without a connection, from this device. */
export class MemoryExports implements Exports {
  /** The export of the account was ended. */
  hasGivenUp = false;
  /** Stays where it is until the test says otherwise. */
  readonly archive = createSource<ExportState>({ is: 'running', bytes: 4_200_000, messages: 34_120, of: 100_000 });
  readonly #of: Pick<Messenger, 'connection' | 'conversations'>;

  constructor(of: Pick<Messenger, 'connection' | 'conversations'>) {
    this.#of = of;
  }

  ofConversation(id: ConversationId, format: ExportFormat): Export {
    const covers = this.#of.connection.get().is === 'offline' ? 'device' : 'all';
    const title = this.#of.conversations.get().items.find((item) => item.id === id)?.title ?? '';
    const state = { is: 'done', file: new Blob([title]), name: `${title} 2026-03-01.${format}`, covers } as const;
    return { state: createSource<ExportState>(state), [Symbol.dispose]: () => {} };
  }

  ofAccount(): Export {
    return {
      state: this.archive,
      [Symbol.dispose]: () => {
        this.hasGivenUp = true;
      },
    };
  }
}
