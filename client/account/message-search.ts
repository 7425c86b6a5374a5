/**
 * One search of messages, from the first letter to the last: what this device holds at once, and with a network what the server
 * finds, merged without doubles, newest first. It says of each of the two how far it has come.
 */
import type { FoundMessage } from '../../schema/http/search.ts';
import type { ConversationId, MessageId } from '../../schema/ids.ts';
import { isSearchable, MAX_QUERY_CHARACTERS, parseQuery } from '../../schema/search/query.ts';
import type { Clock } from '../connection/clock.ts';
import type { Answer, ConnectionState, MessageSearch, Observed, SearchState } from '../conversation/conversation.ts';
import { Source } from '../conversation/source.ts';
import type { DeviceSearch } from '../search/device-search.ts';

/** Nobody reads further; who looks for older ones asks the server for more, or adds a word. */
const MAX_ON_DEVICE = 50;
const PAGE_SIZE = 20;
/** A person types a letter every 150 ms or so: the server is asked when they stop. */
const ASK_AFTER_MS = 250;

/** Messages come and go while somebody looks at what was found. */
const REFRESH_AFTER_MS = 1_000;

interface Page {
  readonly items: readonly FoundMessage[];
  readonly next?: string;
}

export interface MessageSearchOptions {
  /** Undefined: all. */
  readonly conversation: ConversationId | undefined;
  readonly device: Pick<DeviceSearch, 'search' | 'onChange'>;
  readonly connection: Observed<ConnectionState>;
  /** What this person has deleted for themself. */
  readonly hidden: {
    has(conversation: ConversationId, message: MessageId): boolean;
    subscribe(listener: () => void): () => void;
  };
  readonly ask: (path: string) => Promise<Answer<Page>>;
  readonly clock: Clock;
}

export class RunningSearch implements MessageSearch {
  readonly state: Source<SearchState>;
  readonly #options: MessageSearchOptions;
  readonly #query: string;
  readonly #stopListening: (() => void)[];
  #local: readonly FoundMessage[] = [];
  #remote: readonly FoundMessage[] = [];
  #next: string | undefined;
  #cancel: (() => void) | undefined;
  #isDisposed = false;

  constructor(query: string, options: MessageSearchOptions) {
    this.#query = query.slice(0, MAX_QUERY_CHARACTERS);
    this.#options = options;
    const isIdle = !isSearchable(parseQuery(this.#query));
    this.state = new Source<SearchState>({
      items: [],
      device: isIdle ? 'done' : 'searching',
      server: isIdle ? 'done' : 'searching',
      hasMore: false,
    });
    if (isIdle) {
      this.#stopListening = [];
      return;
    }
    const { device, connection, hidden, clock } = options;
    this.#stopListening = [
      hidden.subscribe(() => this.#show({})),
      device.onChange(() => this.#changed()),
      connection.subscribe(() => {
        const { server } = this.state.get();
        if (server === 'offline' && connection.get().is !== 'offline') void this.#ask();
      }),
    ];
    void this.#look();
    if (connection.get().is === 'offline') this.#show({ server: 'offline' });
    else this.#cancel = clock.after(ASK_AFTER_MS, () => void this.#ask());
  }

  more(): void {
    if (this.#next !== undefined && this.state.get().server === 'done') void this.#ask(this.#next);
  }

  retry(): void {
    if (this.state.get().server === 'failed') void this.#ask(this.#next);
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#cancel?.();
    for (const stop of this.#stopListening) stop();
  }

  /** What the server found may be edited or deleted by now as well. */
  #changed(): void {
    void this.#look();
    if (this.state.get().server !== 'done' || this.#isDisposed) return;
    this.#cancel?.();
    this.#cancel = this.#options.clock.after(REFRESH_AFTER_MS, () => void this.#refresh());
  }

  /** Quietly: what is shown stays until there is something else, also when nobody answers. */
  async #refresh(): Promise<void> {
    const answer = await this.#options.ask(this.#path());
    if (!answer.ok || this.state.get().server !== 'done') return;
    this.#remote = answer.value.items;
    this.#next = answer.value.next;
    this.#show({});
  }

  #path(cursor?: string): string {
    const { conversation } = this.#options;
    const optional = { ...(conversation && { conversation }), ...(cursor && { cursor }) };
    const parameters = new URLSearchParams({ q: this.#query, limit: `${PAGE_SIZE}`, ...optional });
    return `/api/search?${parameters}`;
  }

  async #look(): Promise<void> {
    const { device, conversation } = this.#options;
    this.#local = await device.search(this.#query, MAX_ON_DEVICE, conversation);
    this.#show({ device: 'done' });
  }

  async #ask(cursor?: string): Promise<void> {
    this.#show({ server: 'searching' });
    const answer = await this.#options.ask(this.#path(cursor));
    if (!answer.ok) return this.#show({ server: answer.failure.is === 'network' ? 'offline' : 'failed' });
    this.#remote = cursor === undefined ? answer.value.items : [...this.#remote, ...answer.value.items];
    this.#next = answer.value.next;
    this.#show({ server: 'done' });
  }

  #show(change: Partial<Pick<SearchState, 'device' | 'server'>>): void {
    if (this.#isDisposed) return;
    // What this device says of a message is at least as new: it holds what waits to be sent.
    const merged = new Map(
      [...this.#remote, ...this.#local].map((found) => [`${found.conversation} ${found.id}`, found]),
    );
    const { hidden } = this.#options;
    const seen = [...merged.values()].filter(
      ({ conversation, id }) => !hidden.has(conversation as ConversationId, id as MessageId),
    );
    const items = seen.sort((a, b) => b.at - a.at);
    this.state.set({ ...this.state.get(), ...change, items, hasMore: this.#next !== undefined });
  }
}
