/**
 * Asks the search worker of this page. It is started with the first question and ended with the session, and everything it has
 * gathered goes with it. Where there are no workers, nothing is found on this device.
 */
import type { FoundMessage } from '../../schema/http/search.ts';
import type { ConversationId } from '../../schema/ids.ts';

export interface SearchRequest {
  readonly request: number;
  /** The name of the account's database. */
  readonly account: string;
  readonly query: string;
  readonly limit: number;
  /** Undefined: all. */
  readonly conversation: ConversationId | undefined;
}

export type SearchAnswer =
  | { readonly t: 'found'; readonly request: number; readonly items: readonly FoundMessage[] }
  /** The same query may find something else now. */
  | { readonly t: 'changed' };

/** What is used of a Worker. */
export interface SearchWorker {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: SearchRequest): void;
  terminate(): void;
}

export class DeviceSearch implements Disposable {
  readonly #options: { readonly account: string; readonly createWorker: () => SearchWorker | undefined };
  readonly #waiting = new Map<number, (items: readonly FoundMessage[]) => void>();
  readonly #listeners = new Set<() => void>();
  #worker: SearchWorker | undefined;
  #requests = 0;
  #isDisposed = false;

  constructor(options: { account: string; createWorker: () => SearchWorker | undefined }) {
    this.#options = options;
  }

  async search(query: string, limit: number, conversation?: ConversationId): Promise<readonly FoundMessage[]> {
    if (this.#isDisposed) return [];
    this.#worker ??= this.#start();
    if (!this.#worker) return [];
    const request = ++this.#requests;
    const { account } = this.#options;
    const found = new Promise<readonly FoundMessage[]>((resolve) => this.#waiting.set(request, resolve));
    this.#worker.postMessage({ request, account, query, limit, conversation });
    return found;
  }

  /** Calls `listener` when what is found may have changed. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#worker?.terminate();
    this.#worker = undefined;
    for (const resolve of this.#waiting.values()) resolve([]);
    this.#waiting.clear();
    this.#listeners.clear();
  }

  #start(): SearchWorker | undefined {
    const worker = this.#options.createWorker();
    if (worker) worker.onmessage = ({ data }: MessageEvent<SearchAnswer>) => this.#heard(data);
    return worker;
  }

  #heard(answer: SearchAnswer): void {
    if (answer.t === 'changed') {
      for (const listener of [...this.#listeners]) listener();
      return;
    }
    this.#waiting.get(answer.request)?.(answer.items);
    this.#waiting.delete(answer.request);
  }
}
