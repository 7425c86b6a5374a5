/**
 * One document of a conversation on this device: loads its local copy, syncs it, answers acknowledgements and refusals, and
 * replaces the copy when the server says that it does not fit any more. It promises that the generation is stored before
 * anything of it is merged, and that unsent texts outlive every copy.
 */
import { deleteDB } from 'idb';
import type { Element, Message } from '../../schema/document/message.ts';
import { toggled } from '../../schema/document/reactions.ts';
import type { DocumentId, MessageId } from '../../schema/ids.ts';
import type { Connection } from '../connection/connection.ts';
import {
  type DocumentRecord,
  type FailedRecord,
  isReaction,
  newDocumentRecord,
  type OutboxRecord,
  type UnsentRecord,
  type Written,
} from '../storage/records.ts';
import { StorageFailure } from './conversation.ts';
import { Fates, type FatesOptions } from './fates.ts';
import { type Device, LocalCopy } from './local-copy.ts';
import type { OwnReceipt } from './own-receipt.ts';
import type { Reading } from './reading.ts';
import { SyncedCopy } from './synced-copy.ts';

export interface ReplicaOptions {
  readonly device: Device;
  readonly connection: Connection;
  readonly document: DocumentId;
  readonly reading: Reading;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Settled messages of the whole conversation, by id. */
  readonly settled: () => ReadonlyMap<MessageId, Message>;
  readonly seek: FatesOptions['seek'];
  readonly redirect: FatesOptions['redirect'];
  /** Something that `elements`, `record` or `isSynced` answer has changed. */
  readonly onChange: () => void;
  readonly onSessionOver: () => void;
  /** This person may not have the document, or it does not exist: it is not synced any more. */
  readonly onGone: () => void;
}

const NOTHING: readonly Element[] = [];

/** How long a text waits to learn what it follows: far beyond any sync, short enough for a server that cannot give the document. */
const FIRST_SYNC_MS = 3_000;

export class Replica implements Disposable {
  readonly document: DocumentId;
  readonly #options: ReplicaOptions;
  readonly #device: Device;
  readonly #fates: Fates;
  readonly #stopListening: (() => void)[];
  #record: DocumentRecord;
  #present: SyncedCopy | undefined;
  /** Loading, or replacing one copy by the next. */
  #loading: Promise<void>;
  /** Tells the newest load from one that was overtaken. */
  #loads = 0;
  /** Copies the server made us drop: should our own bytes be the cause, it is not asked faster and faster. */
  #resets = 0;
  #knocking: Promise<boolean> | undefined;
  /** Called whenever this replica has changed. */
  readonly #watchers = new Set<() => void>();
  #isDisposed = false;

  constructor(options: ReplicaOptions) {
    this.#options = options;
    this.#device = options.device;
    this.document = options.document;
    this.#record = newDocumentRecord(options.document);
    const { settled, seek, redirect } = options;
    const { me, outbox, tabs } = this.#device;
    this.#fates = new Fates({ me, outbox, document: this.document, copy: () => this.copy, settled, seek, redirect });
    this.#stopListening = [
      tabs.subscribe((message) => {
        if (message.t !== 'reset' || message.document !== this.document) return;
        if (message.incarnation > this.#record.incarnation) this.#reload();
      }),
      outbox.contents.subscribe(() => {
        if (this.isSynced) this.#fates.decideStrays();
      }),
    ];
    this.#loading = this.#load();
  }

  /** What this device knows of the document beside its content. */
  get record(): DocumentRecord {
    return this.#record;
  }

  get isSynced(): boolean {
    return this.#present?.isSynced ?? false;
  }

  /** The server does not give the document to this person, for good. */
  get isGone(): boolean {
    return this.#present?.isGone ?? false;
  }

  /** The present copy; undefined while loading. */
  get copy(): LocalCopy | undefined {
    return this.#present?.copy;
  }

  get receipt(): OwnReceipt | undefined {
    return this.#present?.receipt;
  }

  /** The document's elements, and those of the outbox that wait for a fresh copy to tell what became of them. */
  elements(): readonly Element[] {
    const { copy } = this;
    if (!copy) return NOTHING;
    const strays = this.#fates.strays().filter((record) => !copy.has(record));
    if (strays.length === 0) return copy.elements();
    return [...copy.elements(), ...strays.flatMap(({ element }) => (isReaction(element) ? [] : element))];
  }

  /**
   * Resolves when the element is durable here; rejects with a `StorageFailure`, and then nothing has happened. False,
   * likewise, when this person is shut out.
   */
  async append(
    make: (id: MessageId) => Written,
    repeats?: FailedRecord | UnsentRecord,
    replaces?: OutboxRecord,
  ): Promise<boolean> {
    for (;;) {
      const loading = this.#loading;
      await loading;
      if (this.#isDisposed) throw new StorageFailure('unavailable');
      const isAsking = this.isGone && this.#options.connection.state.is === 'open';
      if (this.isGone && !(isAsking && (await this.#knock()))) return false;
      await this.#firstSync();
      if (loading === this.#loading && (await this.copy?.append(make, repeats, replaces))) return true;
    }
  }

  /** Gives an emoji or takes it back. Resolves when it is stored here; nothing happens when this person is shut out. */
  async react(on: MessageId, emoji: string): Promise<void> {
    const { me, clock } = this.#device;
    await this.append(() => ({
      element: { on, emoji: toggled(this.copy?.reactions.of(me, on)?.emoji ?? [], emoji) },
      given: { at: clock.now(), repeats: 0 },
    }));
  }

  /** Asks the server again after it refused for good: people are let in again. */
  revive(): void {
    if (this.isGone) void this.#knock();
  }

  /** Keeps how far own messages have come. */
  async reach(reached: DocumentRecord['reached']): Promise<void> {
    await this.#change({ reached });
  }

  /** Closes the document, once what this person has read in it is written. */
  async close(): Promise<void> {
    await this.receipt?.flush();
    this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    for (const stop of this.#stopListening) stop();
    this.#leave();
    for (const watcher of this.#watchers) watcher();
  }

  async #load(): Promise<void> {
    const load = ++this.#loads;
    const { store } = this.#device;
    this.#record = await store.documentRecord(this.document);
    const isWanted = () => !this.#isDisposed && load === this.#loads;
    if (!isWanted()) return;
    const copy = await LocalCopy.open({
      device: this.#device,
      record: this.#record,
      isWanted,
      onChange: (changed) => this.#changed(changed),
      onLost: (lost) => void this.#lost(lost),
    });
    if (!isWanted()) return copy[Symbol.dispose]();
    if (copy.isWiped) {
      store.report(new StorageFailure('wiped'));
      await this.#change({ wasSynced: false });
    }
    const { connection, reading, random, onSessionOver } = this.#options;
    this.#present = new SyncedCopy({
      ...{ device: this.#device, connection, document: this.document, copy, fates: this.#fates, reading },
      ...{ random, onSessionOver },
      attempt: Math.max(0, this.#resets - 1),
      isShutOut: this.#record.isShutOut,
      generation: () => this.#record.generation,
      onGeneration: (generation) => this.#keepGeneration(generation),
      onSynced: (isSynced) => this.#synced(isSynced),
      onMisfit: () => this.#reset(),
      onGone: (kind) => void this.#gone(kind),
    });
    if (this.#record.isShutOut) void this.#knock();
    this.#tell();
  }

  /** First the copy becomes one that is only read, then texts become failed: they must not go out by themselves later. */
  async #gone(kind: 'not-member' | 'rejected' | undefined): Promise<void> {
    this.#options.onGone();
    this.#tell();
    if (!kind) return;
    await this.#change({ isShutOut: true });
    this.#fates.allFailed(kind);
  }

  /** Asks for the document, now or when there is a connection, without syncing this copy. Given it, a fresh copy is begun. */
  #knock(): Promise<boolean> {
    const { connection } = this.#options;
    this.#knocking ??= new Promise<boolean>((resolve) => {
      const channel = connection.open(this.document, undefined, {
        opened() {
          channel.close();
          resolve(true);
        },
        payload: () => undefined,
        closed: () => resolve(false),
      });
    }).then((isIn) => {
      this.#knocking = undefined;
      if (isIn && this.isGone && !this.#isDisposed) this.#reset();
      return isIn;
    });
    return this.#knocking;
  }

  /**
   * What is appended to a copy that never held anything stands beside what others wrote before, in an order of chance. Where
   * the server can be asked, it is asked first.
   */
  #firstSync(): Promise<void> {
    const { connection } = this.#options;
    return new Promise((resolve) => {
      const look = (): void => {
        const isHopeless = this.isGone || this.#isDisposed || !this.copy || connection.state.is !== 'open';
        if (isHopeless || this.#record.wasSynced || this.isSynced) stop();
      };
      const stop = (): void => {
        cancel();
        stopListening();
        this.#watchers.delete(look);
        resolve();
      };
      const cancel = this.#device.clock.after(FIRST_SYNC_MS, stop);
      const stopListening = connection.onState(look);
      this.#watchers.add(look);
      look();
    });
  }

  /** Leaves the present copy, which is not used again. */
  #leave(): void {
    const present = this.#present;
    this.#present = undefined;
    present?.[Symbol.dispose]();
  }

  #tell(): void {
    for (const watcher of this.#watchers) watcher();
    this.#options.onChange();
  }

  #changed(copy: LocalCopy): void {
    if (this.#present?.copy !== copy) return;
    this.#present.receipt.changed();
    this.#tell();
  }

  #synced(isSynced: boolean): void {
    if (isSynced) {
      if (!this.#record.wasSynced) void this.#change({ wasSynced: true });
      this.#fates.decideStrays();
      this.#fates.forgetArrived();
    }
    this.#tell();
  }

  async #keepGeneration(generation: string): Promise<void> {
    if (generation === this.#record.generation) return;
    // Another tab may have stored one meanwhile, for what both tabs hold.
    const stored = await this.#device.store.documentRecord(this.document);
    const former = this.#record.generation ?? stored.generation;
    // The server says 4409 when it is asked with the former one; without, old state must not be merged either.
    if (former !== undefined && former !== generation) return this.#reset();
    await this.#change({ generation });
  }

  /** Changes what is known of the copy; a failure is shown by the store, and costs at most a sync the next time. */
  async #change(change: Partial<DocumentRecord>): Promise<void> {
    const before = this.#record;
    this.#record = { ...before, ...change };
    await this.#device.store.changeDocument(before, change).catch(() => undefined);
  }

  /** Another tab reset the document, which closes its database here too; or somebody wiped it. */
  async #lost(copy: LocalCopy): Promise<void> {
    const { store } = this.#device;
    const stored = await store.documentRecord(this.document);
    if (this.#present?.copy !== copy) return;
    if (stored.incarnation > copy.incarnation) this.#reload();
    else store.report(new StorageFailure('wiped'));
  }

  /**
   * Drops the local copy and begins another. Counting up the incarnation is the one durable step: whatever happens after it,
   * the next start uses the next copy. Should two tabs do it at once, the second finds it done.
   */
  #reset(): void {
    this.#resets++;
    const former = this.#record;
    const { store, tabs } = this.#device;
    this.#reload(async () => {
      // A failure is shown by the store. The old copy is then used again and refused again, until there is space.
      await store.replaceDocument(former).catch(() => undefined);
      tabs.post({ t: 'reset', document: this.document, incarnation: former.incarnation + 1 });
      // Nobody uses that name again; a database that cannot be deleted now goes when the account's data are erased.
      deleteDB(store.documentDatabase(former)).catch(() => undefined);
    });
  }

  #reload(before?: () => Promise<void>): void {
    this.#leave();
    this.#loading = before ? before().then(() => this.#load()) : this.#load();
    this.#tell();
  }
}
