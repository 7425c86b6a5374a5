/**
 * What an account has on this device: its store, what waits to be sent, the files that were chosen, and the files and pictures
 * that are kept. A page opens it and lets go of it; `erase` removes all of it from the device.
 */
import type { ConversationId, UserId } from '../../schema/ids.ts';
import type { Clock } from '../connection/clock.ts';
import type { Device } from '../conversation/local-copy.ts';
import { Outbox } from '../conversation/outbox.ts';
import { FileCache } from '../files/file-cache.ts';
import { DeviceTrays } from '../files/trays.ts';
import { Unsent } from '../files/unsent.ts';
import { INBOX } from '../share/inbox.ts';
import { AccountStore } from '../storage/account-store.ts';
import { Tabs } from '../storage/tabs.ts';
import type { Environment } from './environment.ts';
import { PictureCache } from './picture-cache.ts';

export interface OwnDeviceOptions {
  readonly me: UserId;
  readonly environment: Pick<
    Environment,
    'storagePrefix' | 'notes' | 'createBus' | 'clock' | 'caches' | 'fetch' | 'origin'
  >;
}

export class OwnDevice implements Device, Disposable {
  readonly me: UserId;
  /** Begins the names of what the account has here. */
  readonly name: string;
  readonly clock: Clock;
  readonly store: AccountStore;
  readonly tabs: Tabs;
  readonly outbox: Outbox;
  readonly unsent: Unsent;
  readonly trays: DeviceTrays;
  readonly files: FileCache;
  readonly pictures: PictureCache;
  readonly #caches: CacheStorage | undefined;
  readonly #stopListening: () => void;

  private constructor({ me, environment }: OwnDeviceOptions, store: AccountStore) {
    const { storagePrefix, createBus, clock, caches, fetch, origin } = environment;
    this.me = me;
    this.name = `${storagePrefix}/${me}`;
    this.clock = clock;
    this.#caches = caches;
    this.store = store;
    const tabs = new Tabs(createBus(this.name));
    this.tabs = tabs;
    this.outbox = new Outbox({ store, tabs });
    this.files = new FileCache({ name: `${this.name}/files`, caches, fetch, origin });
    this.pictures = new PictureCache({ name: `${this.name}/pictures`, caches, fetch, origin });
    this.unsent = new Unsent({
      ...{ store, tabs },
      onArrived: (message, file, blob) => this.files.put(message, file, blob),
    });
    this.trays = new DeviceTrays({ store, tabs, clock });
    this.#stopListening = this.outbox.contents.subscribe(() => this.decide());
  }

  static async open(options: OwnDeviceOptions): Promise<OwnDevice> {
    const { storagePrefix: prefix, notes: stamps } = options.environment;
    return new OwnDevice(options, await AccountStore.open({ prefix, user: options.me, stamps }));
  }

  /** Reads what waits to be sent: nothing may be shown or sent before it is known. */
  async load(): Promise<void> {
    await Promise.all([this.outbox.load(), this.unsent.load()]);
  }

  /** Looks what became of the messages that waited for their files. */
  decide(): void {
    // A failure is shown by the store, and the next change looks again.
    void this.unsent.decide().catch(() => undefined);
  }

  /** Whether messages wait here for the server; refused texts wait for nobody but their author. */
  isWaiting(): boolean {
    return this.outbox.contents.get().records.length + this.unsent.contents.get().length > 0;
  }

  /** Messages that wait for a network to send their files. */
  waitingForFiles(): number {
    return this.unsent.contents.get().filter(({ failure, sent }) => !failure && !sent).length;
  }

  /** Whether something of this conversation is nowhere but here. */
  holds(id: ConversationId): boolean {
    return this.outbox.holds(id) || this.unsent.of(id).length > 0;
  }

  /** Whether anything is nowhere but here: what waits, what was refused, and files that were only chosen. */
  hasUnsent(): boolean {
    return this.isWaiting() || this.outbox.contents.get().failed.length > 0 || this.trays.isAny();
  }

  /** Removes everything of one conversation but its place in the list. */
  async forget(conversation: ConversationId): Promise<void> {
    // A failure is shown by the store.
    await this.store.forget(conversation).catch(() => undefined);
    await Promise.all([this.load(), this.trays.load()]);
  }

  /** Removes everything, and what other apps have shared with this one. Nothing of it can be used afterwards. */
  async erase(): Promise<void> {
    this.#letGo();
    const inbox = this.#caches?.delete(INBOX);
    await Promise.all([this.store.erase(), this.files.clear(), this.pictures.clear(), inbox]);
  }

  /** The page ends; everything stays. */
  [Symbol.dispose](): void {
    this.#letGo();
    this.store[Symbol.dispose]();
  }

  #letGo(): void {
    this.#stopListening();
    this.unsent[Symbol.dispose]();
    this.trays[Symbol.dispose]();
    this.pictures[Symbol.dispose]();
    this.outbox[Symbol.dispose]();
    this.tabs[Symbol.dispose]();
  }
}
