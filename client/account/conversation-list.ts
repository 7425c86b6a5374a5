/**
 * The conversations of the signed-in person: kept in the store for starting without a network, refreshed from the server,
 * changed by notices. It tells who listens; opening documents is the messenger's business.
 */
import type { Conversation, ConversationListItem } from '../../schema/http/conversations.ts';
import type { ConversationId, UserId } from '../../schema/ids.ts';
import type { ServerControl } from '../../schema/wire/control.ts';
import { fullJitterMs } from '../connection/backoff.ts';
import type { Clock } from '../connection/clock.ts';
import type { Answer } from '../conversation/conversation.ts';
import { Source } from '../conversation/source.ts';
import type { AccountStore } from '../storage/account-store.ts';
import type { ConversationRecord } from '../storage/records.ts';
import type { Tabs } from '../storage/tabs.ts';
import type { Http } from './http.ts';
import { mergeList, withConversation, withHead, withPerson } from './summaries.ts';

/** 10 pages of 200: nobody scrolls further, and a refresh stays a handful of requests. */
const MAX_PAGES = 10;
const PAGE_SIZE = 200;

type Records = ReadonlyMap<string, ConversationRecord>;

export interface ConversationListOptions {
  readonly me: UserId;
  readonly store: AccountStore;
  readonly tabs: Tabs;
  readonly http: Http;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Texts of this person wait there: it stays in the list although they are no member any more. */
  readonly isHeld: (id: ConversationId) => boolean;
}

export class ConversationList implements Disposable {
  /** `isKnown`: the store or the server has told, so that an empty list is empty. */
  readonly contents = new Source<{ readonly isKnown: boolean; readonly records: Records }>({
    isKnown: false,
    records: new Map(),
  });
  readonly #options: ConversationListOptions;
  readonly #stopListening: () => void;
  /** Conversations that are asked for at this moment, and whether once more afterwards. */
  readonly #renewing = new Map<ConversationId, 'once' | 'again'>();
  #refreshing: Promise<Answer<void>> | undefined;
  #isAskedAgain = false;
  /** Refreshes that failed since the last that did not. */
  #failures = 0;
  #cancelRetry: (() => void) | undefined;
  #isDisposed = false;

  constructor(options: ConversationListOptions) {
    this.#options = options;
    this.#stopListening = options.tabs.subscribe((message) => {
      if (message.t === 'list') void this.load();
    });
  }

  get(id: string): ConversationRecord | undefined {
    return this.contents.get().records.get(id);
  }

  /** Reads what this device knows. */
  async load(): Promise<void> {
    const stored = await this.#options.store.readAll('conversations');
    if (stored && stored.length > 0) this.#show(stored);
  }

  /** Asks the server; asked again meanwhile, it asks once more afterwards. */
  async refresh(): Promise<Answer<void>> {
    if (this.#refreshing) {
      this.#isAskedAgain = true;
      return this.#refreshing;
    }
    this.#refreshing = this.#fetch();
    const answer = await this.#refreshing;
    this.#refreshing = undefined;
    this.#retryAfter(answer);
    if (!this.#isAskedAgain) return answer;
    this.#isAskedAgain = false;
    return this.refresh();
  }

  /** A server in trouble may answer the list with an error and keep the socket, so no reconnect asks again. */
  #retryAfter(answer: Answer<void>): void {
    const { clock, random } = this.#options;
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    if (answer.ok) this.#failures = 0;
    else if (!this.#isDisposed && (answer.failure.is === 'network' || answer.failure.status >= 500))
      this.#cancelRetry = clock.after(fullJitterMs(this.#failures++, random()), () => void this.refresh());
  }

  /** What the server says of a conversation now; also one that was just started. */
  async take(conversation: Conversation): Promise<void> {
    await this.#put([withConversation(this.get(conversation.id), conversation, this.#options.clock.now())]);
  }

  /** Its title, description, members, roles or pins changed, or it is not this person's any more. */
  async renew(id: ConversationId): Promise<void> {
    if (!this.get(id)) return void (await this.refresh());
    // A list that is on its way may have been read before the change, and come after what is asked for now.
    if (this.#refreshing) this.#isAskedAgain = true;
    if (this.#renewing.has(id)) return void this.#renewing.set(id, 'again');
    this.#renewing.set(id, 'once');
    const answer = await this.#options.http.request<Conversation>('GET', `/api/conversations/${id}`);
    const isAskedAgain = this.#renewing.get(id) === 'again';
    this.#renewing.delete(id);
    // What the list has to say of one that is gone depends on what waits for it; and the list is asked for until it is answered.
    if (answer.ok) await this.take(answer.value);
    else await this.refresh();
    if (isAskedAgain && !this.#isDisposed) await this.renew(id);
  }

  /**
   * The server says that a message was committed somewhere; or, with nothing to preview, that a newer epoch is open, or
   * that this person was added to a conversation. False when only the server's list tells the rest.
   */
  async heard(head: ServerControl & { t: 'head' }): Promise<boolean> {
    const record = this.get(head.conversation);
    if (!record || (head.preview === '' && head.epoch <= record.item.epoch)) return false;
    await this.#put([withHead(record, head, this.#options.me)]);
    return true;
  }

  /** Somebody is called so now. */
  async learn(person: ServerControl & { t: 'person' }): Promise<void> {
    // As in `renew`.
    if (this.#refreshing) this.#isAskedAgain = true;
    const records = [...this.contents.get().records.values()];
    const changed = records.map((record) => withPerson(record, person)).filter((one, at) => one !== records[at]);
    if (changed.length > 0) await this.#put(changed);
  }

  /** What was known of a conversation is not right any more. */
  async correct(record: ConversationRecord): Promise<void> {
    await this.#put([record]);
  }

  /** All epochs of the conversation that are stored here are as the server's were when it said `erased`. */
  async renewed(id: ConversationId, erased: number): Promise<void> {
    const record = this.get(id);
    if (record) await this.#put([{ ...record, erasedHere: erased }]);
  }

  /** Nobody has told and nobody can: what is shown is all there is. */
  settle(): void {
    const { isKnown, records } = this.contents.get();
    if (!isKnown) this.contents.set({ isKnown: true, records });
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#cancelRetry?.();
    this.#stopListening();
  }

  async #fetch(): Promise<Answer<void>> {
    const items: ConversationListItem[] = [];
    let cursor = '';
    for (let page = 0; page < MAX_PAGES; page++) {
      const path = `/api/conversations?limit=${PAGE_SIZE}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`;
      const answer = await this.#options.http.request<{ items: ConversationListItem[]; next?: string }>('GET', path);
      if (!answer.ok) return answer;
      items.push(...answer.value.items);
      if (!answer.value.next) break;
      cursor = answer.value.next;
    }
    const former = this.contents.get().records;
    const listed = mergeList(items, former, this.#options.clock.now());
    const ids = new Set(items.map((item) => item.id));
    const held = [...former.values()]
      .filter(({ item }) => !ids.has(item.id) && this.#options.isHeld(item.id as ConversationId))
      .map((record) => ({ ...record, isFormer: true as const }));
    const records = [...listed, ...held];
    this.#show(records);
    // Somebody who was shown it may have corrected it.
    await this.#write([...this.contents.get().records.values()], true);
    return { ok: true, value: undefined };
  }

  async #put(records: readonly ConversationRecord[]): Promise<void> {
    this.#show([...this.contents.get().records.values(), ...records]);
    await this.#write(records, false);
  }

  #show(records: readonly ConversationRecord[]): void {
    this.contents.set({ isKnown: true, records: new Map(records.map((record) => [record.item.id, record])) });
  }

  async #write(records: readonly ConversationRecord[], isAll: boolean): Promise<void> {
    const { store, tabs } = this.#options;
    try {
      await store.write(['conversations'], async (transaction) => {
        const conversations = transaction.objectStore('conversations');
        if (isAll) await conversations.clear();
        await Promise.all(records.map((record) => conversations.put(record)));
      });
      tabs.post({ t: 'list' });
    } catch {
      // Shown by the store; the list is still right in this tab and is asked for again at the next start.
    }
  }
}
