/**
 * A file on its way to the person: asked of the server and gathered as it comes, or, when the server is away and this device
 * can write it, made of what is here. It says how far it is and can be given up at any time.
 */
import type { Clock } from '../connection/clock.ts';
import type { Export, ExportState, RequestFailure } from '../conversation/conversation.ts';
import { Source } from '../conversation/source.ts';

/** A server that begins later is as good as none. */
const ANSWER_WITHIN_MS = 15_000;

/** Sees the bytes go by. */
export interface Counter {
  push(bytes: Uint8Array): void;
  readonly messages: number;
}

export interface ExportOptions {
  readonly url: string;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly clock: Clock;
  /** What the file is called when the server does not say. */
  readonly name: string;
  /** Undefined: how many messages have come is not told. */
  readonly counter?: () => Promise<Counter>;
  /** The header that says how many will. */
  readonly totalHeader?: string;
  /** Writes the file without the server; undefined: that cannot be done. */
  readonly onDevice?: (() => Promise<Blob>) | undefined;
  /** The server is known to be away: it is not asked. */
  readonly isOffline: boolean;
  readonly onSessionOver: () => void;
}

export class RunningExport implements Export {
  readonly state = new Source<ExportState>({ is: 'running', bytes: 0 });
  readonly #options: ExportOptions;
  readonly #giveUp = new AbortController();

  constructor(options: ExportOptions) {
    this.#options = options;
    void this.#run();
  }

  [Symbol.dispose](): void {
    this.#giveUp.abort();
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    const { isOffline, onDevice, name } = this.#options;
    const answer = isOffline ? 'away' : await this.#ask();
    if (this.#giveUp.signal.aborted) return;
    try {
      if (answer !== 'away') return await this.#take(answer);
      if (!onDevice) return this.#fail({ is: 'network' });
      const file = await onDevice();
      if (!this.#giveUp.signal.aborted) this.state.set({ is: 'done', file, name, covers: 'device' });
    } catch {
      // Broken off halfway, or nothing can be read here: the same to the person, who may try again.
      if (!this.#giveUp.signal.aborted) this.#fail({ is: 'network' });
    }
  }

  async #ask(): Promise<Response | 'away'> {
    const { url, fetch, clock } = this.#options;
    const waiting = new AbortController();
    const cancel = clock.after(ANSWER_WITHIN_MS, () => waiting.abort());
    try {
      const signal = AbortSignal.any([waiting.signal, this.#giveUp.signal]);
      return await fetch(url, { credentials: 'same-origin', signal });
    } catch {
      return 'away';
    } finally {
      cancel();
    }
  }

  async #take(response: Response): Promise<void> {
    const { name, counter: countBy, totalHeader, onSessionOver } = this.#options;
    if (!response.ok) {
      if (response.status === 401) onSessionOver();
      const problem = (await response.json().catch(() => ({}))) as { detail?: string };
      return this.#fail({ is: 'problem', status: response.status, detail: problem.detail ?? '' });
    }
    const of = Number((totalHeader && response.headers.get(totalHeader)) || Number.NaN);
    const counter = await countBy?.();
    const reader = response.body?.getReader();
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    let bytes = 0;
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      if (done) break;
      pieces.push(value);
      bytes += value.length;
      counter?.push(value);
      // It may have grown since it was measured.
      const progress = counter && of >= 0 && { messages: counter.messages, of: Math.max(of, counter.messages) };
      if (!this.#giveUp.signal.aborted) this.state.set({ is: 'running', bytes, ...progress });
    }
    if (this.#giveUp.signal.aborted) return;
    const file = new Blob(pieces, { type: response.headers.get('content-type') ?? '' });
    this.state.set({ is: 'done', file, name: nameIn(response) ?? name, covers: 'all' });
  }

  #fail(failure: RequestFailure): void {
    this.state.set({ is: 'failed', failure });
  }
}

/** RFC 6266, the name in any script. */
function nameIn(response: Response): string | undefined {
  const encoded = /filename\*=UTF-8''([^;]+)/.exec(response.headers.get('content-disposition') ?? '')?.[1];
  return encoded && decodeURIComponent(encoded);
}
