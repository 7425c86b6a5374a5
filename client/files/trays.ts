/**
 * The files that the next message of a conversation will carry: chosen, dropped or pasted, and not sent yet. They are kept with their bytes
 * in this browser's store, like drafts, until they are sent or taken out. Sending moves them in one transaction (`Unsent.add`).
 */
import type { ConversationId } from '../../schema/ids.ts';
import { MAX_MESSAGE_FILES } from '../../schema/limits.ts';
import type { Clock } from '../connection/clock.ts';
import type { OutgoingFile, Tray, TrayFile } from '../conversation/attachments.ts';
import type { Observed, Trays } from '../conversation/conversation.ts';
import { Source } from '../conversation/source.ts';
import { Turns } from '../conversation/turns.ts';
import type { AccountStore } from '../storage/account-store.ts';
import { ofConversation, type TrayRecord } from '../storage/records.ts';
import type { Tabs } from '../storage/tabs.ts';

export interface TraysOptions {
  readonly store: AccountStore;
  readonly tabs: Tabs;
  readonly clock: Clock;
}

const NONE: readonly TrayFile[] = [];
const EMPTY: Tray = { files: NONE, isFull: false };

export class DeviceTrays implements Trays, Disposable {
  readonly #options: TraysOptions;
  readonly #trays = new Map<ConversationId, Source<Tray>>();
  readonly #stopListening: () => void;
  /** What could not be stored stands here as long as the page does. */
  readonly #homeless = new Map<ConversationId, readonly TrayFile[]>();
  readonly #reads = new Turns();

  constructor(options: TraysOptions) {
    this.#options = options;
    this.#stopListening = options.tabs.subscribe((message) => {
      if (message.t === 'tray') void this.load();
    });
  }

  /** Reads what is on disk; keeps what is known when that fails. */
  load(): Promise<void> {
    return this.#reads.take(async () => {
      const records = await this.#options.store.readAll('tray');
      if (records) this.#show(records);
    });
  }

  of(conversation: ConversationId): Observed<Tray> {
    return this.#of(conversation);
  }

  isAny(): boolean {
    return [...this.#trays.values()].some((tray) => tray.get().files.length > 0);
  }

  async add(conversation: ConversationId, files: readonly OutgoingFile[]): Promise<void> {
    const at = this.#options.clock.now();
    const drawn = crypto.getRandomValues(new Uint32Array(1));
    const records = files.map((file, index) => ({ ...file, key: `${at}-${100 + index}-${drawn}` }));
    let room: number;
    try {
      room = await this.#options.store.write(['tray'], async (transaction) => {
        const tray = transaction.objectStore('tray');
        const left = MAX_MESSAGE_FILES - (await tray.count(ofConversation(conversation)));
        for (const record of records.slice(0, left)) await tray.put({ ...record, conversation });
        return left;
      });
    } catch {
      // The store shows why. Sending may work yet, and is tried with what stands here.
      room = MAX_MESSAGE_FILES - this.#of(conversation).get().files.length;
      this.#homeless.set(conversation, [...(this.#homeless.get(conversation) ?? NONE), ...records.slice(0, room)]);
    }
    await this.#changed();
    this.#set(conversation, { isFull: records.length > room });
  }

  async remove(conversation: ConversationId, files: readonly TrayFile[]): Promise<void> {
    const keys = new Set(files.map(({ key }) => key));
    const without = (all: readonly TrayFile[] = NONE) => all.filter(({ key }) => !keys.has(key));
    this.#homeless.set(conversation, without(this.#homeless.get(conversation)));
    this.#set(conversation, { files: without(this.#of(conversation).get().files), isFull: false });
    await this.#options.store.write(['tray'], async (transaction) => {
      for (const key of keys) await transaction.objectStore('tray').delete([conversation, key]);
    });
    await this.#changed();
  }

  [Symbol.dispose](): void {
    this.#stopListening();
  }

  async #changed(): Promise<void> {
    this.#options.tabs.post({ t: 'tray' });
    await this.load();
  }

  #show(records: readonly TrayRecord[]): void {
    const ids = records.map(({ conversation }) => conversation);
    for (const id of new Set([...ids, ...this.#trays.keys(), ...this.#homeless.keys()])) {
      const before = this.#of(id).get().files;
      // What stands here already stays the same object: pictures are not decoded anew.
      const known = new Map(before.map((file) => [file.key, file]));
      const kept = records.flatMap(({ conversation, ...file }) => (conversation === id ? file : []));
      const files = [...kept, ...(this.#homeless.get(id) ?? NONE)].map((file) => known.get(file.key) ?? file);
      if (files.length !== before.length || files.some((file, index) => file !== before[index]))
        this.#set(id, { files });
    }
  }

  #set(conversation: ConversationId, change: Partial<Tray>): void {
    const tray = this.#of(conversation);
    tray.set({ ...tray.get(), ...change });
  }

  #of(conversation: ConversationId): Source<Tray> {
    const tray = this.#trays.get(conversation) ?? new Source(EMPTY);
    this.#trays.set(conversation, tray);
    return tray;
  }
}
