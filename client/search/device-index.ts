/**
 * Keeps an index of what this device holds of one account: reads the stored documents, newest epochs first, as far as memory
 * should go, and reads again those that some tab says have changed. Lives in a worker, so that none of it holds up a page.
 */
import type { FoundMessage } from '../../schema/http/search.ts';
import type { ConversationId, DocumentId } from '../../schema/ids.ts';
import { parseQuery } from '../../schema/search/query.ts';
import type { Bus } from '../connection/bus.ts';
import type { Clock } from '../connection/clock.ts';
import type { DocumentRecord } from '../storage/records.ts';
import { Tabs } from '../storage/tabs.ts';
import { MessageIndex } from './message-index.ts';
import { listDocuments, readMessages } from './stored-messages.ts';

/** About 40 MB of index at the usual length: the newest messages of everything one talks about. */
const MAX_MESSAGES = 40_000;
/** Tabs tell of a change when they begin to store it. The second look is for a slow disk, and for merges that follow deletions. */
const LOOK_AGAIN_MS = [300, 3_000];

export interface DeviceIndexOptions {
  /** The name of the account's database, and of the channel of its tabs. */
  readonly account: string;
  readonly bus: Bus;
  readonly clock: Clock;
  /** What can be found has changed. */
  readonly onChange: () => void;
  readonly maxMessages?: number;
}

export class DeviceIndex implements Disposable {
  readonly #options: DeviceIndexOptions;
  readonly #index = new MessageIndex();
  readonly #tabs: Tabs;
  readonly #looks = new Map<DocumentId | 'list', () => void>();
  /** Reading follows reading: a later look never loses to an earlier one. */
  #reading: Promise<void>;
  #isDisposed = false;

  constructor(options: DeviceIndexOptions) {
    this.#options = options;
    this.#tabs = new Tabs(options.bus);
    this.#tabs.subscribe((message) => {
      if (message.t === 'update' || message.t === 'reset') this.#lookSoon(message.document);
      else if (message.t === 'list') this.#lookSoon('list');
    });
    this.#reading = this.#readAll();
  }

  search(query: string, limit: number, conversation?: ConversationId): FoundMessage[] {
    return this.#index.search(parseQuery(query), limit, conversation);
  }

  /** Resolves when everything that was to be read by now has been read. */
  settled(): Promise<void> {
    return this.#reading;
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#tabs[Symbol.dispose]();
    for (const cancel of this.#looks.values()) cancel();
  }

  #lookSoon(what: DocumentId | 'list', again = 0): void {
    if (this.#looks.has(what)) return;
    const cancel = this.#options.clock.after(LOOK_AGAIN_MS[again] as number, () => {
      this.#looks.delete(what);
      this.#reading = this.#reading.then(() => (what === 'list' ? this.#readAll() : this.#readChanged(what)));
      if (again + 1 < LOOK_AGAIN_MS.length) this.#lookSoon(what, again + 1);
    });
    this.#looks.set(what, cancel);
  }

  async #readAll(): Promise<void> {
    const records = await listDocuments(this.#options.account);
    const listed = new Set(records.map((record) => record.document));
    const gone = this.#index.documents.filter((document) => !listed.has(document));
    for (const document of gone) this.#index.drop(document);
    if (gone.length > 0) this.#options.onChange();
    const known = new Set(this.#index.documents);
    for (const record of records) if (!known.has(record.document)) await this.#read(record);
  }

  async #readChanged(document: DocumentId): Promise<void> {
    const record = (await listDocuments(this.#options.account)).find((listed) => listed.document === document);
    if (record) await this.#read(record);
  }

  async #read(record: DocumentRecord): Promise<void> {
    const isKnown = this.#index.documents.includes(record.document);
    if (this.#isDisposed || (!isKnown && this.#index.size >= (this.#options.maxMessages ?? MAX_MESSAGES))) return;
    const { messages } = await readMessages(this.#options.account, record);
    if (this.#index.put(record.document, messages)) this.#options.onChange();
  }
}
