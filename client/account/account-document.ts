/**
 * This device's copy of the account document: what a person's devices share. It is stored, exchanged between tabs and synced
 * like any document, and tells its values as plain ones; whoever writes it need not know whether there is a network.
 */
import { deleteDB } from 'idb';
import * as Y from 'yjs';
import { CLOSE, isPermanent } from '../../schema/close-codes.ts';
import {
  CONVERSATIONS,
  DRAFTS,
  type DraftValue,
  HIDDEN,
  IS_HIDDEN,
  type LanguageChoice,
  messageKey,
  type PrivacySettings,
  type QuietHours,
  SETTINGS,
  STARS,
  type StarValue,
  type Theme,
} from '../../schema/document/account.ts';
import { accountId, type ConversationId, type MessageId } from '../../schema/ids.ts';
import { MAX_ACCOUNT_VALUE_BYTES } from '../../schema/limits.ts';
import { fullJitterMs } from '../connection/backoff.ts';
import type { Connection } from '../connection/connection.ts';
import { ABNORMAL } from '../connection/link.ts';
import { NOTHING_SHARED, type SharedAccount, type SharedValues, StorageFailure } from '../conversation/conversation.ts';
import { type DocumentChannel, openDocumentChannel } from '../conversation/document-channel.ts';
import { DocumentStore } from '../conversation/document-store.ts';
import type { Device } from '../conversation/local-copy.ts';
import type { Reading } from '../conversation/reading.ts';
import { Source } from '../conversation/source.ts';
import type { DocumentRecord } from '../storage/records.ts';
import type { TabMessage } from '../storage/tabs.ts';
import { AccountValues } from './account-values.ts';
import { isObject } from './is-object.ts';
import { mergeReads, type Reads, readIn, readsOf } from './kept-reads.ts';

interface AccountDocumentOptions {
  readonly device: Device;
  readonly connection: Connection;
  readonly random: () => number;
  readonly onSessionOver: () => void;
}

/** A server that fails it again and again is asked every few seconds. */
const LAST_ATTEMPT = 3;

/** Origin of what other tabs bring: it need not be sent on if it came from the server. */
const TABS = { toString: () => 'another tab' };

export class AccountDocument implements SharedAccount, Disposable {
  readonly values = new Source(NOTHING_SHARED);
  readonly #options: AccountDocumentOptions;
  #doc = new Y.Doc();
  #present = new AccountValues(this.#doc);
  #loaded: Promise<void>;
  /** Copies that did not fit the server: should our own bytes be the cause, it is not asked faster and faster. */
  #resets = 0;
  #record: DocumentRecord | undefined;
  #store: DocumentStore | undefined;
  #channel: DocumentChannel | undefined;
  #attempt = 0;
  #cancelAttempt: (() => void) | undefined;
  #stopListening: (() => void) | undefined;
  #isDisposed = false;

  constructor(options: AccountDocumentOptions) {
    this.#options = options;
    this.#loaded = this.#load();
  }

  setTheme(theme: Theme): void {
    this.#write(SETTINGS, 'theme', theme === 'system' ? undefined : theme);
  }

  setLanguage(language: LanguageChoice): void {
    this.#write(SETTINGS, 'language', language === 'system' ? undefined : language);
  }

  setPrivacy(change: Partial<PrivacySettings>): void {
    for (const [key, isOn] of Object.entries(change)) this.#write(SETTINGS, key, isOn ? undefined : false);
  }

  setPreview(isOn: boolean): void {
    this.#write(SETTINGS, 'pushPreview', isOn ? undefined : false);
  }

  setQuiet(hours: QuietHours | undefined): void {
    this.#write(SETTINGS, 'quiet', hours);
  }

  async setDraft(conversation: ConversationId, draft: DraftValue | undefined): Promise<boolean> {
    const isTooLarge = draft && new TextEncoder().encode(JSON.stringify(draft)).length > MAX_ACCOUNT_VALUE_BYTES - 100;
    if (isTooLarge) return false;
    await this.#loaded;
    this.#put(DRAFTS, conversation, draft);
    return (await this.#store?.flushed()) ?? false;
  }

  star(conversation: ConversationId, message: MessageId, isStarred: boolean): void {
    const key = messageKey(conversation, message);
    const star: StarValue = { at: this.#options.device.clock.now() };
    if (key) this.#write(STARS, key, isStarred ? star : undefined);
  }

  keep(conversation: ConversationId, change: { [Key in 'pinned' | 'muted' | 'archived' | 'unread']?: boolean }): void {
    void this.#loaded.then(() => {
      const kept: Record<string, unknown> = { ...this.values.get().conversations.get(conversation) };
      for (const [key, isOn] of Object.entries(change)) {
        if (isOn) kept[key] = true;
        else delete kept[key];
      }
      this.#put(CONVERSATIONS, conversation, Object.keys(kept).length > 0 ? kept : undefined);
    });
  }

  /** Resolves when what this device has of it is known. */
  get loaded(): Promise<void> {
    return this.#loaded;
  }

  /** Takes messages from view on all devices of this person. Resolves when this one has stored it. */
  async hide(conversation: ConversationId, ids: readonly MessageId[]): Promise<void> {
    await this.#loaded;
    for (const id of ids) {
      const key = messageKey(conversation, id);
      if (key) this.#put(HIDDEN, key, IS_HIDDEN);
    }
    if (!(await this.#store?.flushed())) throw new StorageFailure('unknown');
  }

  /** There is nothing to hide any more. */
  unhide(conversation: ConversationId, ids: Iterable<MessageId>): void {
    for (const id of ids) {
      const key = messageKey(conversation, id);
      if (key) this.#write(HIDDEN, key, undefined);
    }
  }

  /** Who learns what is read in this conversation. */
  readingOf(conversation: ConversationId): Reading {
    const keptBy = (values: SharedValues) => readsOf(values.conversations.get(conversation));
    return {
      isTold: () => {
        const { privacy, isComplete } = this.values.get();
        if (!privacy.receipts) return false;
        // Another device may have turned them off.
        return isComplete ? true : undefined;
      },
      keptIn: (epoch) => readIn(keptBy(this.values.get()), epoch),
      keep: (epoch, read) => void this.#loaded.then(() => this.#keepRead(conversation, { [epoch]: read })),
    };
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#leave();
  }

  /** Not before the stored values are here: what is written then follows them. */
  #write(root: string, key: string, value: unknown): void {
    void this.#loaded.then(() => this.#put(root, key, value));
  }

  #keepRead(conversation: string, reads: Reads): void {
    const kept = this.#doc.getMap(CONVERSATIONS).get(conversation);
    const present = readsOf(kept);
    const r = mergeReads(present, reads);
    if (r !== present) this.#put(CONVERSATIONS, conversation, { ...(isObject(kept) && kept), r });
  }

  #put(root: string, key: string, value: unknown): void {
    if (this.#isDisposed) return;
    const map = this.#doc.getMap(root);
    if (value === undefined) map.delete(key);
    else if (JSON.stringify(map.get(key)) !== JSON.stringify(value)) map.set(key, value);
  }

  async #load(): Promise<void> {
    const { device, connection } = this.#options;
    const { store, clock, tabs, me } = device;
    const doc = this.#doc;
    const isWanted = () => !this.#isDisposed && doc === this.#doc;
    const record = await store.documentRecord(accountId(me));
    if (!isWanted()) return;
    this.#record = record;
    const opened = await DocumentStore.open({
      name: store.documentDatabase(record),
      doc,
      clock,
      isWanted,
      onFailure: (failure) => store.report(failure),
      // Another tab has begun another copy and says so, or the data of this account were removed.
      onLost: () => undefined,
    });
    if (!isWanted()) return opened?.[Symbol.dispose]();
    this.#store = opened;
    doc.on('update', (update: Uint8Array, origin: unknown) => this.#updated(update, origin));
    doc.on('afterTransaction', ({ deleteSet, origin }: Y.Transaction) => {
      // What a draft was before must not stay behind in old updates.
      if (deleteSet.clients.size > 0 && origin !== this.#store?.origin) this.#store?.mergeSoon();
    });
    doc.getMap(CONVERSATIONS).observe(({ changes }) => {
      // Not within the transaction that is being told of.
      for (const [id, { oldValue }] of changes.keys) queueMicrotask(() => this.#keepRead(id, readsOf(oldValue)));
    });
    this.#stopListening = tabs.subscribe((message) => this.#heard(message));
    const { document, incarnation } = record;
    tabs.post({ t: 'hello', document, incarnation, vector: Y.encodeStateVector(doc) });
    this.#channel = openDocumentChannel({
      connection,
      document,
      doc,
      generation: () => this.#record?.generation,
      onGeneration: (generation) => this.#change({ generation }),
      onSynced: (isSynced) => this.#synced(isSynced),
      onAcknowledged: () => undefined,
      // The settled update takes the value away here too; the text stays where it was typed.
      onRefused: () => undefined,
      onClosed: (code) => this.#closed(code),
    });
    this.#show();
    if (this.#resets > 1) this.#connectLater(this.#resets - 1);
    else this.#channel.connect();
  }

  /**
   * The copy does not fit the server's any more: another one is begun and takes what the server has. Drafts stand on this device
   * besides.
   */
  #reset(): void {
    const former = this.#record;
    if (!former) return;
    this.#resets++;
    const { store, tabs } = this.#options.device;
    this.#reload(async () => {
      // A failure is shown by the store; the old copy is then used again.
      await store.replaceDocument(former).catch(() => undefined);
      tabs.post({ t: 'reset', document: former.document, incarnation: former.incarnation + 1 });
      // Nobody uses that name again; one that cannot be deleted now goes with the account's data.
      deleteDB(store.documentDatabase(former)).catch(() => undefined);
    });
  }

  #reload(before: () => Promise<void> = async () => undefined): void {
    this.#leave();
    this.#doc = new Y.Doc();
    this.#present = new AccountValues(this.#doc);
    this.#loaded = before().then(() => this.#load());
  }

  /** Leaves the present copy, which is not used again. */
  #leave(): void {
    this.#cancelAttempt?.();
    this.#stopListening?.();
    this.#channel?.[Symbol.dispose]();
    this.#store?.[Symbol.dispose]();
    this.#doc.destroy();
    this.#channel = undefined;
    this.#store = undefined;
  }

  #synced(isSynced: boolean): void {
    if (!isSynced) return;
    this.#attempt = 0;
    this.#resets = 0;
    if (!this.#record?.wasSynced) void this.#change({ wasSynced: true }).then(() => this.#show());
  }

  #closed(code: number): void {
    if (code === ABNORMAL) return this.#channel?.connect();
    if (code === CLOSE.signIn) {
      this.#options.onSessionOver();
      return this.#channel?.connect();
    }
    if (code === CLOSE.hostile || code === CLOSE.generation) return this.#reset();
    if (isPermanent(code)) return;
    this.#connectLater(this.#attempt);
    this.#attempt = Math.min(this.#attempt + 1, LAST_ATTEMPT);
  }

  #connectLater(attempt: number): void {
    const { device, random } = this.#options;
    this.#cancelAttempt?.();
    this.#cancelAttempt = device.clock.after(fullJitterMs(attempt, random()), () => this.#channel?.connect());
  }

  /** Never rejects: a device that cannot note it asks the server for everything again. */
  async #change(change: Partial<DocumentRecord>): Promise<void> {
    if (!this.#record) return;
    this.#record = { ...this.#record, ...change };
    await this.#options.device.store.changeDocument(this.#record, change).catch(() => undefined);
  }

  #updated(update: Uint8Array, origin: unknown): void {
    if (this.#record && origin !== TABS && origin !== this.#store?.origin) {
      const { document, incarnation } = this.#record;
      const isSettled = origin === this.#channel?.origin;
      this.#options.device.tabs.post({ t: 'update', document, incarnation, update, isSettled });
    }
    this.#show();
  }

  #heard(message: TabMessage): void {
    if (!this.#record || !('document' in message) || message.document !== this.#record.document) return;
    const { document, incarnation } = this.#record;
    if (message.t === 'reset') {
      if (message.incarnation > incarnation) this.#reload();
      return;
    }
    if (message.incarnation !== incarnation) return;
    if (message.t === 'update') Y.applyUpdate(this.#doc, message.update, TABS);
    else if (message.t === 'hello') {
      const update = Y.encodeStateAsUpdate(this.#doc, message.vector);
      this.#options.device.tabs.post({ t: 'update', document, incarnation, update, isSettled: false });
    }
  }

  #show(): void {
    const isComplete = this.#record?.wasSynced ?? false;
    this.values.set({ ...this.#present.read(this.values.get()), isComplete });
  }
}
